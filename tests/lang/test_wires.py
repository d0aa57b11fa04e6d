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
    assert found[0].message == "'net' has no port 'lstm.cell'"


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
