from __future__ import annotations

import torch
from torch import nn

from archgraph.nn.batch_norm import BatchNorm
from archgraph.nn.padding import real_lengths


def test_equals_torch_in_training_and_eval() -> None:
    ours, torchs = BatchNorm(4), nn.BatchNorm1d(4)
    for _ in range(3):
        x = torch.randn(5, 6, 4) * 2 + 1
        expected = torchs(x.flatten(0, 1)).view(x.shape)
        torch.testing.assert_close(ours(x), expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(ours.running_mean, torchs.running_mean)
    torch.testing.assert_close(ours.running_var, torchs.running_var)
    ours.eval()
    torchs.eval()
    torch.testing.assert_close(ours(x[:, 0]), torchs(x[:, 0]), rtol=0, atol=1e-12)


def test_counts_real_positions_only() -> None:
    ours, torchs = BatchNorm(4), nn.BatchNorm1d(4)
    x, real = torch.randn(3, 6, 4), real_lengths(torch.tensor([6, 2, 0]), 6)
    x[~real] = 1e6
    torch.testing.assert_close(ours(x, real)[real], torchs(x[real]), rtol=0, atol=1e-9)
    torch.testing.assert_close(ours.running_var, torchs.running_var)


def test_batch_of_padding_alone_leaves_statistics_and_gives_no_nan() -> None:
    layer = BatchNorm(4)
    x = torch.randn(3, 6, 4, requires_grad=True)
    out = layer(x, torch.zeros(3, 6, dtype=torch.bool))
    out.sum().backward()
    assert x.grad is not None
    assert out.isfinite().all()
    assert x.grad.isfinite().all()
    assert layer.running_mean.tolist() == [0] * 4
    assert layer.running_var.tolist() == [1] * 4


def test_gradients_flow_through_the_statistics() -> None:
    layer, x = BatchNorm(2), torch.randn(3, 4, 2, requires_grad=True)
    real = real_lengths(torch.tensor([4, 2, 0]), 4)
    assert torch.autograd.gradcheck(lambda v: layer(v, real)[real], (x,))


def test_compiles_in_one_graph_and_exports_with_dynamic_axes() -> None:
    layer = BatchNorm(4)
    x, real = torch.randn(3, 6, 4), real_lengths(torch.tensor([6, 2, 0]), 6)
    torch.testing.assert_close(torch.compile(layer, fullgraph=True, backend="eager")(x, real), layer(x, real))
    layer.eval()
    axes = {0: torch.export.Dim("B"), 1: torch.export.Dim("T")}
    exported = torch.export.export(layer, (x, real), dynamic_shapes=(axes, axes)).module()
    x, real = torch.randn(2, 9, 4), real_lengths(torch.tensor([9, 1]), 9)
    torch.testing.assert_close(exported(x, real), layer(x, real))
