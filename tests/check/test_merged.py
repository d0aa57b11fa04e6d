"""Axes that are merged: those of a picture may be in any order, those of time may not."""

from __future__ import annotations

import pytest
import torch

import archgraph
from archgraph.compiler import check

PICTURE = """
archgraph: 1
name: picture
variables: {x: {kind: input, type: "real[3, H, W]"}, y: {kind: target, type: "class(3)[]"}, y_tilde: prediction}
nodes:
  encoder:
    role: encoder
    layers:
      - rearrange: {pattern: PATTERN}
      - linear: 8
      - self_attention: {heads: 2}
      - pooling: mean
      - linear: 3
  C: {role: cost, op: cross_entropy}
edges: ["x -> encoder -> y_tilde", "y, y_tilde -> C"]
"""


@pytest.mark.parametrize("pattern", ["c h w -> (h w) c", "c h w -> (w h) c"])
def test_a_picture_of_any_size_becomes_a_sequence(pattern: str) -> None:
    model = archgraph.compile(PICTURE.replace("PATTERN", pattern), seed=0)
    seen: list[torch.Tensor] = []
    model.encoder.linear.register_forward_hook(lambda _, given, out: seen.append(given[0]))
    for height, width in ((4, 5), (2, 3)):
        x = torch.randn(2, 3, height, width)
        assert model(x=x).y_tilde.shape == (2, 3)
        order = (0, 2, 3, 1) if "(h w)" in pattern else (0, 3, 2, 1)
        assert torch.equal(seen.pop(), x.permute(order).flatten(1, 2))


def test_attention_over_all_its_places_is_counted() -> None:
    assert "32 * H * H * W * W" in str(archgraph.summary(PICTURE.replace("PATTERN", "c h w -> (h w) c")))


TARGET = """
archgraph: 1
name: pixels
variables: {y: {kind: target, type: "real[H, WIDTH, 3]"}, h: hidden}
nodes:
  predictor: {role: predictor, layers: [{rearrange: "h w c -> (ORDER) c"}, {self_attention: {heads: 1}}]}
  C: {role: regulariser, op: l2}
edges: ["y -> predictor -> h -> C"]
"""


@pytest.mark.parametrize(
    ("width", "order", "axes"), [("W", "h w", ["H", "W"]), ("W", "w h", ["H", "W"]), ("4", "w h", ["H"])]
)
def test_positions_of_a_target_are_not_merged(width: str, order: str, axes: list[str]) -> None:
    found = check(TARGET.replace("WIDTH", width).replace("ORDER", order)).diagnostics
    assert [item.code for item in found] == ["AG070"]
    assert found[0].message == (
        f"the positions of '{axes[0]}', along which the target 'y' goes, are merged with others"
    )
    assert "stays an axis" in (found[0].hint or "")


def test_a_target_goes_in_front_of_axes_that_are_numbers() -> None:
    assert check(TARGET.replace("WIDTH", "4").replace("ORDER", "h w")).diagnostics == ()
