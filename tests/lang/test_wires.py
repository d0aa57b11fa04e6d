"""Edges to ports."""

from __future__ import annotations

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
