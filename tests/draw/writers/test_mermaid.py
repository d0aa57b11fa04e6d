"""The Mermaid writer: every vertex and edge once, and nothing a user writes but text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from archgraph.draw import Options, draw, write
from archgraph.draw.writers.listing import listing
from archgraph.draw.writers.mermaid import escape
from tests.draw.graphs import ALL, INTERLEAVED, TRANSFORMER

VERTEX = re.compile(r'^ *(n\d+)(?:\(\(|\(\[|\[)"(.*)"(?:\)\)|\]\)|\])$', re.MULTILINE)
EDGE = re.compile(r'^  (n\d+) (?:-->|-\. "context" \.->|-\. "no gradient" \.->) (n\d+)$', re.MULTILINE)


@pytest.mark.parametrize("name", ALL)
def test_vertices_and_edges_are_those_of_the_scene(name: str) -> None:
    scene = draw(ALL[name])
    text = write(scene, "mmd").decode("utf-8")
    found = listing(scene)
    names = {f"n{number}": vertex.id for number, vertex in enumerate(found.vertices, 1)}
    assert sorted(names) == sorted(name for name, _ in VERTEX.findall(text))
    edges = [(names[source], names[target]) for source, target in EDGE.findall(text)]
    assert edges == [(edge.source, edge.target) for edge in found.edges]


def test_context_edge_says_so() -> None:
    assert '-. "context" .->' in write(draw(TRANSFORMER), "mmd").decode("utf-8")


def test_repeated_module_stands_in_a_subgraph() -> None:
    text = write(draw(INTERLEAVED), "mmd").decode("utf-8")
    assert re.search(r'  subgraph n\d+\["×6"\]\n    n\d+\(\["Stack"\]\)\n  end\n', text)


def test_every_kind_has_a_class_with_its_colours() -> None:
    text = write(draw(TRANSFORMER), "mmd").decode("utf-8")
    assert "  classDef kind_encoder stroke:#bebada,fill:#000000,color:#bebada\n  class n5,n6 kind_encoder\n" in text
    assert "fill:none" in write(draw(TRANSFORMER), "mmd", Options(transparent=True)).decode("utf-8")


HOSTILE = ['"] --> evil["', "%%{init: {}}%%", "`**bold**`", "<script>", "#quot;", "a\nclick n1 href", "1. - x", "end"]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_become_no_syntax(label: str) -> None:
    nodes = {name: one._replace(label=label.replace("\n", " ")) for name, one in TRANSFORMER.nodes.items()}
    text = write(draw(replace(TRANSFORMER, nodes=nodes))._replace(title=label), "mmd").decode("utf-8")
    shape = re.compile(r'"[^"\n]*"')
    plain = write(draw(TRANSFORMER), "mmd").decode("utf-8")
    assert shape.sub("", text).splitlines()[2:] == shape.sub("", plain).splitlines()[2:]


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_read_back_as_they_were(label: str) -> None:
    text = escape(label)
    assert re.fullmatch(r"(?:[A-Za-z0-9 ,-]|#\d+;)*", text)
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text) == label


def test_words_stay_legible() -> None:
    assert escape("Add, Norm of Self-attention ×6") == "Add, Norm of Self-attention ×6"
