"""Self-attention: a sequence thinks by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.json_schema import WithJsonSchema

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING, PAST, Transfer
from archgraph.graph.attending import dot_product
from archgraph.graph.heads import Heads
from archgraph.graph.masks import Mask
from archgraph.graph.memory import FLAG, Saved
from archgraph.graph.operation import (
    EXPRESSION,
    Count,
    Flag,
    Flow,
    Index,
    Masks,
    Mismatch,
    Parameter,
    Port,
    Positive,
    Site,
    Types,
    along,
    need_sequence,
)
from archgraph.graph.types import TensorType

Share = Annotated[
    float,
    Field(gt=0, le=1),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, EXPRESSION]}),
]
# Arguments that speak of one kind of positions, or of one way to stretch rotary ones.
OF_POSITIONS = {
    **dict.fromkeys(("theta", "turned", "pairs", "stretch"), "rotary"),
    **dict.fromkeys(("buckets", "reach"), "relative"),
}
OF_STRETCH = {"factor": ("linear", "llama3"), **dict.fromkeys(("trained", "low", "high"), ("llama3",))}


class SelfAttention(Heads):
    """Queries, keys and values from one sequence; `causal: true` keeps every position from what comes later.

    `kv_heads` lets several heads share keys and values. `window: n` reads positions less than n away. `positions`
    puts the places into the scores: `rotary` turns queries and keys, `alibi` subtracts the distance by a slope for each
    head, `relative` adds a learned number by its bucket: tie the `table` of later layers to that of the first. What is
    fed at `places` is added to queries and keys, and not to values.
    """

    name: ClassVar[str] = "self_attention"
    summary: ClassVar[str] = "multi-head attention of a sequence to itself"
    reference: ClassVar[str] = (
        "Vaswani et al. 2017, section 3.2; groups: Ainslie et al. 2023; rotary: Su et al. 2021; alibi: Press et al. "
        "2022; relative: Raffel et al. 2020; window: Beltagy et al. 2020; softcap: Gemma 2 (2024); qk_norm: Henry et "
        "al. 2020"
    )
    example: ClassVar[str] = "self_attention: {heads: 4, causal: true}"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), Port("places", required=False))
    words: ClassVar[str] = "Self-attention"
    tieable: ClassVar[tuple[str, ...]] = ("table",)
    meanings: ClassVar[Mapping[str, str]] = {
        "causal": "whether each position reads itself and what is before it alone",
        "window": "how near a position must be to be read; 0 for any",
        "positions": "how places enter the scores",
        "theta": "rotary: the longest wavelength over two pi",
        "turned": "rotary: the share of each head that is turned",
        "pairs": "rotary: which features are turned together",
        "stretch": "rotary: how more positions than were trained are made to fit",
        "factor": "of the stretch",
        "trained": "positions at first, before a stretch as in Llama 3",
        "low": "turns in the trained length below which a pair is stretched in full",
        "high": "turns above which it is not stretched",
        "buckets": "relative: how many distances are told apart",
        "reach": "relative: the distance from which all are one",
    }

    causal: Flag = False
    window: Index = 0
    positions: Literal["none", "rotary", "alibi", "relative"] = "none"
    theta: Positive = 10000.0
    turned: Share = 1.0
    pairs: Literal["halves", "neighbours"] = "halves"
    stretch: Literal["none", "linear", "llama3"] = "none"
    factor: Positive = 1.0
    trained: Count = 8192
    low: Positive = 1.0
    high: Positive = 4.0
    buckets: Count = 32
    reach: Count = 128

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, width]` to itself; the heads divide the width, unless `head_width` is given."""
        _, width = need_sequence(given["in"][0], self.name)
        self.fit(width)
        self._agree(width)
        if len(given["in"][0].axes) != 2:
            raise Mismatch(f"'{self.name}' takes a sequence [T, features], and gets {given['in'][0]}")
        self.fit_places(given)
        return {"out": given["in"][0]}

    def _agree(self, width: Dim) -> None:
        """Raise Mismatch where an argument speaks of positions that are not there."""
        for field in self.arguments():
            if OF_POSITIONS.get(field, self.positions) != self.positions:
                raise Mismatch(
                    f"'{field}' speaks of {OF_POSITIONS[field]} positions, and they are {self.positions}",
                    hint=f"write positions: {OF_POSITIONS[field]}, or remove {field}",
                    field=field,
                )
            if self.stretch not in OF_STRETCH.get(field, (self.stretch,)):
                raise Mismatch(
                    f"'{field}' speaks of how angles are stretched, and stretch is {self.stretch}",
                    hint=f"write stretch: {OF_STRETCH[field][-1]}, or remove {field}",
                    field=field,
                )
        size = self._turned(width)
        if self.positions == "rotary" and size is not None and (size % 2 or size < 2):
            raise Mismatch(
                f"rotary positions turn features in pairs, and {size} of a head are to be turned",
                hint="let the features of a head, or the part 'turned' of them, be even",
                field="heads" if self.turned == 1 else "turned",
            )

    def _turned(self, width: Dim) -> int | None:
        size = self.inner(width)[0].exactly(self.heads).constant
        return None if size is None else int(size * self.turned)

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """All of the sequence is read, or what is not later, or what is less than a window ahead."""
        near = Transfer(ahead=self.window - 1, past=True, ends=self.window > 1) if self.window else EVERYTHING
        read = along(given["in"][0], -2, PAST if self.causal else near)
        return {(port, "out"): read for port in ("in", "places") if given.get(port)}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The mask of the sequence."""
        return {"out": given["in"][0]}

    def make(self, site: Site) -> str:
        """The runtime layer: a plain one where that will do."""
        width = site.types["in"][0].features
        options = [f"{width}", f"{self.heads}"] + ["causal=True"] * self.causal
        if self.plain() and not site.has("places"):
            options += ["bias=False"] * (not self.bias) + [f"dropout={self.dropout}"] * bool(self.dropout)
            return f"{site.use('attention.SelfAttention')}({', '.join(options)})"
        options += [f"window={self.window}"] * bool(self.window)
        apart = site.has("places") or len({part in self.letters for part in "qkv"}) > 1
        options += self.options(width, apart=apart) + self._placed(site, width)
        both = self.window and not self.causal
        name = "windowed_attention.WindowedSelfAttention" if both else "grouped_attention.GroupedSelfAttention"
        return f"{site.use(name)}({', '.join(options)})"

    def _placed(self, site: Site, width: Dim) -> list[str]:
        """What puts places into the scores."""
        if self.positions == "alibi":
            return [f"alibi={site.use('distances.Alibi')}({self.heads})"]
        if self.positions == "relative":
            reach = [f"reach={self.reach}"] * (self.reach != 128)
            return ["relative=True"] + [f"buckets={self.buckets}"] * (not site.tied("table")) + reach
        if self.positions == "none":
            return []
        found = [f"{self._turned(width)}"] + [f"theta={self.theta!r}"] * (self.theta != 10000.0)
        found += ["turns=True"] * (self.pairs == "neighbours")
        found += [f"linear={self.factor!r}"] * (self.stretch == "linear")
        if self.stretch == "llama3":
            found += [f"factor={self.factor!r}", f"trained={self.trained}"]
            found += [f"low={self.low!r}"] * (self.low != 1.0) + [f"high={self.high!r}"] * (self.high != 4.0)
        return [f"rotary={site.use('rotary.Rotary')}({', '.join(found)})"]

    def emit(self, site: Site) -> str:
        """The call; a causal layer needs no mask, since padding is a suffix that no real position sees."""
        return site.call(site.given(), "" if self.causal else site.real(), self._table(site), *self.placed(site))

    def _table(self, site: Site) -> str:
        tied = site.tied("table") if self.positions == "relative" else ""
        return tied and f"table={tied}"

    def remembers(self, given: Types) -> bool:
        """Keys and values."""
        return True

    def start(self, site: Site) -> str:
        """Room for keys and values."""
        return site.method("start", "batch", "capacity")

    def step(self, site: Site, state: str) -> str:
        """The next steps, against the keys and values so far."""
        real = "" if self.causal else site.real()
        return site.method("step", site.given(), site.first(), state, real, self._table(site), *self.placed(site))

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Query, key, value and output maps, norms of queries and keys, and the table of relative positions."""
        width = given["in"][0].features
        table = Parameter("table", (Dim.number(self.buckets), Dim.number(self.heads)))
        maps = self.learned(width, width)
        return (table, *maps) if self.positions == "relative" else maps

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """Four maps, scores and their average: 8 T n² + 4 T² n where all heads have their own n / heads."""
        length, width = given["in"][0].axes[-2:]
        return self.work((length, width), (length, width))

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The input, with places what the queries and the keys are made of, and what attention reads again."""
        length, width = given["in"][0].axes[-2:]
        placed = length * width * (1 if given.get("places") else 0)
        return Saved(("in",), numbers=self.reread((length, width), (length, width)) + placed)

    def learns_scores(self) -> bool:
        """Those of relative positions."""
        return self.positions == "relative"

    def state(self, given: Types, masks: Masks, capacity: Dim) -> Dim:
        """Keys and values of all steps; what looks to both sides keeps which are real."""
        room = self.room(capacity, given["in"][0].features)
        return room + capacity * FLAG if self.window and not self.causal else room

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Queries, keys and values, and what the queries read."""
        plain = self.scores()._replace(positions=self.positions, window=self.window, causal=self.causal)
        return dot_product("<in>", plain, wired)


OPERATION = SelfAttention
