"""The PPTX writer: native shapes, words as text, wires that hold on, and the same bytes every time."""

from __future__ import annotations

import sys
from itertools import combinations, pairwise
from math import dist

import pytest

from archgraph.draw import Options, draw, extract, write
from archgraph.draw.errors import PictureError
from archgraph.draw.scene import Group, Line, Scene, Shape, Words
from archgraph.draw.writers.elbow import corners
from archgraph.draw.writers.scaled import scaled
from archgraph.draw.writers.sites import ends
from archgraph.graph.module import Graph
from tests.draw.graphs import ALL, BY_HAND, TRANSFORMER, graph
from tests.draw.slides import A, Box, P, connectors, parts, slide, solids

pytest.importorskip("pptx", reason="python-pptx is not installed: pip install 'archgraph-compiler[slides]'")
MARGIN = 0.05


def lines(scene: Scene) -> list[Line]:
    return [item for item in scene.walk() if isinstance(item, Line)]


@pytest.mark.parametrize("name", ALL)
def test_wires_run_as_in_the_scene(name: str) -> None:
    scene = draw(ALL[name])
    found = {one.name: one.points for one in connectors(slide(write(scene, "pptx")))}
    for line in lines(scene):
        way = corners(ends(line))
        pieces = [found[id] for id in found if id == line.id or id.startswith(f"{line.id}/")]
        drawn = [pieces[0][0], *(point for piece in pieces for point in piece[1:])]
        assert len(drawn) == len(way)
        assert all(dist(*pair) < MARGIN for pair in zip(drawn, way, strict=True))


@pytest.mark.parametrize("name", ALL)
def test_every_wire_holds_on_to_what_it_joins(name: str) -> None:
    scene = draw(ALL[name])
    root = slide(write(scene, "pptx"))
    owners = {one.number: one for one in solids(root)}
    for one in connectors(root):
        for held, point in ((one.start, one.points[0]), (one.end, one.points[-1])):
            # A switch's wiper leaves between its contacts, where there is nothing to hold.
            if held is None:
                assert one.name.startswith("switch--")
                continue
            assert dist(owners[held[0]].site(held[1]), point) < 3.0


@pytest.mark.parametrize("name", ALL)
def test_shapes_and_words_stand_where_the_scene_has_them(name: str) -> None:
    scene = draw(ALL[name])
    found = {one.name: one for one in solids(slide(write(scene, "pptx")))}
    for item in scene.walk():
        if isinstance(item, Shape):
            assert max(abs(a - b) for a, b in zip(found[item.id].box, item.box, strict=True)) < MARGIN
    for group in scene.items:
        if isinstance(group, Group):
            said = "".join(item.text for item in group.items if isinstance(item, Words))
            assert said == "".join(found[item.id].text for item in group.items if item.id in found)


