"""Operations that the exporter to ONNX does not know, in terms of those that it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten


def cross_entropy(logits: Tensor, target: Tensor, weight: Tensor | None = None, reduction: int = 1, *more: Any) -> Any:
    """Cross-entropy (N,) without reduction of logits (N, classes): torch loses its length when N is a product.

    `more` is torch's `ignore_index` and `label_smoothing`, at which no operation of ours sets anything.
    """
    if weight is not None or reduction != 0 or more or logits.dim() != 2:
        return NotImplemented
    return -aten.log_softmax.int(logits, 1).gather(1, target.unsqueeze(1)).squeeze(1)


def cummax(x: Tensor, dim: int) -> Any:
    """The running maximum of truth values, and its last place so far; ONNX has no such operation."""
    if x.dtype != torch.bool:
        return NotImplemented
    values = x.to(torch.int64).cumsum(dim) > 0
    same = (x == values).movedim(dim, -1)
    at = torch.arange(same.shape[-1], device=x.device)
    seen = same.unsqueeze(-2) & (at.unsqueeze(-1) >= at)
    return values, torch.where(seen, at, -1).amax(-1).movedim(-1, dim)


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, dropout: float = 0.0, *more: Any, **options: Any
) -> Any:
    """Attention under a mask, of truth values or added to the scores, written out: rows without any key give zeros.

    Left to itself, the exporter writes it out with another layout in memory than it told the operations behind, and
    with no thought for such rows.
    """
    if mask is None or dropout or any(more) or options.get("enable_gqa") or options.get("is_causal"):
        return NotImplemented
    scale = options.get("scale")
    scores = (q * (q.shape[-1] ** -0.5 if scale is None else scale)) @ k.transpose(-2, -1)
    scores = torch.where(mask, scores, -torch.inf) if mask.dtype == torch.bool else scores + mask
    dead = (scores == -torch.inf).all(-1, keepdim=True)
    found = torch.where(dead, 0.0, scores.softmax(-1)) @ v
    return found.transpose(1, 2).contiguous().transpose(1, 2)


REWRITES: dict[Any, Callable[..., Any]] = {
    aten.cross_entropy_loss.default: cross_entropy,
    aten.cummax.default: cummax,
    aten.scaled_dot_product_attention.default: attention,
}
