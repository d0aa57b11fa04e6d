"""Attention: scaled dot products over heads (Vaswani et al. 2017), additive scores (Bahdanau et al. 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Split features over heads: (B, T, D) to (B, heads, T, D / heads)."""
    batch, length, width = x.shape
    return x.view(batch, length, heads, width // heads).transpose(1, 2)


def append_cache(state: tuple[Tensor, Tensor, int], k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, int]:
    """Write k and v (B, heads, 1, D / heads) at the next free place of the state, in place."""
    keys, values, position = state
    if position >= keys.shape[2]:
        raise ValueError(f"step {position + 1} is past the capacity of {keys.shape[2]} steps")
    keys[:, :, position : position + 1] = k
    values[:, :, position : position + 1] = v
    return keys, values, position + 1


class Attention(nn.Module):
    """Attention over heads: queries (B, Tq, width) read a context (B, Tk, context)."""

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        context: int = 0,
        causal: bool = False,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.heads, self.causal, self.dropout = heads, causal, dropout
        self.q = nn.Linear(width, width, bias=bias)
        self.k = nn.Linear(context or width, width, bias=bias)
        self.v = nn.Linear(context or width, width, bias=bias)
        self.out = nn.Linear(width, width, bias=bias)

    def attend(self, x: Tensor, context: Tensor, real: Tensor | None = None) -> Tensor:
        """Read the context where `real` (B, Tk); if causal, up to the place of the query, and without `real`."""
        heads = self.heads
        k, v = split_heads(self.k(context), heads), split_heads(self.v(context), heads)
        q = split_heads(self.q(x), heads)
        mask = None if real is None else real.unsqueeze(1).unsqueeze(1)
        dropout = self.dropout * self.training
        y = F.scaled_dot_product_attention(q, k, v, mask, dropout_p=dropout, is_causal=self.causal)
        x = self.out(y.transpose(1, 2).flatten(2))
        return x


class SelfAttention(Attention):
    """Self-attention: x (B, T, width) to (B, T, width)."""

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Attend from x to its positions that are `real` (B, T)."""
        return self.attend(x, x, real)

    def start(self, x: Tensor, capacity: int) -> tuple[Tensor, Tensor, int]:
        """Empty keys and values for `capacity` steps, batch, dtype and device as x (B, T, width)."""
        keys = x.new_zeros(x.shape[0], self.heads, capacity, x.shape[2] // self.heads)
        return keys, torch.zeros_like(keys), 0

    def step(self, x: Tensor, state: tuple[Tensor, Tensor, int]) -> tuple[Tensor, tuple[Tensor, Tensor, int]]:
        """One causal step of x (B, 1, width), without gradients: its output, and the next state."""
        q, k, v = (split_heads(part, self.heads) for part in (self.q(x), self.k(x), self.v(x)))
        keys, values, position = append_cache(state, k, v)
        y = F.scaled_dot_product_attention(q, keys[:, :, :position], values[:, :, :position])
        return self.out(y.transpose(1, 2).flatten(2)), (keys, values, position)


class CrossAttention(Attention):
    """Cross-attention: x (B, Tq, width) and context (B, Tk, context) to (B, Tq, width)."""

    def forward(self, x: Tensor, context: Tensor, real: Tensor | None = None) -> Tensor:
        """Attend from x to the positions of the context that are `real` (B, Tk)."""
        return self.attend(x, context, real)

    def start(self, context: Tensor, capacity: int = 0) -> tuple[Tensor, Tensor, int]:
        """Keys and values of the whole context; if causal, empty ones for `capacity` steps."""
        k, v = (split_heads(part, self.heads) for part in (self.k(context), self.v(context)))
        if not self.causal:
            return k, v, context.shape[1]
        keys = k.new_zeros(k.shape[0], self.heads, capacity, k.shape[3])
        return keys, torch.zeros_like(keys), 0

    def step(
        self,
        x: Tensor,
        state: tuple[Tensor, Tensor, int],
        *,
        context: Tensor | None = None,
        real: Tensor | None = None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor, int]]:
        """One step of x (B, 1, width), without gradients; if causal, of the context (B, 1, context) too."""
        q = split_heads(self.q(x), self.heads)
        if context is not None:
            k, v = (split_heads(part, self.heads) for part in (self.k(context), self.v(context)))
            state = append_cache(state, k, v)
        keys, values, position = state
        mask = None if real is None else real[:, None, None, :]
        y = F.scaled_dot_product_attention(q, keys[:, :, :position], values[:, :, :position], mask)
        return self.out(y.transpose(1, 2).flatten(2)), state


class AdditiveAttention(nn.Module):
    """Attention by v^T tanh(W q + U k): x (B, Tq, width) reads context (B, Tk, context): (B, Tq, context)."""

    def __init__(self, width: int, *, context: int, hidden: int) -> None:
        super().__init__()
        self.q = nn.Linear(width, hidden)
        self.k = nn.Linear(context, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, x: Tensor, context: Tensor, real: Tensor | None = None) -> Tensor:
        """Average the context (B, Tk, context) where `real` (B, Tk), weighted for each position of x."""
        pairs = torch.tanh(self.q(x).unsqueeze(2) + self.k(context).unsqueeze(1))
        scores: Tensor = self.score(pairs).squeeze(-1)
        if real is None:
            return scores.softmax(-1) @ context
        # The lowest finite score and zeroed weights, where -inf would give NaN to a row with nothing to read.
        unread = ~real.unsqueeze(1)
        weights = scores.masked_fill(unread, torch.finfo(scores.dtype).min).softmax(-1)
        return weights.masked_fill(unread, 0) @ context
