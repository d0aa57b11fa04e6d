"""Lengths under `dims`: what is fixed is worked out, and what is no length is told."""

from __future__ import annotations

import pytest
import torch

from archgraph.compiler import check, compile, program
from tests.check.specs import codes

SPEC = """archgraph: 1
dims: {T: %d}
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
  y: {kind: hidden, type: "real[%s, 4]"}
nodes:
  down: {layers: [%s]}
  up: {op: {transposed_conv1d: {channels: 4, kernel: 2, stride: 2}}}
edges:
  - x -> down -> h -> up -> y
"""
STRIDE = "{conv1d: {channels: 4, kernel: 3, stride: 2}}"
PATCH = "{rearrange: {pattern: '(t p) d -> t (p d)', sizes: {p: 2}}}"


@pytest.mark.parametrize(("size", "stated"), [(8, "T"), (7, "T + 1"), (8, "8"), (7, "8"), (7, "2 * ceil(T/2)")])
def test_an_axis_that_is_fixed_tells_what_its_rounded_quotients_are(size: int, stated: str) -> None:
    spec = SPEC % (size, stated, STRIDE)
    assert codes(spec) == []
    assert compile(spec, seed=0)(x=torch.randn(2, size, 4)).y.shape == (2, 8, 4)


@pytest.mark.parametrize(("size", "stated"), [(7, "T"), (7, "7"), (8, "T + 1"), (8, "9")])
def test_a_stated_length_that_is_another_number_is_refused(size: int, stated: str) -> None:
    assert codes(SPEC % (size, stated, STRIDE)) == ["AG074"]


def test_an_axis_that_is_fixed_keeps_its_name() -> None:
    assert str(program(SPEC % (8, "T", STRIDE)).variables["h"].type) == "real[T/2, 4]"


@pytest.mark.parametrize(
    ("layer", "size", "words"),
    [
        (PATCH, 7, "T/2, which is 3.5 where T = 7"),
        ("{conv1d: {channels: 4, kernel: 9, padding: valid}}", 8, "T - 8, which is 0 where T = 8"),
    ],
)
def test_what_is_no_length_where_an_axis_is_fixed_is_told(layer: str, size: int, words: str) -> None:
    (item,) = check(SPEC % (size, "T", layer)).diagnostics
    assert item.code == "AG070"
    assert words in item.message
    assert item.span.line == 8
