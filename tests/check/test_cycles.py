"""Cycles: which are legal, what the others are told, and what their delays do not hide."""

from __future__ import annotations

import pytest

from archgraph.compiler import check, program
from archgraph.graph.masks import Both, Given
from tests.check.specs import codes, varied

CELL = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 3]"}
  h: {kind: hidden, type: "real[T, 4]"}
nodes:
  cell: {layers: [concat, {linear: 4}, tanh]}
edges:
  - x -> cell -> h
  - h -[delay]-> cell
"""
DETOUR = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  a: {layers: [add, {linear: 4}]}
  b: {layers: [add, {linear: 4}]}
  c: {layers: [add, {linear: 4}]}
edges:
  - x -> a -> b -> c -> h
  - c -[delay]-> a
"""


def test_a_cycle_through_a_delay_is_a_scan() -> None:
    found = program(CELL)
    assert [group.members for group in found.net.order if group.scan] == [("cell", "h")]
    assert str(found.variables["h"].type) == "real[T, 4]"


def test_the_width_of_a_cycle_is_found_without_being_stated() -> None:
    spec = varied(CELL, ('{kind: hidden, type: "real[T, 4]"}', "hidden"))
    assert str(program(spec).variables["h"].type) == "real[T, 4]"


def test_a_width_that_depends_on_itself_must_be_stated() -> None:
    spec = varied(
        CELL, ('{kind: hidden, type: "real[T, 4]"}', "hidden"), ("[concat, {linear: 4}, tanh]", "[concat, tanh]")
    )
    assert len(codes(spec)) == 1


def test_a_cycle_of_nothing_but_itself_has_no_type() -> None:
    spec = varied(
        CELL,
        ('{kind: hidden, type: "real[T, 4]"}', "hidden"),
        ("  - x -> cell -> h", "  - x -> other -> g\n  - cell -> h"),
    )
    spec = varied(spec, ("concat, {linear: 4}, ", ""), ("  cell:", "  other: {layers: [relu]}\n  cell:"))
    spec = varied(spec, ("  h: hidden", "  h: hidden\n  g: hidden"))
    (item,) = check(spec).diagnostics
    assert item.code == "AG075" and "cannot be inferred" in item.message


@pytest.mark.parametrize(
    "layers",
    [
        "[concat, {linear: 4}, self_attention]",
        "[concat, {conv1d: {channels: 4, kernel: 3}}]",
        "[concat, {linear: 4}, batch_norm]",
        "[concat, {linear: 4}, {pooling: mean}, {expand: T}]",
    ],
)
def test_what_needs_the_future_cannot_stand_on_a_cycle(layers: str) -> None:
    assert codes(varied(CELL, ("[concat, {linear: 4}, tanh]", layers))) == ["AG091"]


@pytest.mark.parametrize(
    "layers",
    [
        "[concat, {linear: 4}, {self_attention: {causal: true}}]",
        "[concat, {conv1d: {channels: 4, kernel: 3, padding: causal}}]",
        "[concat, {linear: 4}, layer_norm]",
    ],
)
def test_what_looks_back_may_stand_on_a_cycle(layers: str) -> None:
    assert codes(varied(CELL, ("[concat, {linear: 4}, tanh]", layers))) == []


def test_a_look_ahead_needs_a_longer_delay_round_the_cycle() -> None:
    centred = varied(CELL, ("[concat, {linear: 4}, tanh]", "[concat, {conv1d: {channels: 4, kernel: 3}}]"))
    assert codes(centred) == ["AG091"]


def test_a_second_way_round_without_delay_is_a_cycle_in_one_step() -> None:
    (item,) = check(varied(DETOUR, ("  - c -[delay]-> a", "  - c -[delay]-> a\n  - c -> b"))).diagnostics
    assert item.code == "AG044"
    assert "b -> c -> b" in item.message


def test_the_shortest_of_several_cycles_is_printed() -> None:
    (item,) = check(varied(DETOUR, ("  - c -[delay]-> a", "  - c -> a\n  - b -> a"))).diagnostics
    assert "a -> b -> a" in item.message


def test_a_cycle_through_a_delay_keeps_the_input_in_its_place() -> None:
    bounds = program(CELL).variables["h"].time["x"].bounds
    assert max(bound.offset for bound in bounds if bound.offset is not None) == 0
    assert not any(bound.offset is None for bound in bounds)


