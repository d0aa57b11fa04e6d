"""Self-attention: a sequence thinks by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING, PAST
from archgraph.graph.attending import dot_product
from archgraph.graph.operation import (
    Count,
    Flag,
    Flow,
    Mismatch,
    Operation,
    Parameter,
    Rate,
    Site,
    Types,
    along,
    need_heads,
    need_sequence,
)
from archgraph.graph.types import TensorType


class SelfAttention(Operation):
    """Queries, keys and values from one sequence; `causal: true` keeps every position from what comes later."""

    name: ClassVar[str] = "self_attention"
    summary: ClassVar[str] = "multi-head attention of a sequence to itself"
    reference: ClassVar[str] = "Vaswani et al. 2017, section 3.2"
    example: ClassVar[str] = "self_attention: {heads: 4, causal: true}"
    obvious: ClassVar[str] = "heads"
    glyph: ClassVar[str] = "attention"
    words: ClassVar[str] = "Self-attention"
    block: ClassVar[bool] = True

    heads: Count = 1
    causal: Flag = False
    bias: Flag = True
    dropout: Rate = 0.0

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., T, width]` to itself; the heads divide the width."""
        _, width = need_sequence(given["in"][0], self.name)
        need_heads(width, self.heads)
        if len(given["in"][0].axes) != 2:
            raise Mismatch(f"'{self.name}' takes a sequence [T, features], and gets {given['in'][0]}")
        return {"out": given["in"][0]}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """All of the sequence is read, or what is not later."""
        return {("in", "out"): along(given["in"][0], -2, PAST if self.causal else EVERYTHING)}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        options = [f"{site.types['in'][0].features}", f"{self.heads}"]
        options += ["causal=True"] * self.causal + ["bias=False"] * (not self.bias)
        options += [f"dropout={self.dropout}"] * bool(self.dropout)
        return f"{site.use('attention.SelfAttention')}({', '.join(options)})"

    def emit(self, site: Site) -> str:
        """The call; a causal layer needs no mask, since padding is a suffix that no real position sees."""
        return site.call(site.given(), "" if self.causal else site.real())

    def remembers(self, given: Types) -> bool:
        """Keys and values."""
        return True

    def start(self, site: Site) -> str:
        """Room for keys and values."""
        return site.method("start", "batch", "capacity")

    def step(self, site: Site, state: str) -> str:
        """The next steps, against the keys and values so far."""
        return site.method("step", site.given(), site.first(), state)

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Query, key, value and output maps."""
        width = given["in"][0].features
        found = []
        for part in ("q", "k", "v", "out"):
            found.append(Parameter(f"{part}.weight", (width, width)))
            found += [Parameter(f"{part}.bias", (width,))] * self.bias
        return tuple(found)

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """Four maps, scores and their average: 8 T n² + 4 T² n."""
        length, width = given["in"][0].axes[-2:]
        return length * width * width * 8 + length * length * width * 4

    def equations(self) -> tuple[str, ...]:
        """Queries, keys and values, and what the queries read."""
        return dot_product("<in>", causal=self.causal, bias=self.bias)


OPERATION = SelfAttention
