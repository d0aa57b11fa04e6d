from __future__ import annotations

import pytest

from archgraph.compiler import check, program
from tests.check.specs import codes, varied

REPEATED = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  n: {repeat: 3, layers: [{conv1d: {channels: 4, kernel: 3}}]}
edges:
  - x -> n -> h
"""


def test_each_copy_of_a_repeat_takes_what_the_one_before_gives() -> None:
    copies = program(REPEATED).net.nodes["n"].copies
    assert [str(copy.given["in"][0].type) for copy in copies] == ["real[T, 8]", "real[T, 4]", "real[T, 4]"]


def test_the_look_ahead_of_the_copies_adds_up() -> None:
    bounds = program(REPEATED).variables["h"].time["x"].bounds
    assert [bound.offset for bound in bounds] == [3]


def test_copies_that_share_weights_and_change_the_shape_are_refused() -> None:
    text = REPEATED.replace("repeat: 3,", "repeat: 3, share: true,")
    assert [item.code for item in check(text).diagnostics] == ["AG076"]


SMALL = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  e: {op: tanh}
  f: BODY
edges:
  - x -> e -> h
  - EDGE
"""


def small(body: str, edge: str = "x -> f") -> str:
    return varied(SMALL, ("BODY", body), ("EDGE", edge))


def test_a_repeat_whose_copies_give_the_next_one_nothing_is_refused() -> None:
    (item,) = check(small("{repeat: 2, layers: [{split: {a: 2, b: 2}}]}")).diagnostics
    assert "gives no 'out' for the next copy" in item.message
    assert codes(small("{layers: [{split: {a: 2, b: 2}}]}")) == []


def test_one_of_a_groups_readers_takes_one_tensor_where_another_takes_several() -> None:
    group = "{nodes: {a: {op: add}, b: {op: tanh}, c: {op: add}}, edges: [in -> a -> c -> out, in -> b -> c]}"
    (item,) = check(small(group, "x, e -> f")).diagnostics
    assert (item.code, item.message) == ("AG070", "'tanh' takes one tensor at 'in', and gets 2")
    assert codes(small(group)) == []


def test_weights_cannot_count_along_an_axis_that_the_data_measures() -> None:
    (item,) = check(small("{layers: [{rearrange: t d -> d t}, layer_norm]}")).diagnostics
    assert (item.code, item.message) == ("AG070", "weights of 'layer_norm' cannot count along the axis 'T'")


@pytest.mark.parametrize("layer", ["self_attention", "{gru: 4}", "{prepend: cls}", "{take: cls}", "{token_subset: 2}"])
def test_what_needs_a_sequence_and_gets_none_is_told_with_what_to_do(layer: str) -> None:
    spec = varied(
        REPEATED,
        ("real[T, 8]", "real[4, 8, 8]"),
        ("{repeat: 3, layers: [{conv1d: {channels: 4, kernel: 3}}]}", f"{{layers: [{layer}]}}"),
    )
    (item,) = check(spec).diagnostics
    assert item.code == "AG070"
    assert "rearrange" in item.hint


PICTURE = """\
archgraph: 1
variables:
  x: {kind: input, type: "real[3, H, 16]"}
  h: hidden
nodes:
  encoder: {role: encoder, layers: [WAY {LAYER: {}}]}
edges:
  - x -> encoder -> h
"""


@pytest.mark.parametrize("layer", ["pooling", "positions", "self_attention"])
def test_a_picture_where_a_sequence_stands_is_told_a_way_that_is_taken(layer: str) -> None:
    spec = PICTURE.replace("LAYER", layer)
    (told,) = check(spec.replace("WAY ", ""))
    assert "'c h w -> (h w) c'" in (told.hint or "") and "width is a number" in (told.hint or "")
    assert check(spec.replace("WAY", "{rearrange: c h w -> (h w) c},")).ok
    assert not check(spec.replace("WAY", "{rearrange: c h w -> (h w) c},").replace("16", "W")).ok