@pytest.mark.parametrize("name", ALL)
def test_nothing_overlaps_and_no_wire_runs_through_a_shape(name: str) -> None:
    scene = draw(ALL[name])
    outlines = {
        item.id
        for group in scene.items
        if isinstance(group, Group) and group.kind in ("node", "variable")
        for item in group.items
        if isinstance(item, Shape)
    }
    root = slide(write(scene, "pptx"))
    boxes = {one.name: one.box for one in solids(root) if one.name in outlines}
    assert not [pair for pair in combinations(boxes, 2) if _meet(boxes[pair[0]], boxes[pair[1]])]
    for one in connectors(root):
        for start, end in pairwise(one.points):
            stretch = (min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
            assert not [name for name, box in boxes.items() if _meet(stretch, box)]


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes, or a stretch of wire and a box, share more than a border."""
    across = one[0] < other[2] - 1.0 and other[0] + 1.0 < one[2]
    return across and one[1] < other[3] - 1.0 and other[1] + 1.0 < one[3]


def test_circles_and_squares_are_preset_shapes_and_the_rest_freeforms() -> None:
    forms = {one.name: one.form for one in solids(slide(write(draw(TRANSFORMER), "pptx")))}
    assert forms["x/shape"] == "ellipse"
    assert forms["C/shape"] == "rect"
    assert forms["encoder/shape"] == forms["predictor/shape"] == forms["y_tilde/label"] == ""


def test_boxes_with_round_corners_are_presets_as_round_as_in_the_scene() -> None:
    scene = draw(TRANSFORMER, depth=1)
    rounded = {item.id: item for item in scene.walk() if isinstance(item, Shape) and item.kind == "rounded"}
    assert {"encoder/shape", "encoder--op/shape"} <= set(rounded)
    root = slide(write(scene, "pptx"))
    forms = {one.name: one.form for one in solids(root)}
    assert {forms[id] for id in rounded} == {"roundRect"}
    for element in root.iter(f"{P}sp"):
        about, guide = element.find(f".//{P}cNvPr"), element.find(f".//{A}gd")
        shape = rounded.get(about.attrib["name"]) if about is not None else None
        if shape is not None:
            assert guide is not None
            assert guide.attrib["name"] == "adj"
            side = min(shape.box[2] - shape.box[0], shape.box[3] - shape.box[1])
            round_ = int(guide.attrib["fmla"].split()[1]) / 100_000 * side
            assert round_ == pytest.approx(shape.outline[0][1][0] - shape.box[0], abs=0.01)


def test_file_holds_no_picture_style_or_link() -> None:
    held = parts(write(draw(TRANSFORMER), "pptx"))
    assert not [name for name in held if name.endswith((".jpeg", ".png", ".bin"))]
    page = held["ppt/slides/slide1.xml"]
    assert not [word for word in (b"<p:style", b"<p:pic", b"hlink", b"<a:blip") if word in page]


def test_everything_at_the_top_of_a_slide_has_an_alternative_text_or_is_the_title() -> None:
    scene = draw(TRANSFORMER)
    tree = slide(write(scene, "pptx")).find(f"{P}cSld/{P}spTree")
    assert tree is not None
    told = [element.find(f".//{P}cNvPr") for element in list(tree)[2:]]
    names = {about.attrib.get("descr") for about in told if about is not None}
    assert {group.name for group in scene.items if isinstance(group, Group) and group.kind != "title"} <= names
    assert [element for element in tree.iter(f"{P}ph") if element.get("type") == "title"]


def test_numbers_are_unique() -> None:
    numbers = [about.attrib["id"] for about in slide(write(draw(BY_HAND), "pptx")).iter(f"{P}cNvPr")]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("subject", [TRANSFORMER, BY_HAND])
def test_library_opens_what_is_written(subject: Graph) -> None:
    import io

    from pptx import Presentation

    scene = draw(subject)
    show = Presentation(io.BytesIO(write(scene, "pptx")))
    assert (show.slide_width, show.slide_height) == (scene.width * 12_700, scene.height * 12_700)
    title = show.slides[0].shapes.title
    assert title is not None
    assert title.text_frame.text == scene.title


def test_transparent_slide_has_no_ground() -> None:
    assert slide(write(draw(TRANSFORMER), "pptx")).find(f"{P}cSld/{P}bg") is not None
    clear = slide(write(draw(TRANSFORMER), "pptx", Options(transparent=True)))
    assert clear.find(f"{P}cSld/{P}bg") is None


def test_spec_comes_out_as_it_went_in() -> None:
    spec = 'archgraph: 1\nname: "</spec> & ζ"\n'
    assert extract(write(draw(TRANSFORMER), "pptx", Options(spec=spec)), "pptx") == spec
    assert extract(write(draw(TRANSFORMER), "pptx"), "pptx") == ""


def test_what_is_no_presentation_is_refused() -> None:
    with pytest.raises(ValueError, match="no presentation"):
        extract(b"PK", "pptx")


def test_page_beyond_the_largest_slide_is_scaled_down() -> None:
    names = [f"layer_{index}" for index in range(60)]
    edges = "x>layer_0 " + " ".join(f"{a}>{b}" for a, b in pairwise(names)) + " layer_59>h"
    scene = draw(graph("Deep", "x:input h:hidden", " ".join(names), edges))
    assert scene.width > 4032.0
    assert max(one.box[2] for one in solids(slide(write(scene, "pptx")))) <= 4032.0


def test_long_titles_and_descriptions_are_cut_in_the_properties_only() -> None:
    scene = draw(TRANSFORMER)._replace(title="t" * 300 + "\x00", description="d" * 3000)
    assert b"t" * 255 in parts(write(scene, "pptx"))["docProps/core.xml"]


def test_missing_library_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(PictureError, match=r"pip install 'archgraph-compiler\[slides\]'"):
        write(draw(TRANSFORMER), "pptx")


@pytest.mark.parametrize(("factor", "size"), [(1.0, "lg"), (0.7, "med"), (0.3, "sm")])
def test_heads_shrink_with_the_picture(factor: float, size: str) -> None:
    page = write(scaled(draw(TRANSFORMER), factor), "pptx")
    sizes = {tail.attrib["len"] for tail in slide(page).iter(f"{A}tailEnd")}
    assert sizes == {size}
