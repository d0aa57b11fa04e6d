from __future__ import annotations

import xml.etree.ElementTree as Tree
from dataclasses import replace
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, write
from archgraph.draw.errors import PictureError
from archgraph.draw.layout.grid import Place, Plan
from archgraph.draw.look import Look
from archgraph.draw.marks.callouts import Mark, marks
from archgraph.draw.roles import roles
from archgraph.draw.scene import Group, Scene, Shape, Words
from archgraph.draw.sketch import Part, Sketch
from archgraph.draw.theme import THEMES
from archgraph.graph.module import Graph
from archgraph.graph.staging import Callout, Staging
from tests.draw.audit import audit
from tests.draw.graphs import TRANSFORMER
from tests.draw.slides import parts

WRONG = Callout(("enc", "predictor", "h", "decoder"), "WRONG “decoder”")
STORY = Path(__file__).parents[3] / "specs" / "story"


def called(*callouts: Callout, subject: Graph = TRANSFORMER) -> Graph:
    return replace(subject, staging=Staging(callouts=callouts))


def groups(scene: Scene) -> list[Group]:
    return [item for item in scene.items if isinstance(item, Group) and item.kind == "callout"]


def mark(*around: str) -> Mark:
    return roles(called(Callout(around, "some")), Look()).marks[0]


def test_the_box_of_the_slide_is_where_the_slide_has_it() -> None:
    # Read from transformer.png, in u from x, upward: left, bottom, right, top.
    box = roles(called(WRONG), Look()).marks[0].box
    assert all(abs(one - other) < 0.25 for one, other in zip(box, (3.68, -0.85, 8.85, 5.05), strict=True))


def test_the_shipped_transformer_has_the_callout_of_the_slide() -> None:
    assert program(STORY / "transformer.yaml").graph.staging.callouts == (WRONG,)


def test_a_delay_that_touches_a_part_is_inside() -> None:
    assert mark("enc").box[2] > 8.5


def test_a_box_keeps_half_way_to_its_neighbour() -> None:
    assert mark("predictor").box[0] == pytest.approx(3.87 - 0.35, abs=0.02)
    assert mark("predictor", "h", "enc", "decoder").box[0] == pytest.approx((3.5 + 3.87) / 2, abs=0.01)


def test_the_caption_is_said_and_drawn_clear_of_everything() -> None:
    scene = draw(called(WRONG))
    (group,) = groups(scene)
    assert group.name == "callout: WRONG “decoder”"
    assert [item.text for item in group.items if isinstance(item, Words)] == ["WRONG", "“decoder”"]
    found = roles(called(WRONG), Look())
    spot = found.marks[0].spot
    for place in found.plan.places.values():
        assert spot[2] < place.left or spot[0] > place.right or spot[3] < place.bottom or spot[1] > place.top


def test_the_box_is_dashed_in_every_theme() -> None:
    for theme in THEMES:
        box = next(item for item in groups(draw(called(WRONG), theme=theme))[0].items if isinstance(item, Shape))
        assert box.style.dash
        assert box.style.stroke == THEMES[theme].stroke("callout")
    assert THEMES["dark"].stroke("callout") == "#8dd3c7"


def test_parts_stand_where_they_do_without_a_callout() -> None:
    def centres(subject: Graph) -> dict[str, tuple[float, ...]]:
        items = [item for item in draw(subject).items if isinstance(item, Group) and item.kind != "callout"]
        return {item.id: each.box for item in items for each in item.items if isinstance(each, Shape)}

    assert centres(called(WRONG)) == centres(TRANSFORMER)


def test_something_else_in_the_box_is_refused() -> None:
    with pytest.raises(PictureError, match="the callout 'all' would go around"):
        draw(called(Callout(("x", "decoder"), "all")))


def test_several_callouts_keep_their_captions_apart() -> None:
    one, other = Callout(("h", "decoder"), "top row"), Callout(("predictor",), "here it thinks")
    first, second = (each.spot for each in roles(called(one, other), Look()).marks)
    assert first[2] < second[0] or second[2] < first[0] or first[3] < second[1] or second[3] < first[1]


def test_every_depth_shows_callouts_and_stays_sound() -> None:
    spec = (STORY / "transformer.yaml").read_text(encoding="utf-8")
    subject = program(spec).graph
    for depth in (0, 1, 2):
        scene = draw(subject, depth=depth)
        assert len(groups(scene)) == 1
        assert audit(write(scene, "svg")) == []


@pytest.mark.parametrize("use", ["train", "generate"])
def test_unrolled_each_step_has_its_box_and_the_first_the_caption(use: str) -> None:
    scene = draw(called(WRONG), unroll=3, use=use)
    found = groups(scene)
    assert [any(isinstance(item, Words) for item in each.items) for each in found] == [True, False, False]
    outlines = [item.box for each in found for item in each.items if isinstance(item, Shape)][:1]
    held = [
        item.box for item in scene.items for item in getattr(item, "items", ()) if item.id.startswith("predictor--1")
    ]
    assert outlines[0][0] < held[0][0]
    assert held[0][2] < outlines[0][2]
    assert audit(write(scene, "svg")) == []


def test_what_stands_apart_when_modules_are_opened_gets_boxes_of_its_own() -> None:
    spots = {"a": (0, 0), "b": (9, 0), "between": (4, 0)}
    plan = Plan({name: Place(x, y) for name, (x, y) in spots.items()})
    parts = {name: Part(name, "variable", "hidden", name) for name in spots}
    found = marks([Callout(("a", "b"), "two")], Sketch(parts, ()), plan, [], parted=True)
    assert [each.lines for each in found] == [("two",), ()]
    assert found[0].box[2] < 4 < found[1].box[0]


HOSTILE = ['"><script>alert(1)</script>', "}$ $$ \\end{document}", "a & b < c", "^^5cend{document} %"]


@pytest.mark.parametrize("caption", HOSTILE)
def test_a_hostile_caption_is_only_text(caption: str) -> None:
    scene = draw(called(Callout(("h",), caption)))
    for suffix in ("svg", "html"):
        text = write(scene, suffix).decode("utf-8")
        assert "<script>alert" not in text
    tags = {each.tag.rpartition("}")[2] for each in Tree.fromstring(write(scene, "svg")).iter()}
    assert "script" not in tags
    tex = write(scene, "tex").decode("utf-8")
    assert tex.count(r"\end{document}") == 1
    assert "^^" not in tex
    Tree.fromstring(parts(write(scene, "pptx"))["ppt/slides/slide1.xml"])


def test_a_long_caption_is_wrapped_and_kept_on_the_page() -> None:
    scene = draw(called(Callout(("h",), "some words of a caption that goes on " * 24)))
    assert audit(write(scene, "svg")) == []
    assert scene.height > 540


def test_a_word_that_is_too_long_for_a_caption_is_reported() -> None:
    with pytest.raises(PictureError, match="the caption of a callout holds the word 'wwww"):
        draw(called(Callout(("h",), "w" * 60)))


def test_a_character_that_the_font_lacks_is_named() -> None:
    with pytest.raises(PictureError, match=r"U\+65E5"):
        draw(called(Callout(("h",), "日")))
