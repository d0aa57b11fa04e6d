"""Chains and the long form: which wires they make, and what is said of those that make none."""

from __future__ import annotations

import pytest

from archgraph.compiler import check, program
from archgraph.graph.module import Wire
from tests.check.specs import CONDITIONAL, LANGUAGE, codes, language, varied

DELAYED = ("y -[delay]-> encoder -> predictor -> decoder -> y_tilde", "encoder -> predictor -> decoder -> y_tilde")


def _wires(spec: str) -> list[Wire]:
    return list(program(spec).graph.wires)


def _long(edge: str) -> str:
    return language(DELAYED, ("  - y, y", f"  - {edge}\n  - y, y"))


def test_the_long_form_is_the_chain() -> None:
    assert sorted(map(_shown, _wires(_long("{from: y, to: encoder, kind: [delay]}")))) == sorted(
        map(_shown, _wires(LANGUAGE))
    )


def _shown(wire: Wire) -> tuple[str, str, int]:
    return str(wire.source), str(wire.target), wire.delay


def test_the_long_form_has_steps_an_axis_and_ports() -> None:
    wires = _wires(_long("{from: y, to: encoder.in, kind: [delay], steps: 1 + 1, axis: T}"))
    (wire,) = [w for w in wires if w.delay]
    assert (wire.delay, wire.axis, wire.target.port) == (2, "T", "in")


@pytest.mark.parametrize(
    ("edge", "code"),
    [
        ("{from: y, to: encoder, steps: 2}", "AG045"),
        ("{from: y, to: encoder, kind: [dely]}", "AG027"),
        ("{from: y, to: encoder, kind: delay}", "AG030"),
        ("{from: y, kind: [delay]}", "AG017"),
        ("{from: y, to: encoder, kind: [delay], axis: S}", "AG055"),
        ("{from: y, to: encoder, speed: 2}", "AG012"),
        ("[y, encoder]", "AG019"),
        ("7", "AG019"),
        ("y -> -> encoder", "AG027"),
        ("y -> 9encoder", "AG027"),
        ("y -[stop 2]-> encoder", "AG027"),
        ("y -[delay x]-> encoder", "AG034"),
        ("y.out -> encoder", "AG050"),
    ],
)
def test_an_edge_that_cannot_be_is_one_fault(edge: str, code: str) -> None:
    found = [c for c in codes(_long(edge)) if c != "AG052"]
    assert found == [code]


def test_a_delay_may_be_arithmetic_over_params() -> None:
    spec = language(("-[delay]->", "-[delay lag]->"), ("variables:", "params: {lag: 3}\nvariables:"))
    assert max(w.delay for w in _wires(spec)) == 3


def test_kinds_combine() -> None:
    spec = varied(
        CONDITIONAL,
        (
            "  - x -> encoder -[context]-> predictor",
            "  - enc -[delay 2, context, stop]-> predictor\n  - x -> encoder -> h",
        ),
        ("[cross_attention]", "[{cross_attention: {causal: true}}]"),
        ("  y_t", "  h: hidden\n  y_t"),
    )
    (wire,) = [w for w in _wires(spec) if w.context]
    assert (wire.delay, wire.stop, wire.target.port) == (2, True, "context")


def test_a_comma_is_every_pair() -> None:
    spec = """archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  h: hidden
  g: hidden
nodes:
  a: {layers: [{linear: 4}]}
  b: {layers: [{linear: 4}]}
  c: {layers: [add, relu]}
  d: {layers: [concat, relu]}
edges:
  - x -> a, b -> c, d
  - c -> h
  - d -> g
"""
    assert [f"{w.source} {w.target}" for w in _wires(spec)] == [
        "x a", "x b", "a c", "a d", "b c", "b d", "c h", "d g",
    ]  # fmt: skip


SPLIT = """archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  mu: hidden
  v: hidden
nodes:
  enc: {layers: [{linear: 4}, {split: {mu: 2, v: 2}}]}
edges:
  - x -> enc -> mu|v
"""


def test_a_bar_after_an_arrow_takes_the_ports_of_those_names() -> None:
    assert [f"{w.source} {w.target}" for w in _wires(SPLIT)] == ["x enc", "enc.mu mu", "enc.v v"]


JOINED = """archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  mu: hidden
  v: hidden
  h: hidden
nodes:
  enc:
    ports: {mu: out, v: out}
    nodes: {a: {layers: [{linear: 4}]}, b: {layers: [{linear: 4}]}}
    edges: [in -> a -> mu, in -> b -> v]
  join:
    ports: {mu: in, v: in}
    nodes: {a: {layers: [concat, relu]}}
    edges: [mu -> a, v -> a, a -> out]
edges:
  - x -> enc -> mu|v -> join -> h
"""


def test_a_bar_before_an_arrow_feeds_the_ports_of_those_names() -> None:
    assert [f"{w.source} {w.target}" for w in _wires(JOINED)] == [
        "x enc", "enc.mu mu", "enc.v v", "mu join.mu", "v join.v", "join h",
    ]  # fmt: skip


def test_a_quoted_chain_may_stand_in_flow_style() -> None:
    spec = language(
        ("edges:\n  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde\n  - y, y_tilde -> C\n",
         'edges: ["y -[delay]-> encoder -> predictor -> decoder -> y_tilde", "y, y_tilde -> C"]\n')
    )  # fmt: skip
    assert codes(spec) == []
    assert sorted(map(_shown, _wires(spec))) == sorted(map(_shown, _wires(LANGUAGE)))


def test_a_position_inside_a_quoted_chain_is_exact() -> None:
    (item,) = [i for i in check(_long('"y -> encodr"')).diagnostics if i.code == "AG040"]
    assert item.span.text == "encodr"


BARE = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  f: {op: tanh}
edges:
  - EDGE
"""


@pytest.mark.parametrize("edge", ["x -> f -> h:", "{x -> f -> h}", "? x -> f -> h"])
def test_a_colon_without_a_value_changes_nothing(edge: str) -> None:
    assert check(BARE.replace("EDGE", edge)).ok


@pytest.mark.parametrize("edge", ["x -> f -> h: {kind: delay}", "x -> f -> h: delay"])
def test_a_value_behind_a_chain_is_refused_and_not_dropped(edge: str) -> None:
    found = check(BARE.replace("EDGE", edge)).diagnostics
    assert found[0].code == "AG019"
    assert "'x -> f -> h' is a chain with a value behind it" in found[0].message


def test_a_spec_without_edges_says_that_nothing_is_touched() -> None:
    found = [item.code for item in check(BARE.replace("edges:\n  - EDGE\n", "")).diagnostics]
    assert found == [item.code for item in check(BARE.replace("edges:\n  - EDGE\n", "edges:\n")).diagnostics]
    assert found


def test_a_kind_in_a_list_is_told_at_its_place() -> None:
    (item,) = check(_long("{from: y, to: encoder, kind: [delay, contxt]}")).diagnostics
    assert (item.span.text, item.message, item.hint) == (
        "contxt",
        "unknown kind of edge 'contxt'",
        "did you mean 'context'?",
    )


def test_an_item_of_a_list_that_is_of_a_wrong_kind_is_told_at_its_place() -> None:
    (item,) = check(LANGUAGE + "allow: [AG080, 3]\n").diagnostics
    assert (item.span.text, item.message) == ("3", "'allow[1]' is the number 3, and must be text")
