"""The SVG writer: plain shapes only, and nothing a user writes becomes markup."""

from __future__ import annotations

import xml.etree.ElementTree as Tree
from dataclasses import replace

import pytest

from archgraph.draw import Options, draw, extract, write
from archgraph.draw.writers.markup import escape
from archgraph.draw.writers.svg import number
from tests.draw.graphs import ALL, TRANSFORMER

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</title><script>alert(1)</script>",
    '"><image href="x"/>',
    "&lt;b&gt; &amp; ]]>",
    "' onload='alert(1)",
    "<!-- -- >",
    "%s {0} \\write18{ls}",
]


def elements(svg: bytes) -> list[tuple[str, tuple[str, ...]]]:
    return [(element.tag, tuple(sorted(element.attrib))) for element in Tree.fromstring(svg).iter()]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_never_become_markup(text: str) -> None:
    def labelled(label: str) -> bytes:
        variables = {name: one._replace(label=label) for name, one in TRANSFORMER.variables.items()}
        nodes = {name: one._replace(label=label) for name, one in TRANSFORMER.nodes.items()}
        return write(draw(replace(TRANSFORMER, title=label, variables=variables, nodes=nodes)), "svg")

    hostile, benign = elements(labelled(text)), elements(labelled("benign"))
    assert {tag for tag, _ in hostile} == {tag for tag, _ in benign}
    assert {names for _, names in hostile} == {names for _, names in benign}
    assert Tree.fromstring(labelled(text)).findtext(f"{SVG}title") == text


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    assert escape("a\x00b\x1f") == "a\ufffdb\ufffd"


@pytest.mark.parametrize("name", ALL)
def test_only_plain_shapes_are_written(name: str) -> None:
    tags = {tag.removeprefix(SVG) for tag, _ in elements(write(draw(ALL[name]), "svg"))}
    assert tags <= {"svg", "title", "desc", "g", "rect", "circle", "path", "polyline"}


@pytest.mark.parametrize("name", ALL)
def test_ids_are_unique_and_those_of_the_graph(name: str) -> None:
    ids = [element.get("id") for element in Tree.fromstring(write(draw(ALL[name]), "svg")).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {*ALL[name].variables, *ALL[name].nodes} <= set(ids)


def test_boxes_with_round_corners_are_rectangles_that_a_program_can_edit() -> None:
    root = Tree.fromstring(write(draw(TRANSFORMER, depth=1), "svg"))
    boxes = [each for each in root.iter(f"{SVG}rect") if each.get("data-shape") == "rounded"]
    assert boxes
    assert all(0 < 2 * float(each.attrib["rx"]) < float(each.attrib["height"]) for each in boxes)


def test_prefix_keeps_two_pictures_on_one_page_apart() -> None:
    def ids(prefix: str) -> set[str]:
        tree = Tree.fromstring(write(draw(TRANSFORMER), "svg", Options(prefix=prefix)))
        return {element.attrib["id"] for element in tree.iter() if "id" in element.attrib}

    assert not ids("a-") & ids("b-")


def test_every_group_has_an_accessible_name() -> None:
    for group in Tree.fromstring(write(draw(TRANSFORMER), "svg")).iter(f"{SVG}g"):
        assert group.get("aria-label") == group.findtext(f"{SVG}title") != ""


def test_context_edge_says_so() -> None:
    tree = Tree.fromstring(write(draw(TRANSFORMER), "svg"))
    names = {group.get("id"): group.get("aria-label") for group in tree.iter(f"{SVG}g")}
    assert names["encoder-predictor"] == "encoder to predictor (context)"


def test_transparent_picture_has_no_ground() -> None:
    first = Tree.fromstring(write(draw(TRANSFORMER), "svg", Options(transparent=True)))
    assert first.find(f"{SVG}rect") is None


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.126, "0.13"), (-0.001, "0"), (12.5, "12.5"), (100.0, "100")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("spec", ["archgraph: 1\nname: x\n", "</spec></metadata><script/>\n", '"ζ" & ]]>\n'])
def test_spec_comes_out_as_it_went_in(spec: str) -> None:
    svg = write(draw(TRANSFORMER), "svg", Options(spec=spec))
    assert extract(svg, "svg") == spec
    assert not list(Tree.fromstring(svg).iter(f"{SVG}script"))


def test_picture_without_a_spec_gives_none() -> None:
    assert extract(write(draw(TRANSFORMER), "svg"), "svg") == ""


def test_what_is_no_svg_is_refused() -> None:
    with pytest.raises(ValueError, match="no XML"):
        extract(b"\x00", "svg")


def test_format_that_keeps_no_spec_says_which_do() -> None:
    with pytest.raises(ValueError, match=r"'png' keep no spec; those in .*pdf.*svg do"):
        extract(b"", "png")
