"""Learned factors start where they are told, and torch knows the other forms."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from archgraph.nn.activations import quick_gelu
from archgraph.nn.gains import LayerScale, Temperature
from archgraph.nn.noise import drop_path
from archgraph.nn.upsampling import TransposedConv1d, TransposedConv2d


def test_a_temperature_divides_and_moves_with_its_logarithm() -> None:
    layer, x = Temperature(0.07), torch.tensor([[1.0, -2.0]])
    torch.testing.assert_close(layer(x), x / 0.07)
    with torch.no_grad():
        layer.log_scale += 1
    torch.testing.assert_close(layer(x), x / 0.07 * torch.tensor(1.0).exp())


def test_layer_scale_has_a_gain_for_each_feature() -> None:
    layer = LayerScale(3, 0.5)
    with torch.no_grad():
        layer.weight[1] = 2
    assert layer(torch.ones(1, 2, 3)).tolist() == [[[0.5, 2.0, 0.5]] * 2]


def test_quick_gelu_is_near_gelu() -> None:
    x = torch.linspace(-4, 4, 81)
    assert 0 < (quick_gelu(x) - F.gelu(x)).abs().max() < 0.03


def test_drop_path_leaves_out_whole_samples_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    y = drop_path(torch.ones(2000, 3, 2), 0.25, True)
    kept = y[:, 0, 0] > 0
    assert torch.equal(y, (kept.to(y.dtype) / 0.75).view(-1, 1, 1).expand(y.shape))
    assert y.mean().item() == pytest.approx(1, abs=0.05)
    assert torch.equal(drop_path(y, 0.25, False), y)


@pytest.mark.parametrize(("kernel", "stride", "before"), [(4, 2, 1), (2, 2, 0), (6, 2, 2)])
def test_stretching_is_torchs_transposed_convolution_cut_alike_at_both_ends(
    kernel: int, stride: int, before: int
) -> None:
    torch.manual_seed(0)
    x, images = torch.randn(2, 5, 3), torch.randn(2, 3, 4, 5)
    line, plane = (made(3, 4, kernel, stride=stride, before=before) for made in (TransposedConv1d, TransposedConv2d))
    expected = F.conv_transpose1d(x.transpose(1, 2), line.weight, line.bias, stride, before).transpose(1, 2)
    torch.testing.assert_close(line(x), expected)
    expected = F.conv_transpose2d(images, plane.weight, plane.bias, stride, before)
    torch.testing.assert_close(plane(images), expected)
