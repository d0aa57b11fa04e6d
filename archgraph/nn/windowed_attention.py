"""Self-attention to what is near on both sides, by steps: a place is read for when all that it reads is there."""

from __future__ import annotations

import torch
from torch import Tensor

from archgraph.nn.attention import fill_cache
from archgraph.nn.grouped_attention import GroupedSelfAttention


class WindowedSelfAttention(GroupedSelfAttention):
    """Self-attention of x (B, T, width) to positions less than `window` away: (B, T, width)."""

    def start(self, batch: int, capacity: int) -> dict[str, Tensor]:
        """No keys and values yet, room for those of `capacity` steps, and no queries (B, heads, n, D) that wait."""
        room = self.room(batch, capacity)
        real = torch.zeros(batch, capacity, dtype=torch.bool, device=room["keys"].device)
        return {**room, "real": real, "queries": room["keys"].new_zeros(batch, self.heads, 0, self.head_width)}

    def step(
        self,
        x: Tensor,
        first: int | Tensor,
        state: dict[str, Tensor],
        real: Tensor | None = None,
        *,
        table: Tensor | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        """The next steps of x (B, n, width), from place `first` on; (B, m, width) of those that see all they read."""
        q, k, v = self.given(x, first, places)
        waiting = state["queries"].shape[2]
        queries = torch.cat((state["queries"], q), 2)
        ready = max(0, queries.shape[2] + 1 - self.window)
        state["queries"] = queries[:, :, ready:]
        now = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device) if real is None else real
        keys, values = fill_cache(state, first, k, v)
        # Those that wait ask too, and in vain: where the last places ask, that alone tells the distances.
        if isinstance(first, Tensor):
            known = state["real"].index_copy_(1, first + torch.arange(x.shape[1], device=x.device), now)
            return self.attend(queries, keys, values, known, table, first=first - waiting)[:, :ready]
        state["real"][:, first : keys.shape[2]] = now
        oldest = max(0, first - waiting + 1 - self.window)
        known = state["real"][:, oldest : keys.shape[2]]
        return self.attend(queries, keys[:, :, oldest:], values[:, :, oldest:], known, table)[:, :ready]
