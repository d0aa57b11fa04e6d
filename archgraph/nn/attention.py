"""Attention: scaled dot products over heads (Vaswani et al. 2017), additive scores (Bahdanau et al. 2015).

What streams does so with a state that `start` makes and `step` fills in place: keys and values for so many steps.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.nn.affine import affine
from archgraph.nn.joined import Joined


def project(x: Tensor, linear: nn.Linear, heads: int) -> Tensor:
    """Map x and split the features over heads: (B, T, n) to (B, heads, T, D / heads)."""
    batch, length, _ = x.shape
    return affine(x, linear).view(batch, length, heads, linear.out_features // heads).transpose(1, 2)


def project_joined(x: Tensor, maps: Joined, heads: int) -> tuple[Tensor, ...]:
    """The same for equal maps that are joined: (B, T, n) to (B, heads, T, D / heads) each."""
    batch, length, _ = x.shape
    y, count = F.linear(x, maps.joined_weight, maps.joined_bias), len(maps.sizes)
    return y.view(batch, length, count, heads, y.shape[-1] // (count * heads)).permute(2, 0, 3, 1, 4).unbind()


def merge(y: Tensor, linear: nn.Linear) -> Tensor:
    """Join the heads and map: (B, heads, T, D / heads) to (B, T, width)."""
    return affine(y.transpose(1, 2).flatten(2), linear)


def empty_cache(batch: int, capacity: int, weight: Tensor, heads: int) -> dict[str, Tensor]:
    """Room for the keys and values (B, heads, capacity, D / heads) of so many steps, with the `weight` (D, D)."""
    keys = weight.new_zeros(batch, heads, capacity, len(weight) // heads)
    return {"keys": keys, "values": torch.zeros_like(keys)}


def fill_cache(state: dict[str, Tensor], first: int | Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Write k and v (B, heads, n, D / heads) from place `first` on; the keys and values so far.

    For a place that is a tensor () they are all that there is room for, so that no shape depends on the place.
    """
    if isinstance(first, Tensor):
        places = first + torch.arange(k.shape[2], device=k.device)
        return state["keys"].index_copy_(2, places, k), state["values"].index_copy_(2, places, v)
    stop, capacity = first + k.shape[2], state["keys"].shape[2]
    if stop > capacity:
        raise ValueError(f"step {stop} is past the capacity of {capacity} steps")
    state["keys"][:, :, first:stop] = k
    state["values"][:, :, first:stop] = v
    return state["keys"][:, :, :stop], state["values"][:, :, :stop]


def causal_mask(q: Tensor, keys: Tensor, first: int | Tensor) -> Tensor | None:
    """Which keys (B, heads, S, n) the queries (B, heads, T, n) from place `first` on may read: (T, S); None for all."""
    if isinstance(first, Tensor):
        places = first + torch.arange(q.shape[2], device=q.device)
        return torch.arange(keys.shape[2], device=q.device) <= places.unsqueeze(1)
    if q.shape[2] == 1:
        return None
    steps, stop = q.shape[2], keys.shape[2]
    return torch.ones(steps, stop, dtype=torch.bool, device=q.device).tril(stop - steps)


class Attention(Joined):
    """Attention over heads. The maps of what reads one tensor are joined: queries, keys and values, or the last two."""

    joins: tuple[str, ...] = ("q", "k", "v")

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
        if "q" not in self.joins:
            self.q = nn.Linear(width, width, bias=bias)
        self.join(dict.fromkeys(self.joins, width), context or width, bias=bias)
        self.out = nn.Linear(width, width, bias=bias)

    def attend(self, q: Tensor, k: Tensor, v: Tensor, real: Tensor | None = None) -> Tensor:
        """Read the values where `real` (B, Tk); if causal, up to the place of the query, and without `real`."""
        mask = None if real is None else real.unsqueeze(1).unsqueeze(1)
        dropout = self.dropout * self.training
        y = F.scaled_dot_product_attention(q, k, v, mask, dropout_p=dropout, is_causal=self.causal)
        return merge(y, self.out)

    def read(self, q: Tensor, k: Tensor, v: Tensor, first: int | Tensor, state: dict[str, Tensor]) -> Tensor:
        """Attend from the next steps (B, heads, n, D / heads), from place `first` on, to all so far."""
        keys, values = fill_cache(state, first, k, v)
        return merge(F.scaled_dot_product_attention(q, keys, values, causal_mask(q, keys, first)), self.out)


