"""What self-attention and cross-attention have in common: heads and their widths, maps, scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from archgraph.core.dims import Dim
from archgraph.graph.attending import Scores
from archgraph.graph.memory import NUMBER
from archgraph.graph.operation import (
    Count,
    Mismatch,
    Operation,
    Parameter,
    Positive,
    Rate,
    Site,
    Size,
    Types,
    dim,
    need_heads,
)

# Which of the four maps have a bias: all, none, or those of these letters.
Biases = bool | Literal["q", "k", "v", "o", "qk", "qv", "qo", "kv", "ko", "vo", "qkv", "qko", "qvo", "kvo"]
USUAL = ("heads", "causal", "bias", "dropout")  # what the plain layers of the runtime can do


class Heads(Operation):
    """Attention over heads; the fields are its arguments."""

    obvious: ClassVar[str] = "heads"
    glyph: ClassVar[str] = "attention"
    block: ClassVar[bool] = True
    meanings: ClassVar[Mapping[str, str]] = {
        "heads": "how many ways of attending share the width",
        "kv_heads": "how many of them have keys and values of their own; all unless said",
        "head_width": "features of a query and a key; the width over the heads unless said",
        "value_width": "features of a value; as many as of a key unless said",
        "bias": "which of the maps q, k, v and o (out) add a learned vector",
        "qk_norm": "how queries and keys are normalised, each head by itself",
        "epsilon": "of that norm",
        "score_scale": "what scores are multiplied by; one over the root of the head width unless said",
        "softcap": "the bound that scores approach, by a tanh",
        "dropout": "the chance of an attention weight to be dropped in training",
    }

    heads: Count = 1
    kv_heads: Count | None = None
    head_width: Size | None = None
    value_width: Size | None = None
    bias: Biases = True
    qk_norm: Literal["none", "rms", "layer"] = "none"
    epsilon: Positive = 1e-6
    score_scale: Positive | None = None
    softcap: Positive | None = None
    dropout: Rate = 0.0

    def fit(self, width: Dim) -> None:
        """Raise Mismatch where heads do not divide what they share."""
        if self.head_width is None:
            need_heads(width, self.heads)
        if self.kv_heads is not None and self.heads % self.kv_heads:
            near = [number for number in range(1, self.heads + 1) if self.heads % number == 0]
            raise Mismatch(
                f"{self.heads} heads cannot share {self.kv_heads} heads of keys and values evenly",
                hint=f"write kv_heads: {min(near, key=lambda number: abs(number - (self.kv_heads or 1)))}",
                field="kv_heads",
            )

    def scores(self) -> Scores:
        """What is done to queries, keys and scores, but for what each operation adds."""
        return Scores(biased=self.letters, normed=self.qk_norm, cap=self.softcap or 0.0)

    @property
    def letters(self) -> str:
        """The maps that have a bias, of q, k, v and o."""
        if isinstance(self.bias, bool):
            return "qkvo" if self.bias else ""
        return self.bias

    def plain(self, *more: str) -> bool:
        """Whether the plain layer of the runtime will do: no argument is given but the usual ones, and `more`."""
        given = {name for name in self.arguments() if getattr(self, name) != type(self).model_fields[name].default}
        return given <= {*USUAL, *more} and isinstance(self.bias, bool)

    def fit_places(self, given: Types) -> None:
        """Raise Mismatch where places are not of the type of what they are added to."""
        for port, base in (("places", "in"), ("context_places", "context")):
            for places in given.get(port, ()):
                if places != given[base][0]:
                    raise Mismatch(
                        f"'{port}' of '{self.name}' are added to {given[base][0]}, and are {places}",
                        hint="give both one type",
                        port=port,
                    )

    @staticmethod
    def placed(site: Site) -> list[str]:
        """The places that are wired, as arguments of a call."""
        return [f"{port}={site.given(port)}" for port in ("places", "context_places") if site.has(port)]

    def inner(self, width: Dim) -> tuple[Dim, Dim]:
        """The features of all heads, and of all heads of keys and values."""
        if self.head_width is not None:
            return dim(self.head_width) * self.heads, dim(self.head_width) * (self.kv_heads or self.heads)
        return width, (width * (self.kv_heads or self.heads)).exactly(self.heads)

    def values(self, width: Dim) -> tuple[Dim, Dim]:
        """The features of the values of all heads, and of all heads of keys and values."""
        if self.value_width is None:
            return self.inner(width)
        return dim(self.value_width) * self.heads, dim(self.value_width) * (self.kv_heads or self.heads)

    def options(self, width: Dim, *, apart: bool) -> list[str]:
        """The arguments of the runtime layer that are not as by default; whether all maps must stay `apart`."""
        found = [f"kv_heads={self.kv_heads}"] * (self.kv_heads not in (None, self.heads))
        found += [f"head_width={self.head_width}"] * (self.head_width is not None)
        found += [f"value_width={self.value_width}"] * (self.value_width is not None)
        found += [f'biases="{self.letters}"'] * (self.letters != "qkvo")
        found += ["apart=True"] * apart
        if self.qk_norm != "none":
            found += [f"{self.qk_norm}=True"] + [f"epsilon={self.epsilon}"] * (self.epsilon != 1e-6)
        found += [f"scale={self.score_scale!r}"] * (self.score_scale is not None)
        found += [f"cap={self.softcap!r}"] * (self.softcap is not None)
        return found + [f"dropout={self.dropout}"] * bool(self.dropout)

    def learned(self, width: Dim, context: Dim) -> tuple[Parameter, ...]:
        """Query, key, value and output maps, and the norms of queries and keys."""
        (inner, shared), (valued, given) = self.inner(width), self.values(width)
        found: list[Parameter] = []
        shapes = (("q", inner, width), ("k", shared, context), ("v", given, context), ("out", width, valued))
        for part, rows, columns in shapes:
            found.append(Parameter(f"{part}.weight", (rows, columns)))
            found += [Parameter(f"{part}.bias", (rows,))] * (part[0] in self.letters)
        if self.qk_norm == "none":
            return tuple(found)
        size = inner.exactly(self.heads)
        for part in ("q_norm", "k_norm"):
            found.append(Parameter(f"{part}.weight", (size,)))
            found += [Parameter(f"{part}.bias", (size,))] * (self.qk_norm == "layer")
        return tuple(found)

    def work(self, queries: tuple[Dim, Dim], keys: tuple[Dim, Dim]) -> Dim:
        """Operations of the maps, the scores and their average, each end by its length and width."""
        (length, width), (size, context) = queries, keys
        (inner, shared), (valued, given) = self.inner(width), self.values(width)
        total = (inner + valued) * (length * width + length * size) + (shared + given) * size * context
        return total * 2

    def reread(self, queries: tuple[Dim, Dim], keys: tuple[Dim, Dim]) -> Dim:
        """Numbers that a backward pass reads beside the inputs: queries, keys, values, what was read, the sums.

        Scores are made anew from them; they are kept where torch's fused kernels do not apply on a CPU: once, thrice
        with dropout of their own, and thrice where they are bent (softcap).
        """
        (length, width), (size, _) = queries, keys
        (inner, shared), (valued, given) = self.inner(width), self.values(width)
        kept = 3 if self.softcap is not None or self.dropout else int(self.learns_scores())
        scores = length * size * (kept * self.heads) if kept else length * self.heads
        normed = (length * inner + size * shared) * 2 if self.qk_norm != "none" else Dim.number(0)
        return length * (inner + valued) + size * (shared + given) + normed + scores

    def learns_scores(self) -> bool:
        """Whether learned numbers are added to the scores."""
        return False

    def room(self, size: Dim, width: Dim) -> Dim:
        """Bytes of the keys and values of `size` positions."""
        return size * (self.inner(width)[1] + self.values(width)[1]) * NUMBER
