"""The DOT writer: every vertex and edge once, and nothing a user writes but text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import Options, draw, write
from archgraph.draw.scene import Group, Line
from archgraph.draw.sketch import sketch
from archgraph.draw.writers.dot import quoted
from archgraph.draw.writers.listing import listing, plain
from archgraph.graph.module import Graph
from tests.draw.graphs import ALL, INTERLEAVED, TRANSFORMER

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
SPEC = Path(__file__).parents[3] / "specs" / "story" / "transformer.yaml"


def dot(subject: Graph, **options: bool) -> str:
    return write(draw(subject), "dot", Options(**options)).decode("utf-8")


@pytest.mark.parametrize("name", ALL)
def test_every_wire_of_the_scene_is_an_edge_and_so_is_where_things_touch(name: str) -> None:
    scene = draw(ALL[name])
    lines = [item for item in scene.walk() if isinstance(item, Line)]
    found = re.findall(r'^  "([^"]*)" -> "([^"]*)"', dot(ALL[name]), re.MULTILINE)
    assert found == [*((line.source, line.target) for line in lines), *scene.touching]
    assert sorted(found) == sorted((link.source, link.target) for link in sketch(ALL[name]).links)


@pytest.mark.parametrize("name", ALL)
def test_every_variable_and_node_is_a_vertex(name: str) -> None:
    found = re.findall(r'^ *"([^"]*)" \[label', dot(ALL[name]), re.MULTILINE)
    assert len(found) == len(set(found))
    assert {*ALL[name].variables, *ALL[name].nodes} <= set(found)


def test_context_edge_says_so() -> None:
    assert '"encoder" -> "predictor" [tooltip="encoder to predictor (context)", label="context"' in dot(TRANSFORMER)


def test_symbols_are_plain_text() -> None:
    assert 'label="ỹ"' in dot(TRANSFORMER)
    found = [plain(tex) for tex in (r"\hat{\boldsymbol{y}}", r"\boldsymbol{h}_{\boldsymbol{x}}", r"\mu_{12}", "a_", "")]
    assert found == ["ŷ", "h_x", "μ₁₂", "a_", ""]


def test_repeated_module_stands_in_a_cluster() -> None:
    found = listing(draw(INTERLEAVED))
    assert [(frame.label, frame.frame) for frame in found.frames] == [("×6", "")]
    assert [vertex.id for vertex in found.vertices if vertex.frame] == ["stack"]
    assert re.search(r'subgraph "cluster_stack--plate" \{\n.*label="×6".*\n    "stack" \[', dot(INTERLEAVED))


def test_opened_modules_hold_what_is_inside() -> None:
    found = listing(draw(program(SPEC).graph, depth=1))
    frames = {frame.id: frame.frame for frame in found.frames}
    assert frames["encoder"] == ""
    assert frames["encoder.repeat"] == "encoder"
    places = {vertex.id: vertex.frame for vertex in found.vertices}
    assert places["encoder.embedding"] == "encoder"
    assert all(frame == "encoder.repeat" for id, frame in places.items() if id.startswith("encoder.repeat."))
    assert places["x"] == ""


HOSTILE = ['"]; evil [URL="javascript:x"', "\\", "\\N \\G", "<b>bold</b>", "&lt;i&gt;", "a\nb", "// x", "# y", "{ } ->"]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_inside_their_strings(label: str) -> None:
    scene = draw(TRANSFORMER)
    items = tuple(item._replace(name=label) if isinstance(item, Group) else item for item in scene.items)
    scene = scene._replace(title=label, items=items)
    hostile = write(scene, "dot").decode("utf-8")
    assert STRING.sub("", hostile) == re.sub(", label=, style=dashed", "", STRING.sub("", dot(TRANSFORMER)))


@pytest.mark.parametrize("label", HOSTILE)
def test_strings_are_read_back_as_they_were(label: str) -> None:
    text = quoted(label)
    assert STRING.fullmatch(text)
    read = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text[1:-1])
    assert read.replace("&amp;", "&") == label


def test_transparent_graph_has_no_ground() -> None:
    assert 'bgcolor="transparent"' in dot(TRANSFORMER, transparent=True)
    assert 'bgcolor="#000000"' in dot(TRANSFORMER)
