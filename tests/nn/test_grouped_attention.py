"""Attention with options is what its definition says, written out head by head and pair by pair."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from archgraph.nn.attention import CrossAttention
from archgraph.nn.distances import Alibi, bucket_distances, slopes
from archgraph.nn.grouped_attention import GroupedCrossAttention, GroupedSelfAttention
from archgraph.nn.padding import real_lengths
from archgraph.nn.rotary import Rotary

WIDTH, LENGTH = 12, 9
REAL = real_lengths(torch.tensor([LENGTH, 4]), LENGTH)


def mapped(layer: GroupedSelfAttention, x: Tensor) -> list[Tensor]:
    """Queries, keys and values over heads, each by a map of its own."""
    state, found = layer.state_dict(), []
    for name, heads in (("q", layer.heads), ("k", layer.kv_heads), ("v", layer.kv_heads)):
        y = F.linear(x, state[f"{name}.weight"], state.get(f"{name}.bias"))
        found.append(y.unflatten(-1, (heads, -1)).transpose(1, 2))
    if layer.rms or layer.layer:
        found[:2] = [layer.q_norm(found[0]), layer.k_norm(found[1])]
    if layer.rotary is not None:
        found[:2] = layer.rotary(*found[:2])
    return found


def plain(layer: GroupedSelfAttention, x: Tensor, real: Tensor | None = None) -> Tensor:
    """Scores of each head in turn; what may not be read is left out of the softmax."""
    (q, k, v), group = mapped(layer, x), layer.heads // layer.kv_heads
    scale = layer.scale or layer.head_width**-0.5
    heads = []
    for head in range(layer.heads):
        keys, values, rows = k[:, head // group], v[:, head // group], []
        for t in range(x.shape[1]):
            scores = (keys * q[:, head, t : t + 1]).sum(-1) * scale
            scores = layer.cap * torch.tanh(scores / layer.cap) if layer.cap else scores
            for s in range(x.shape[1]):
                far = s - t
                if layer.alibi is not None:
                    scores[:, s] -= abs(far) * layer.alibi.slopes[head]
                if layer.relative:
                    bucket = bucket_distances(torch.tensor(far), len(layer.table), layer.reach, causal=layer.causal)
                    scores[:, s] += layer.table[bucket, head]
                if (layer.causal and far > 0) or (layer.window and abs(far) >= layer.window):
                    scores[:, s] = -math.inf
            scores = scores if real is None else scores.masked_fill(~real, -math.inf)
            rows.append((scores.softmax(-1).nan_to_num(0).unsqueeze(-1) * values).sum(1))
        heads.append(torch.stack(rows, 1))
    return layer.out(torch.cat(heads, -1))


OPTIONS: list[dict[str, Any]] = [
    {"kv_heads": 2, "head_width": 6},
    {"kv_heads": 1, "causal": True, "apart": True, "biases": "qv", "rms": True},
    {"layer": True, "scale": 0.7},
    {"window": 3, "value_width": 5},
    {"window": 3, "causal": True, "cap": 1.5},
    {"cap": 1.5},
    {"alibi": Alibi(4)},
    {"alibi": Alibi(4), "causal": True, "window": 4},
    {"relative": True, "buckets": 8, "reach": 6},
    {"relative": True, "buckets": 6, "reach": 5, "causal": True, "cap": 2.0},
    {"rotary": Rotary(2), "causal": True, "kv_heads": 2},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(options))
def test_is_the_attention_of_each_head_written_out(options: dict[str, Any]) -> None:
    layer, x = GroupedSelfAttention(WIDTH, 4, **options), torch.randn(2, LENGTH, WIDTH)
    if layer.relative:
        torch.nn.init.normal_(layer.table)
    torch.testing.assert_close(layer(x), plain(layer, x), rtol=0, atol=1e-12)
    torch.testing.assert_close(layer(x, REAL), plain(layer, x, REAL), rtol=0, atol=1e-12)


@pytest.mark.parametrize("options", [{"kv_heads": 2}, {"cap": 2.0}, {"alibi": Alibi(4)}], ids=lambda o: "-".join(o))
def test_a_row_with_nothing_to_read_gives_the_bias_alone_and_a_gradient(options: dict[str, Any]) -> None:
    layer, x = GroupedSelfAttention(WIDTH, 4, **options), torch.randn(2, LENGTH, WIDTH, requires_grad=True)
    y = layer(x, real_lengths(torch.tensor([LENGTH, 0]), LENGTH))
    torch.testing.assert_close(y[1], layer.out.bias.expand(LENGTH, WIDTH))
    torch.autograd.backward(y.sum())
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_without_options_it_is_the_plain_layer() -> None:
    layer, other = GroupedCrossAttention(WIDTH, 3, context=5), CrossAttention(WIDTH, 3, context=5)
    other.load_state_dict(layer.state_dict())
    x, context = torch.randn(2, 4, WIDTH), torch.randn(2, LENGTH, 5)
    torch.testing.assert_close(layer(x, context, REAL), other(x, context, REAL), rtol=0, atol=1e-12)


@pytest.mark.parametrize("turns", [False, True])
def test_rotary_scores_depend_on_the_distance_alone(turns: bool) -> None:
    q, k = torch.randn(1, 1, 1, 8).expand(1, 1, 6, 8), torch.randn(1, 1, 1, 8).expand(1, 1, 6, 8)
    rotary = Rotary(8, theta=50.0, turns=turns)
    scores, shifted = ((a @ b.transpose(-2, -1))[0, 0] for a, b in (rotary(q, k), rotary(q, k, 11)))
    torch.testing.assert_close(scores, shifted, rtol=0, atol=1e-10)
    torch.testing.assert_close(scores[1:, 1:], scores[:-1, :-1], rtol=0, atol=1e-10)
    assert (scores[0] - scores[0, 0])[1:].abs().min() > 1e-3


def test_rotary_turns_pairs_by_the_place_over_a_power_of_theta() -> None:
    x = torch.zeros(1, 1, 4, 6)
    x[..., 1] = 1
    turned = Rotary(4, theta=100.0, turns=True)(x, x)[0][0, 0]
    torch.testing.assert_close(turned[:, 0], -torch.arange(4.0).sin())
    torch.testing.assert_close(turned[:, 1], torch.arange(4.0).cos())
    halves = Rotary(4, theta=100.0)(x, x)[1][0, 0]
    torch.testing.assert_close(halves[:, 1], (torch.arange(4.0) / 10).cos())
    torch.testing.assert_close(halves[:, 3], (torch.arange(4.0) / 10).sin())
    assert halves[:, 4:].abs().sum() == 0


def test_llama3_slows_down_what_turns_rarely_and_leaves_what_turns_often() -> None:
    x = torch.zeros(1, 1, 2, 128)
    plain_, slow = (
        Rotary(128, theta=500000.0, **more).angles(x, 0)[1] for more in ({}, {"factor": 8, "trained": 8192})
    )
    turns = plain_ * 8192 / (2 * math.pi)
    torch.testing.assert_close(slow[turns > 4], plain_[turns > 4])
    torch.testing.assert_close(slow[turns < 1], plain_[turns < 1] / 8)
    between = (turns > 1) & (turns < 4)
    assert between.any()
    assert (slow[between] < plain_[between]).all()
    assert (slow[between] > plain_[between] / 8).all()
    linear = Rotary(128, theta=500000.0, linear=4.0).angles(x, 0)[1]
    torch.testing.assert_close(linear, plain_ / 4)


def test_slopes_are_those_of_the_paper() -> None:
    assert slopes(8) == [2.0**-n for n in range(1, 9)]
    assert slopes(12)[8:] == pytest.approx([2**-0.5, 2**-1.5, 2**-2.5, 2**-3.5])


def test_buckets_are_single_when_near_and_wide_when_far() -> None:
    far = torch.arange(-40, 41)
    found = bucket_distances(far, 8, 16)
    assert found[40:44].tolist() == [0, 5, 6, 6]
    assert found[[39, 38, 37]].tolist() == [1, 2, 2]
    assert found.max() == 7
    causal = bucket_distances(far, 8, 16, causal=True)
    assert causal[40:].tolist() == [0] * 41
    assert causal[[40, 39, 38, 37, 36]].tolist() == [0, 1, 2, 3, 4]
    assert causal[0] == 7
