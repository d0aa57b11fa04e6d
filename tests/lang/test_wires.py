"""Edges to ports."""

from __future__ import annotations

import pytest

import archgraph

REPEATED = """\
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  s: hidden
  h: hidden
nodes:
  net: {role: encoder, repeat: 2, layers: [{lstm: 8}]}
edges:
  - x -> net -> h
  - x -> net.lstm.state
  - x -> net.lstm.cell
  - net.lstm.cell -> s
"""


def test_what_only_copies_of_a_repeat_give_is_no_port_of_the_repeat() -> None:
    found = archgraph.check(REPEATED).diagnostics
    assert [(item.code, item.span.line, item.span.column) for item in found] == [("AG050", 12, 5)]
    assert found[0].message == "'net' takes 'lstm.cell', and does not give it"


GROUP = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  g: {nodes: {e: {op: relu}, f: {op: relu}}, edges: [in -> e -> out, EDGE], ports: PORTS}
edges:
  - x -> g -> h
"""


@pytest.mark.parametrize(
    ("edge", "ports", "code", "text"),
    [
        ("e -> f -> in", "{}", "AG050", "in"),
        ("out -> f", "{}", "AG050", "out"),
        ("e -> f -> mu", "{mu: in}", "AG050", "mu"),
        ("mu -> f", "{mu: out}", "AG050", "mu"),
        ("in.x -> f", "{}", "AG050", "in.x"),
        ("e -> f -> mu", "{mu: sideways}", "AG019", "sideways"),
        ("e -> f -> mu", "{mu: [out]}", "AG019", "[out]"),
        ("e -> f", "{f: out}", "AG021", "f"),
        ("e -> f -> class", "{class: out}", "AG020", "class"),
        ("e -> f", "{mu: out}", "AG046", "{nodes"),
    ],
)
def test_a_port_of_a_body_has_a_name_a_direction_and_an_edge(edge: str, ports: str, code: str, text: str) -> None:
    report = archgraph.check(GROUP.replace("EDGE", edge).replace("PORTS", ports))
    assert [item.fault.code for item in report] == [code]
    assert next(iter(report)).span.text.startswith(text)


def test_in_out_and_context_may_be_listed_and_need_not() -> None:
    assert archgraph.check(GROUP.replace("EDGE", "e -> f").replace("PORTS", "{in: in, out: out, context: in}")).ok


PORTS = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
  v: hidden
nodes:
  a: {layers: [{split: {mu: 2, v: 2}}]}
  b: {layers: [{lstm: 4}, {lstm: 4}]}
edges:
  - x -> a.mu -> h
  - x -> b
  - EDGE -> v
"""


def test_a_port_on_the_other_side_is_told_as_that() -> None:
    (item,) = archgraph.check(PORTS.replace("EDGE", "b")).diagnostics
    assert (item.code, item.span.text) == ("AG050", "a.mu")
    assert item.message == "'a' gives 'mu', and does not take it"


@pytest.mark.parametrize("port", ["lstm.cell", "lstm_2.cell"])
def test_a_port_that_gives_nothing_as_its_node_is_used_is_told_where_it_is_read(port: str) -> None:
    spec = PORTS.replace("x -> a.mu", "x -> a\n  - a.mu").replace("EDGE", f"b.{port}")
    (item,) = archgraph.check(spec).diagnostics
    assert (item.code, item.span.line) == ("AG075", 13)
    assert item.message == f"'b' gives nothing at '{port}' as it is used here"


def test_a_kind_stands_in_an_arrow_once() -> None:
    spec = PORTS.replace("x -> a.mu", "x -[delay, delay 2]-> a\n  - a.mu").replace("EDGE", "b")
    (item,) = archgraph.check(spec).diagnostics
    assert (item.code, item.message) == ("AG027", "'delay' stands twice in one arrow")