class SelfAttention(Attention):
    """Self-attention: x (B, T, width) to (B, T, width)."""

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Attend from x to its positions that are `real` (B, T)."""
        q, k, v = project_joined(x, self, self.heads)
        return self.attend(q, k, v, real)

    def start(self, batch: int, capacity: int) -> dict[str, Tensor]:
        """No keys and values yet, and room for those of `capacity` steps."""
        return empty_cache(batch, capacity, self.out.weight, self.heads)

    def step(self, x: Tensor, first: int | Tensor, state: dict[str, Tensor]) -> Tensor:
        """The next causal steps of x (B, n, width), from place `first` on: (B, n, width)."""
        q, k, v = project_joined(x, self, self.heads)
        return self.read(q, k, v, first, state)


class CrossAttention(Attention):
    """Cross-attention: x (B, Tq, width) and context (B, Tk, context) to (B, Tq, width)."""

    joins = ("k", "v")

    def forward(self, x: Tensor, context: Tensor, real: Tensor | None = None) -> Tensor:
        """Attend from x to the positions of the context that are `real` (B, Tk)."""
        k, v = project_joined(context, self, self.heads)
        return self.attend(project(x, self.q, self.heads), k, v, real)

    def start(self, context: Tensor, real: Tensor | None = None) -> dict[str, Tensor]:
        """Keys and values of the whole context (B, Tk, context), and where it is `real` (B, Tk)."""
        k, v = project_joined(context, self, self.heads)
        state = {"keys": k, "values": v}
        return state if real is None else {**state, "mask": real.unsqueeze(1).unsqueeze(1)}

    def step(self, x: Tensor, state: dict[str, Tensor]) -> Tensor:
        """The next steps of x (B, n, width), which read the whole context: (B, n, width)."""
        q = project(x, self.q, self.heads)
        return merge(F.scaled_dot_product_attention(q, state["keys"], state["values"], state.get("mask")), self.out)


class LoopedCrossAttention(CrossAttention):
    """Cross-attention that a loop calls again and again with one context, whose keys and values it makes once."""

    def offer(self, context: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values (B, heads, Tk, D / heads) of the context (B, Tk, context)."""
        k, v = project_joined(context, self, self.heads)
        return k, v

    def forward(
        self, x: Tensor, context: Tensor, real: Tensor | None = None, offered: tuple[Tensor, Tensor] | None = None
    ) -> Tensor:
        """Attend from x to the positions of the context that are `real` (B, Tk), by what `offer` made of it before."""
        k, v = self.offer(context) if offered is None else offered
        return self.attend(project(x, self.q, self.heads), k, v, real)


class AlignedAttention(Attention):
    """Causal cross-attention: x (B, T, width) reads the context (B, T, context) up to its own place."""

    joins = ("k", "v")

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Attend from each position of x to the context that is not later."""
        k, v = project_joined(context, self, self.heads)
        return self.attend(project(x, self.q, self.heads), k, v)

    def start(self, batch: int, capacity: int) -> dict[str, Tensor]:
        """No keys and values yet, and room for those of `capacity` steps."""
        return empty_cache(batch, capacity, self.out.weight, self.heads)

    def step(self, x: Tensor, context: Tensor, first: int | Tensor, state: dict[str, Tensor]) -> Tensor:
        """The next steps of x (B, n, width) and of the context (B, n, context): (B, n, width)."""
        k, v = project_joined(context, self, self.heads)
        return self.read(project(x, self.q, self.heads), k, v, first, state)


class AdditiveAttention(nn.Module):
    """Attention by v^T tanh(W q + U k): x (B, Tq, width) reads context (B, Tk, context): (B, Tq, context)."""

    def __init__(self, width: int, *, context: int, hidden: int) -> None:
        super().__init__()
        self.q = nn.Linear(width, hidden)
        self.k = nn.Linear(context, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, x: Tensor, context: Tensor, real: Tensor | None = None, keys: Tensor | None = None) -> Tensor:
        """Average the context (B, Tk, context) where `real` (B, Tk), weighted for each position of x.

        A loop that asks again and again gives the context's `keys` (B, Tk, hidden), which `k` makes of it before.
        """
        return self.attend(x, self.k(context) if keys is None else keys, context, real)

    def attend(self, x: Tensor, keys: Tensor, context: Tensor, real: Tensor | None = None) -> Tensor:
        """The same with the context mapped to keys (B, Tk, hidden) before."""
        pairs = torch.tanh(self.q(x).unsqueeze(2) + keys.unsqueeze(1))
        scores: Tensor = self.score(pairs).squeeze(-1)
        if real is None:
            return scores.softmax(-1) @ context
        # The lowest finite score and zeroed weights, where -inf would give NaN to a row with nothing to read.
        unread = ~real.unsqueeze(1)
        weights = scores.masked_fill(unread, torch.finfo(scores.dtype).min).softmax(-1)
        return weights.masked_fill(unread, 0) @ context

    def start(self, context: Tensor, real: Tensor | None = None) -> dict[str, Tensor]:
        """The context (B, Tk, context), its keys, and where it is `real` (B, Tk)."""
        state = {"keys": self.k(context), "context": context}
        return state if real is None else {**state, "real": real}

    def step(self, x: Tensor, state: dict[str, Tensor]) -> Tensor:
        """The next steps of x (B, n, width), which read the whole context: (B, n, context)."""
        return self.attend(x, state["keys"], state["context"], state.get("real"))
