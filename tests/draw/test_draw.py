"""Whole pictures: every graph in every theme is sound, the same twice, and says what it shows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, formats, write
from archgraph.draw.paths import Box, around
from archgraph.draw.scene import Group, Scene, Shape, Symbol, Words
from archgraph.draw.theme import THEMES
from archgraph.graph.module import Graph
from tests.draw.audit import audit
from tests.draw.graphs import ALL, INTERLEAVED, TRANSFORMER, TWO_INPUTS, graph


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ALL)
def test_picture_has_sound_geometry(name: str, theme: str) -> None:
    assert audit(write(draw(ALL[name], theme=theme), "svg")) == []


@pytest.mark.parametrize("subject", ALL.values(), ids=ALL)
def test_every_variable_and_node_is_drawn_once(subject: Graph) -> None:
    ids = [item.id for item in draw(subject).items if isinstance(item, Group) and item.kind in ("variable", "node")]
    wanted = {*subject.variables, *subject.nodes}
    assert sorted(id for id in ids if not id.startswith("start--")) == sorted(wanted)


def test_same_graph_gives_same_bytes() -> None:
    assert write(draw(TRANSFORMER), "svg") == write(draw(TRANSFORMER), "svg")


def test_page_is_a_slide() -> None:
    scene = draw(TRANSFORMER)
    assert (scene.width, scene.height) == (960.0, 540.0)


def test_unknown_theme_lists_the_known() -> None:
    with pytest.raises(ValueError, match="unknown theme 'pink'; known are dark, light, print, colourblind"):
        draw(TRANSFORMER, theme="pink")


def test_unknown_format_lists_the_known() -> None:
    with pytest.raises(ValueError, match=r"unknown picture format 'bmp'; known are .*png.*, svg"):
        write(draw(TRANSFORMER), "bmp")


def test_formats_are_discovered() -> None:
    assert {"png", "svg"} <= set(formats())
    assert list(formats()) == sorted(formats())


def test_title_can_be_replaced_or_left_out() -> None:
    titles = [
        [item.name for item in draw(TRANSFORMER, title=title).items if isinstance(item, Group) and item.kind == "title"]
        for title in (None, "Mine", "")
    ]
    assert titles == [["Transformer"], ["Mine"], []]


def test_legend_has_a_line_for_each_labelled_variable() -> None:
    for shown, wanted in ((True, ["legend--x", "legend--y", "legend--y_tilde"]), (False, [])):
        items = draw(TRANSFORMER, legend=shown).items
        assert [item.id for item in items if isinstance(item, Group) and item.kind == "legend"] == wanted


def test_picture_shrinks_beside_a_long_title_but_stays_sound() -> None:
    scene = draw(TWO_INPUTS, title="A title that runs across the whole width of the slide, and then some more")
    assert audit(write(scene, "svg")) == []
    assert scene.width == 960.0


def test_description_names_every_part() -> None:
    description = draw(TRANSFORMER).description
    assert all(name in description for name in (*TRANSFORMER.variables, *TRANSFORMER.nodes))


def test_label_that_cannot_be_drawn_is_named() -> None:
    with pytest.raises(ValueError, match=r"no character U\+65E5 \(CJK UNIFIED IDEOGRAPH-65E5\)"):
        draw(TRANSFORMER, title="日")


def test_large_graph_grows_the_page() -> None:
    names = [f"layer_{index}" for index in range(40)]
    edges = "x>layer_0 " + " ".join(f"{a}>{b}" for a, b in pairwise(names)) + " layer_39>h"
    scene = draw(graph("Deep", "x:input h:hidden", " ".join(names), edges))
    assert scene.width > 960.0
    assert audit(write(scene, "svg")) == []


def test_long_names_stay_legible_inside_their_shapes() -> None:
    long = graph(
        "Long",
        "observation:input representation_of_the_target:hidden",
        "token_and_position_embedding_of_everything:encoder antidisestablishmentarianism:predictor",
        "observation>token_and_position_embedding_of_everything "
        "token_and_position_embedding_of_everything>antidisestablishmentarianism "
        "antidisestablishmentarianism>representation_of_the_target",
    )
    assert audit(write(draw(long), "svg")) == []


def test_label_too_long_for_its_shape_is_reported() -> None:
    with pytest.raises(ValueError, match="does not fit its shape at 9 pt"):
        draw(graph("Long", "x:input h:hidden", "f" + "o" * 400, f"x>f{'o' * 400} f{'o' * 400}>h"))


def test_repeated_module_stands_on_a_plate_with_its_count() -> None:
    plates = [item for item in draw(INTERLEAVED).items if isinstance(item, Group) and item.kind == "plate"]
    assert [plate.name for plate in plates] == ["stack repeated 6 times"]
    assert [item.text for item in plates[0].items if isinstance(item, Words)] == ["×6"]


def test_graph_without_a_title_is_headed_by_its_name() -> None:
    scene = draw(replace(TRANSFORMER, title="", name="language_model"))
    assert scene.title == "Language model"


@pytest.mark.parametrize("title", ["Two\nlines", "Two\r\nlines", "Two \t lines", "Two\u2028lines"])
def test_break_in_a_title_or_label_reads_as_a_space(title: str) -> None:
    subject = graph("Broken", "x:input h:hidden", "f", "x>f f>h", {"x": title})
    words = [item.text for item in draw(subject, title=title).walk() if isinstance(item, Words)]
    assert words.count("Two lines") == 2


def test_title_of_nothing_but_a_break_is_no_title() -> None:
    scene = draw(TRANSFORMER, title="\n")
    assert (scene.title, [item.id for item in scene.items if item.id == "title--"]) == ("Transformer", [])


def test_small_picture_under_a_wide_legend_stands_in_the_middle_of_what_is_left() -> None:
    wide = dict.fromkeys("xh", "a legend that takes the whole width of the slide, so that nothing stands beside it")
    scene = draw(graph("Wide", "x:input h:hidden", "f", "x>f f>h", wide))
    boxes = {item.id: around_ink(item) for item in scene.items if isinstance(item, Group)}
    under, top, bottom = boxes["legend--h"][3], boxes["x"][1], boxes["x"][3]
    assert top - under == pytest.approx(scene.height - bottom, abs=10.0)


def around_ink(group: Group) -> Box:
    boxes = [item.box for item in group.items if isinstance(item, (Shape, Words, Symbol))]
    return around(corner for box in boxes for corner in (box[:2], box[2:])) if boxes else (0.0, 0.0, 0.0, 0.0)


def test_legend_begins_at_one_edge_right_of_the_widest_symbol() -> None:
    scene = draw(graph("Wide", "m_x:input x:hidden", "f", "m_x>f f>x", {"m_x": "one", "x": "other"}))
    starts = {item.origin[0] for item in scene.walk() if isinstance(item, Words) and item.id.startswith("legend--")}
    assert len(starts) == 1
    assert audit(write(scene, "svg")) == []


def test_legend_of_many_lines_ends_on_the_slide() -> None:
    names = [f"x_{index}" for index in range(14)]
    edges = " ".join(f"{name}>f" for name in names) + " f>h"
    subject = graph("Many", " ".join(f"{name}:input" for name in names) + " h:hidden", "f", edges)
    said = {name: one._replace(label=f"input {name}") for name, one in subject.variables.items()}
    scene = draw(replace(subject, variables=said))
    lines = [item for item in scene.walk() if isinstance(item, Words) and item.id.startswith("legend--")]
    assert max(line.box[3] for line in lines) < 540.0
    assert audit(write(scene, "svg")) == []


def test_line_of_legend_too_long_for_a_slide_is_reported() -> None:
    with pytest.raises(ValueError, match="does not fit the slide at 9 pt"):
        draw(graph("Long", "x:input h:hidden", "f", "x>f f>h", {"x": "and on " * 100}))


def test_layers_stand_in_the_middle_where_a_little_smaller_will_do() -> None:
    said = {"x": "what is seen", "z": "what is said"}
    scene = draw(graph("Two", "x:input y:input z:hidden", "f g k", "x>f f>g g>k y>k k>z", said))
    groups = [item for item in scene.items if isinstance(item, Group) and item.kind in ("variable", "node")]
    boxes = [around_ink(group) for group in groups]
    assert min(box[1] for box in boxes) + max(box[3] for box in boxes) == pytest.approx(540.0, abs=10.0)


def _legend(scene: Scene) -> float:
    return max(item.size for item in scene.walk() if isinstance(item, Words) and item.id.startswith("legend"))


def test_a_legend_is_smaller_only_where_that_makes_a_picture_larger() -> None:
    assert _legend(draw(TRANSFORMER)) == 28.0
    assert _legend(draw(TRANSFORMER, depth=1)) == 28.0
    wide = Path(__file__).parents[2] / "specs" / "models" / "bahdanau.yaml"
    assert 19.0 < _legend(draw(program(wide).graph, depth=1)) < 28.0