def test_the_delay_of_a_cycle_hides_no_target() -> None:
    spec = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  h: {kind: hidden, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  cell: {role: predictor, layers: [add, {linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> cell -> h -> y_tilde
  - h -[delay]-> cell
  - y, y_tilde -> C
"""
    assert codes(spec) == []
    assert codes(varied(spec, ("y -[delay]-> cell", "y -> cell"))) == ["AG086"]


def test_a_delay_inside_a_cycle_alone_asks_for_no_predictor() -> None:
    spec = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  h: {kind: hidden, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  cell: {role: encoder, layers: [add, {linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> cell -> h -> y_tilde
  - h -[delay]-> cell
  - y, y_tilde -> C
"""
    assert codes(spec) == []


def test_a_cycle_may_begin_with_a_value_of_its_own() -> None:
    spec = varied(CELL, ("  - h -[delay]->", "  - s -[initial]-> h\n  - h -[delay]->"))
    spec = varied(spec, ("  h: {", '  s: {kind: input, type: "real[4]"}\n  h: {'))
    found = program(spec).variables["h"].time
    assert found["s"].axis is None and found["s"].bounds[0].offset is None


def test_a_broken_member_of_a_cycle_is_one_fault() -> None:
    assert codes(varied(CELL, ("[concat, {linear: 4}, tanh]", "[concat, {embedding: 4}]"))) == ["AG070"]


def test_a_cycle_inside_a_group_is_a_scan_too() -> None:
    spec = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  g:
    nodes: {cell: {layers: [add, {linear: 4}]}}
    edges: [in -> cell -> out, 'cell -[delay]-> cell']
edges:
  - x -> g -> h
"""
    assert codes(spec) == []
    assert codes(varied(spec, ("-[delay]->", "->"))) == ["AG043"]


def test_the_width_of_a_cycle_that_a_fault_inside_hides_is_not_told_as_a_second_fault() -> None:
    spec = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  f: {layers: [concat, {linear: 4}, {self_attention: {heads: 3, causal: true}}]}
edges:
  - x -> f -> h
  - h -[delay]-> f
"""
    assert codes(spec) == ["AG071"]


def test_a_cycle_takes_its_axis_from_the_first_stream_that_has_one() -> None:
    spec = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  q: {kind: parameter, type: "real[3, 4]"}
  h: hidden
nodes:
  c: {op: tanh}
  f: {layers: [concat, cross_attention, {linear: 4}]}
edges:
  - q -> c -[context]-> f
  - x -> f -> h
  - h -[delay]-> f
"""
    assert codes(spec) == []
    broken = spec.replace("c: {op: tanh}", "c: {layers: [{self_attention: {heads: 3}}]}")
    assert codes(broken) == ["AG071"]


def test_masks_that_meet_again_on_a_cycle_are_one() -> None:
    spec = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]", pad: lengths}
  y: {kind: input, type: "real[T, 4]", pad: lengths}
  h: {kind: hidden, type: "real[T, 4]"}
nodes:
  f: {layers: [concat, {linear: 4}]}
edges:
  - h -[delay]-> f
  - x -> f -> h
  - y -> f
"""
    assert program(spec).variables["h"].masks == (Both(Given("x"), Given("y")), None)


def test_a_cycle_that_nothing_outside_drives_has_no_steps() -> None:
    spec = """archgraph: 1
variables:
  q: {kind: parameter, type: "real[3, 4]"}
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
  g: hidden
nodes:
  c: {op: tanh}
  e: {op: tanh}
  f: {layers: [cross_attention]}
edges:
  - x -> e -> g
  - q -> c -[context]-> f -> h
  - h -[delay]-> f
"""
    assert codes(spec) == ["AG075"]
    stated = varied(spec, ("h: hidden", 'h: {kind: hidden, type: "real[T, 4]"}'))
    assert [item.message for item in check(stated).diagnostics] == [
        "nothing tells how many steps the cycle f -> h -> f takes"
    ]
    assert (
        codes(varied(stated, ("[cross_attention]", "[add, cross_attention]"), ("e -> g", "e -> g\n  - e -> f"))) == []
    )
    assert codes(varied(spec, ("c: {op: tanh}", "c: {layers: [{self_attention: {heads: 3}}]}"))) == ["AG071"]


def test_what_a_cycle_feeds_back_may_meet_tensors_of_fewer_axes() -> None:
    spec = """archgraph: 1
variables:
  x: {kind: input, type: "real[3]"}
  w: {kind: input, type: "real[2]"}
  h: hidden
nodes:
  n: {layers: [concat, {linear: 4}]}
edges:
  - x, w -> n -> h
  - h -[delay]-> n
"""
    (item,) = check(spec).diagnostics
    assert (item.code, item.message) == (
        "AG055",
        "the delay acts on 'h', which is real[4] and has no free axis",
    )


def test_a_cycle_along_two_axes_is_told_both() -> None:
    spec = CELL.replace("real[T, 3]", "real[H, W, 3]").replace("real[T, 4]", "real[H, W, 4]")
    delays = "".join(f"  - {{from: h, to: cell, kind: [delay], axis: {axis}}}\n" for axis in "HW")
    (item,) = check(spec.replace("  - h -[delay]-> cell\n", delays)).diagnostics
    assert (item.code, item.message) == ("AG091", "this cycle is delayed along 'H' and along 'W'")
