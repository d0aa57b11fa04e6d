"""Attention with what later models vary: fewer keys than queries, free widths, positions in the scores, windows."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.nn.attention import fill_cache, merge, project
from archgraph.nn.distances import Alibi, distances, relative_scores
from archgraph.nn.joined import Joined
from archgraph.nn.rotary import Rotary


def near_places(
    size: tuple[int, int], device: torch.device, first: Tensor | None = None, *, causal: bool, window: int
) -> Tensor | None:
    """Which of the keys the places from `first` () on, else the last, may read: (queries, keys), `size`; None: all."""
    if not window and (not causal or (size[0] == 1 and first is None)):
        return None
    far = distances(size, device, first)
    near = far <= 0 if causal else far < window
    return near & (far > -window) if window else near


def join_masks(added: Tensor | None, near: Tensor | None, real: Tensor | None) -> Tensor | None:
    """What is `added` to scores, -inf where a key is not `near` (T, S) or not `real` (B, S); or which keys are both."""
    allowed = near if real is None else real[:, None, None]
    if real is not None and near is not None:
        allowed = real[:, None, None] & near
    if added is None or allowed is None:
        return allowed if added is None else added
    return added.masked_fill(~allowed, -torch.inf)


def attend_capped(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, *, cap: float, scale: float, dropout: float
) -> Tensor:
    """Attention whose scores are bent to stay within ± cap (Gemma 2), masked or added to as in torch's own."""
    scores = cap * torch.tanh(q @ k.transpose(-2, -1) * (scale / cap))
    if mask is None:
        return F.dropout(scores.softmax(-1), dropout) @ v
    unread = ~mask if mask.dtype == torch.bool else mask == -torch.inf
    scores = scores if mask.dtype == torch.bool else scores + mask
    # The lowest finite score and zeroed weights, where -inf would give NaN to a row with nothing to read.
    weights = scores.masked_fill(unread, torch.finfo(scores.dtype).min).softmax(-1).masked_fill(unread, 0)
    return F.dropout(weights, dropout) @ v


