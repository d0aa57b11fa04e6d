from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from archgraph.nn.convolution import Conv1d, Conv2d, stride_real
from archgraph.nn.padding import real_lengths

CASES = [
    (padding, kernel, stride, dilation)
    for padding in ("same", "causal", "valid")
    for kernel in (1, 3, 5)
    for stride in (1, 2, 3)
    for dilation in (1, 2)
]


def first_tap(j: int, *, padding: str, reach: int, stride: int) -> int:
    """The input that the first tap of output j stands on."""
    return j * stride - {"same": reach // 2, "causal": reach, "valid": 0}[padding]


@pytest.mark.parametrize(("padding", "kernel", "stride", "dilation"), CASES)
def test_each_output_reads_its_taps_and_zeros_outside(padding: str, kernel: int, stride: int, dilation: int) -> None:
    layer = Conv1d(4, 3, kernel, stride=stride, dilation=dilation, padding=padding)
    x, reach = torch.randn(2, 11, 4), (kernel - 1) * dilation
    real = real_lengths(torch.tensor([11, 7]), 11)
    out, mask = layer(x, real), stride_real(real, kernel, stride=stride, dilation=dilation, padding=padding)
    length = (11 - reach - 1) // stride + 1 if padding == "valid" else math.ceil(11 / stride)
    assert out.shape == (2, length, 3)
    assert mask.shape == (2, length)
    assert layer.bias is not None
    for b, size in enumerate((11, 7)):
        for j in range(length):
            start = first_tap(j, padding=padding, reach=reach, stride=stride)
            taps = [start + i * dilation for i in range(kernel)]
            read = [layer.weight[:, :, i] @ x[b, t] for i, t in enumerate(taps) if 0 <= t < size]
            expected = sum(read, layer.bias)
            torch.testing.assert_close(out[b, j], expected, rtol=0, atol=1e-12)
            counts = {"same": taps[kernel // 2], "causal": taps[-1], "valid": max(taps)}[padding]
            assert mask[b, j].item() == (counts < size)


def test_weights_are_those_of_torch() -> None:
    layer, reference = Conv1d(4, 3, 5), nn.Conv1d(4, 3, 5, padding="same")
    reference.load_state_dict(layer.state_dict())
    x = torch.randn(2, 9, 4)
    torch.testing.assert_close(layer(x), reference(x.transpose(1, 2)).transpose(1, 2))
    assert list(Conv1d(4, 3, 5, bias=False).state_dict()) == ["weight"]


def test_valid_mask_needs_all_taps_even_with_a_hole() -> None:
    real = torch.tensor([[True, True, False, True, True, True]])
    assert stride_real(real, 3, padding="valid").tolist() == [[False, False, False, True]]
    assert stride_real(real, 2, dilation=2, padding="valid").tolist() == [[False, True, False, True]]


def test_padding_never_changes_real_positions() -> None:
    x, real = torch.randn(2, 9, 4), real_lengths(torch.tensor([9, 5]), 9)
    other = torch.where(real.unsqueeze(-1), x, torch.full_like(x, torch.nan))
    for padding in ("same", "causal", "valid"):
        layer = Conv1d(4, 3, 3, padding=padding)
        assert torch.equal(layer(x, real), layer(other, real))
        alone = layer(x[1:, :5])
        torch.testing.assert_close(layer(x, real)[1:, : alone.shape[1]][:, :3], alone[:, :3])


@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (2, 1), (3, 2)])
def test_causal_steps_equal_the_whole(kernel: int, dilation: int) -> None:
    layer, x = Conv1d(4, 3, kernel, dilation=dilation, padding="causal"), torch.randn(2, 9, 4)
    for sizes in ((1,) * 9, (4, 1, 1, 3)):
        state = layer.start(2)
        outs = [layer.step(part, state) for part in x.split(sizes, 1)]
        torch.testing.assert_close(torch.cat(outs, 1), layer(x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("dilation", [1, 2])
def test_images_keep_or_lose_their_border(stride: int, dilation: int) -> None:
    x = torch.randn(2, 3, 10, 13)
    same = Conv2d(3, 5, 3, stride=stride, dilation=dilation)
    expected = F.conv2d(x, same.weight, same.bias, stride, dilation, dilation)
    torch.testing.assert_close(same(x), expected)
    assert same(x).shape == (2, 5, math.ceil(10 / stride), math.ceil(13 / stride))
    valid = Conv2d(3, 5, 3, stride=stride, dilation=dilation, padding="valid", bias=False)
    torch.testing.assert_close(valid(x), F.conv2d(x, valid.weight, None, stride, 0, dilation))


def test_compiles_in_one_graph_and_exports_with_dynamic_axes() -> None:
    layer = Conv1d(4, 3, 3, stride=2)
    x, real = torch.randn(3, 8, 4), real_lengths(torch.tensor([8, 2, 0]), 8)
    torch.testing.assert_close(torch.compile(layer, fullgraph=True, backend="eager")(x, real), layer(x, real))
    axes = {0: torch.export.Dim("B"), 1: torch.export.Dim("T", min=3)}
    exported = torch.export.export(layer, (x, real), dynamic_shapes=(axes, axes)).module()
    x, real = torch.randn(2, 9, 4), real_lengths(torch.tensor([9, 1]), 9)
    torch.testing.assert_close(exported(x, real), layer(x, real))