class GroupedAttention(Joined):
    """Attention of x (B, T, width) over heads, several of which may share keys and values (Ainslie et al. 2023).

    The maps of what reads one tensor are joined, unless `apart`: their biases differ, or places are added to some.
    `rms` or `layer` brings the queries and keys of each head to one size. `cap` bends the scores to stay within ± cap,
    `scale` multiplies them (0: head_width ** -0.5). `relative` adds the numbers of a table by distance, which another
    layer owns if `buckets` is 0.
    """

    joins: tuple[str, ...] = ("q", "k", "v")

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        context: int = 0,
        kv_heads: int = 0,
        head_width: int = 0,
        value_width: int = 0,
        causal: bool = False,
        window: int = 0,
        apart: bool = False,
        biases: str = "qkvo",
        rms: bool = False,
        layer: bool = False,
        epsilon: float = 1e-6,
        scale: float = 0.0,
        cap: float = 0.0,
        dropout: float = 0.0,
        rotary: Rotary | None = None,
        alibi: Alibi | None = None,
        relative: bool = False,
        buckets: int = 0,
        reach: int = 128,
    ) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_width = heads, kv_heads or heads, head_width or width // heads
        self.causal, self.window, self.scale, self.cap, self.dropout = causal, window, scale, cap, dropout
        self.value_width, self.apart = value_width or self.head_width, apart
        self.map_features(width, context or width, biases)
        self.rms, self.layer, self.relative, self.reach = rms, layer, relative, reach
        self.rotary, self.alibi = rotary, alibi
        if rms or layer:
            made = nn.LayerNorm if layer else nn.RMSNorm
            self.q_norm, self.k_norm = made(self.head_width, eps=epsilon), made(self.head_width, eps=epsilon)
        if buckets:
            self.table = nn.Parameter(torch.zeros(buckets, heads))

    def map_features(self, width: int, read: int, biases: str) -> None:
        """Make the maps of what asks, of `width`, and of what is `read`; `biases` has the letters of those with one."""
        sizes = {"q": self.heads * self.head_width, "k": self.kv_heads * self.head_width}
        sizes["v"] = self.kv_heads * self.value_width
        if self.apart or "q" not in self.joins:
            self.q = nn.Linear(width, sizes["q"], bias="q" in biases)
        if self.apart:
            self.k = nn.Linear(read, sizes["k"], bias="k" in biases)
            self.v = nn.Linear(read, sizes["v"], bias="v" in biases)
        else:
            self.join({name: sizes[name] for name in self.joins}, read, bias="v" in biases)
        self.out = nn.Linear(self.heads * self.value_width, width, bias="o" in biases)

    def maps(self, x: Tensor) -> list[Tensor]:
        """What the joined maps make of x (B, T, n), over heads: (B, heads, T, features) each."""
        batch, length, _ = x.shape
        found = torch.split(F.linear(x, self.joined_weight, self.joined_bias), list(self.sizes.values()), -1)
        heads = [self.heads if name == "q" else self.kv_heads for name in self.sizes]
        return [y.view(batch, length, n, y.shape[-1] // n).transpose(1, 2) for y, n in zip(found, heads, strict=True)]

    def room(self, batch: int, capacity: int) -> dict[str, Tensor]:
        """Room for the keys and values (B, kv_heads, capacity, features) of so many steps."""
        made = {"keys": self.head_width, "values": self.value_width}
        return {name: self.out.weight.new_zeros(batch, self.kv_heads, capacity, size) for name, size in made.items()}

    def added(
        self, size: tuple[int, int], q: Tensor, table: Tensor | None, first: Tensor | None = None
    ) -> Tensor | None:
        """What distance adds to scores of `size` (queries, keys)."""
        if self.alibi is not None:
            found: Tensor = self.alibi(size, q, first)
            return found
        if self.relative:
            table = self.table if table is None else table
            return relative_scores(table, size, first, reach=self.reach, causal=self.causal)
        return None

    def mask(
        self, q: Tensor, k: Tensor, real: Tensor | None, table: Tensor | None, first: Tensor | None = None
    ) -> Tensor | None:
        """What the scores need beyond the order of time that torch knows: places to read, or numbers to add."""
        size = (q.shape[2], k.shape[2])
        if self.window or self.cap or self.relative or self.alibi is not None or real is not None or size[0] != size[1]:
            near = near_places(size, q.device, first, causal=self.causal, window=self.window)
            return join_masks(self.added(size, q, table, first), near, real)
        return None

    def attend(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        real: Tensor | None = None,
        table: Tensor | None = None,
        *,
        first: Tensor | None = None,
    ) -> Tensor:
        """Average the values, where the keys are `real` (B, S), and map to (B, T, width).

        The places from `first` () on ask, the last places without it.
        """
        mask, rate = self.mask(q, k, real, table, first), self.dropout * self.training
        if self.cap:
            scale = self.scale or self.head_width**-0.5
            k, v = (part.repeat_interleave(self.heads // self.kv_heads, 1) for part in (k, v))
            return merge(attend_capped(q, k, v, mask, cap=self.cap, scale=scale, dropout=rate), self.out)
        ordered = self.causal and mask is None and q.shape[2] not in (1,)  # one query reads all; by `in`, a bool
        shared = self.heads != self.kv_heads
        y = F.scaled_dot_product_attention(
            q, k, v, mask, dropout_p=rate, is_causal=ordered, scale=self.scale or None, enable_gqa=shared
        )
        return merge(y, self.out)


class GroupedSelfAttention(GroupedAttention):
    """Self-attention: x (B, T, width) to (B, T, width)."""

    def forward(
        self, x: Tensor, real: Tensor | None = None, *, table: Tensor | None = None, places: Tensor | None = None
    ) -> Tensor:
        """Attend from x to its positions that are `real` (B, T); another layer may own the table of distances.

        `places` (B, T, width) are added to what asks and to what is asked, and not to what is read.
        """
        q, k, v = self.given(x, 0, places)
        return self.attend(q, k, v, real, table)

    def given(self, x: Tensor, first: int | Tensor, places: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values (B, heads or kv_heads, T, features) of x from place `first` on."""
        if self.apart:
            placed = x if places is None else x + places
            q, k = project(placed, self.q, self.heads), project(placed, self.k, self.kv_heads)
            v = project(x, self.v, self.kv_heads)
        else:
            q, k, v = self.maps(x)
        if self.rms or self.layer:
            q, k = self.q_norm(q), self.k_norm(k)
        if self.rotary is not None:
            q, k = self.rotary(q, k, first)
            v = v.contiguous()  # as a part of what the maps gave it would keep all of that for the gradient
        return q, k, v

    def start(self, batch: int, capacity: int) -> dict[str, Tensor]:
        """No keys and values yet, and room for those of `capacity` steps."""
        return self.room(batch, capacity)

    def step(
        self,
        x: Tensor,
        first: int | Tensor,
        state: dict[str, Tensor],
        *,
        table: Tensor | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        """The next causal steps of x (B, n, width), from place `first` on: (B, n, width)."""
        q, k, v = self.given(x, first, places)
        keys, values = fill_cache(state, first, k, v)
        if isinstance(first, Tensor):
            return self.attend(q, keys, values, None, table, first=first)
        if self.window:
            oldest = max(0, first + 1 - self.window)
            keys, values = keys[:, :, oldest:], values[:, :, oldest:]
        return self.attend(q, keys, values, None, table)


class GroupedCrossing(GroupedAttention):
    """Queries of x (B, T, width), keys and values of a context (B, S, context)."""

    joins = ("k", "v")

    def ask(self, x: Tensor, places: Tensor | None = None) -> Tensor:
        """Queries (B, heads, T, head_width) of x with `places` added."""
        q = project(x if places is None else x + places, self.q, self.heads)
        return self.q_norm(q) if self.rms or self.layer else q

    def offer(self, context: Tensor, places: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Keys and values (B, kv_heads, S, features) of the context; `places` are added for keys alone."""
        if self.apart:
            keyed = context if places is None else context + places
            k, v = project(keyed, self.k, self.kv_heads), project(context, self.v, self.kv_heads)
        else:
            k, v = self.maps(context)
        return (self.k_norm(k) if self.rms or self.layer else k), v


class GroupedCrossAttention(GroupedCrossing):
    """Cross-attention: x (B, T, width) and context (B, S, context) to (B, T, width)."""

    def forward(
        self,
        x: Tensor,
        context: Tensor,
        real: Tensor | None = None,
        *,
        places: Tensor | None = None,
        context_places: Tensor | None = None,
    ) -> Tensor:
        """Attend from x to the positions of the context that are `real` (B, S).

        `places` (B, T, width) are added to what asks, `context_places` (B, S, context) to what is asked.
        """
        k, v = self.offer(context, context_places)
        return self.attend(self.ask(x, places), k, v, real)

    def start(
        self, context: Tensor, real: Tensor | None = None, *, context_places: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Keys and values of the whole context, and where it is `real` (B, S)."""
        keys, values = self.offer(context, context_places)
        return {"keys": keys, "values": values} if real is None else {"keys": keys, "values": values, "real": real}

    def step(self, x: Tensor, state: dict[str, Tensor], *, places: Tensor | None = None) -> Tensor:
        """The next steps of x (B, n, width), which read the whole context: (B, n, width)."""
        return self.attend(self.ask(x, places), state["keys"], state["values"], state.get("real"))


class LoopedGroupedCrossAttention(GroupedCrossAttention):
    """Cross-attention that a loop calls again and again with one context, whose keys and values it makes once."""

    def forward(
        self,
        x: Tensor,
        context: Tensor,
        real: Tensor | None = None,
        *,
        places: Tensor | None = None,
        context_places: Tensor | None = None,
        offered: tuple[Tensor, Tensor] | None = None,
    ) -> Tensor:
        """Attend from x to the positions of the context that are `real` (B, S), by what `offer` made of it before."""
        k, v = self.offer(context, context_places) if offered is None else offered
        return self.attend(self.ask(x, places), k, v, real)


class GroupedAlignedAttention(GroupedCrossing):
    """Causal cross-attention: x (B, T, width) reads the context (B, T, context) up to its own place."""

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Attend from each position of x to the context that is not later."""
        k, v = self.offer(context)
        return self.attend(self.ask(x), k, v)

    def start(self, batch: int, capacity: int) -> dict[str, Tensor]:
        """No keys and values yet, and room for those of `capacity` steps."""
        return self.room(batch, capacity)

    def step(self, x: Tensor, context: Tensor, first: int | Tensor, state: dict[str, Tensor]) -> Tensor:
        """The next steps of x (B, n, width) and of the context (B, n, context): (B, n, width)."""
        k, v = self.offer(context)
        keys, values = fill_cache(state, first, k, v)
        return self.attend(self.ask(x), keys, values, first=first if isinstance(first, Tensor) else None)
