"""Attention by dot products, opened: V softargmax(K^T q), mapped, with what acts on queries, keys and scores.

From the bottom up, as it is computed: places added to what is asked and to what is asked for, the maps, norms, rotary
positions; a bound of the scores, what the distance adds to them, the window that they are seen through, and the
softargmax.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from archgraph.draw.inside.attention import (
    BOX,
    FEED,
    GAP,
    LABEL,
    MAP,
    MAPS,
    SUM,
    Cell,
    Inlets,
    Opening,
    Ways,
    column,
    label,
    learned,
    product,
    up,
    wide,
)
from archgraph.draw.paths import Point
from archgraph.graph.operation import Operation

# Between the boxes of one column, and from a circle to what is over it.
_NEAR = 0.27
_SMALL = 0.5
# How high over the lowest wire the first circle of a column stands, a second beside it, and how far left of the
# values what is told of places comes in.
_RISE, _APART, _AWAY = 0.5, 0.5, 0.45
_ADDED = {"relative": "+ relative positions", "alibi": "+ distances (alibi)"}


@dataclass(frozen=True)
class _Feeds:
    """What comes before the maps."""

    cells: tuple[Cell, ...] = ()
    inlets: Inlets = field(default_factory=dict)
    inner: tuple[tuple[str, str, str], ...] = ()
    dots: dict[str, Point] = field(default_factory=dict)
    fixed: Ways = field(default_factory=dict)
    tails: Ways = field(default_factory=dict)


@dataclass(frozen=True)
class Products:
    """The inside of an attention; `told` are its ports for places that are fed."""

    path: str
    op: Operation
    told: frozenset[str]

    def opening(self) -> Opening:
        """All cells in their places, and the wires."""
        q, k, v = columns = tuple(tuple(self.column(part)) for part in range(3))
        boxes = tuple(self.boxes(max(q[-1].top, k[-1].top) + LABEL))
        read = product(self.path, boxes[-1].top + GAP)
        out = Cell(f"{self.path}.out", "map", "node", "map of the output", r"\boldsymbol{W}_{o}", 0.0, 0.0, *MAP)
        out = replace(out, y=read.top + GAP + MAP[1] / 2)
        first = boxes[0]
        inner = [
            (q[-1].id, first.id, "in"),
            (k[-1].id, first.id, "keys"),
            (boxes[-1].id, read.id, "in"),
            (v[-1].id, read.id, "values"),
            (read.id, out.id, "in"),
        ]
        fixed: Ways = {
            (first.id, "in"): up(0.0, q[-1].top, first.bottom),
            (first.id, "keys"): up(k[-1].x, k[-1].top, first.bottom),
            (read.id, "in"): up(0.0, boxes[-1].top, read.bottom),
            (read.id, "values"): ((v[-1].x, v[-1].top), (v[-1].x, read.y), (-SUM / 2, read.y)),
            (out.id, "in"): up(0.0, read.top, out.bottom),
        }
        for cells in (*columns, boxes):
            for below, above in pairwise(cells):
                inner.append((below.id, above.id, "in"))
                fixed[above.id, "in"] = up(above.x if cells is not boxes else 0.0, below.top, above.bottom)
        feeds = self.crossing() if self.crosses else self.own()
        cells = (*feeds.cells, *q, *k, *v, *boxes, read, out)
        return Opening(
            cells,
            feeds.inlets,
            (*feeds.inner, *inner),
            out.id,
            feeds.dots,
            {**feeds.fixed, **fixed},
            feeds.tails,
            tuple(self.labels(columns)),
        )

    @property
    def crosses(self) -> bool:
        """Whether keys and values come from a context."""
        return self.op.name == "cross_attention"

    @cached_property
    def given(self) -> dict[str, Any]:
        """The arguments that are not as by default."""
        return self.op.arguments()

    @property
    def base(self) -> float:
        """The lower edge of the maps, over the circles in which places are added."""
        if not self.told:
            return MAPS
        highest = FEED + _RISE + (_APART if self.crosses and len(self.told) > 1 else 0.0) + SUM / 2
        return highest + (_NEAR if self.crosses else 2 * _NEAR)

    def column(self, part: int) -> Iterator[Cell]:
        """The map of queries, keys or values, and what is done to what it gives."""
        last = learned(self.path, part, self.base)
        yield last
        for id, what, title, words in self.treated(part):
            last = Cell(id, "box", what, title, words, last.x, last.top + _NEAR + _SMALL / 2, MAP[0], _SMALL)
            yield last

    def treated(self, part: int) -> Iterator[tuple[str, str, str, str]]:
        """What is done to queries (0) and keys (1): the id of its box, its colour, its title and its words."""
        letter, name = ("q", "queries") if part == 0 else ("k", "keys")
        if part < 2 and self.given.get("qk_norm", "none") != "none":
            yield f"{self.path}.{letter}_norm", "target", f"norm of the {name}", "Norm"
        if part < 2 and self.given.get("positions") == "rotary":
            yield f"{self.path}--rotary-{letter}", "node", f"rotary positions of the {name}", "rotary"

    def boxes(self, low: float) -> Iterator[Cell]:
        """What is done to the scores, the softargmax last."""
        for id, words, title in self.scored():
            yield wide(f"{self.path}--{id}", words, title, low)
            low += BOX + _NEAR

    def scored(self) -> Iterator[tuple[str, str, str]]:
        """The end of the id, the words and the title of each box over keys and queries."""
        cap, positions, window = (self.given.get(name) for name in ("softcap", "positions", "window"))
        causal = "causal softargmax" if self.given.get("causal") else "softargmax"
        if cap:
            yield "softcap", f"within ±{cap:g}", "scores of keys and queries, bent to stay within a bound"
        if positions in _ADDED:
            yield "distance", _ADDED[positions], "what the distance of key and query adds to their score"
        if window:
            near = f"the last {window:,}" if self.given.get("causal") else f"less than {window:,} away"
            yield "window", near, "window of the keys that a query reads"
        yield "softargmax", causal, "softargmax of the scores of keys and queries"

    def labels(self, columns: tuple[tuple[Cell, ...], ...]) -> Iterator[tuple[str, str, Point]]:
        """The symbols of queries, keys and values, with how many there are of each where heads share keys."""
        heads, shared = (self.given.get(name, 1) for name in ("heads", "kv_heads"))
        grouped = "kv_heads" in self.given and shared not in (None, heads)
        for cells, tex, count in zip(columns, "qKV", (heads, shared, shared), strict=True):
            several = (f"_{{1:{count}}}" if count > 1 else "_{1}") if grouped else ""
            yield label(cells[-1], tex + several, cells[0].id)

    def own(self) -> _Feeds:
        """Queries, keys and values from one source; places are added to what queries and keys are made of."""
        q, k, v = ((f"{self.path}.{letter}", column(part)) for part, letter in enumerate("qkv"))
        branch = (0.0, FEED)
        ways: Ways = {(v[0], "in"): (branch, (v[1], FEED), (v[1], self.base))}
        if not self.told:
            ways[k[0], "in"] = (branch, (k[1], FEED), (k[1], self.base))
            return _Feeds(inlets={"in": tuple((id, "in") for id, _ in (q, k, v))}, dots={q[0]: branch}, fixed=ways)
        total = self.total("q", "in", _RISE)
        parting = total.top + _NEAR
        ways[q[0], "in"] = up(0.0, total.top, self.base)
        ways[k[0], "in"] = ((0.0, parting), (k[1], parting), (k[1], self.base))
        return _Feeds(
            cells=(total,),
            inlets={"in": ((total.id, "in"), (v[0], "in")), "places": ((total.id, "places"),)},
            inner=((total.id, q[0], "in"), (total.id, k[0], "in")),
            dots={total.id: branch, q[0]: (0.0, parting)},
            fixed=ways,
            tails={(total.id, "places"): self.tail(total)},
        )

    def crossing(self) -> _Feeds:
        """Queries from the stream, keys and values from the context; each may be told places."""
        q, k, v = (f"{self.path}.{letter}" for letter in "qkv")
        x, away = column(1), column(2)
        cells: list[Cell] = []
        inlets: Inlets = {"in": ((q, "in"),), "context": ((v, "context"), (k, "context"))}
        ways: Ways = {(k, "context"): ((away, FEED), (x, FEED), (x, self.base))}
        tails: Ways = {(v, "context"): ((away, FEED), (away, self.base))}
        inner: list[tuple[str, str, str]] = []
        if "context_places" in self.told:
            total = self.total("k", "context", _RISE)
            inlets |= {"context": ((v, "context"), (total.id, "in")), "context_places": ((total.id, "places"),)}
            del ways[k, "context"]
            ways |= {(total.id, "in"): ((away, FEED), (x, FEED), (x, total.bottom))}
            ways[k, "in"] = up(x, total.top, self.base)
            cells.append(total)
        if "places" in self.told:
            total = self.total("q", "in", _RISE + _APART * len(cells))
            inlets |= {"in": ((total.id, "in"),), "places": ((total.id, "places"),)}
            ways[q, "in"] = up(0.0, total.top, self.base)
            cells.append(total)
        for total in cells:
            inner.append((total.id, q if total.x == 0.0 else k, "in"))
            tails[total.id, "places"] = self.tail(total)
        return _Feeds(tuple(cells), inlets, tuple(inner), {v: (away, FEED)}, ways, tails)

    def total(self, letter: str, port: str, rise: float) -> Cell:
        """The circle in which places are added under the map of queries or keys."""
        name = "places and what they are of" if port == "in" else "places and the context"
        x = column("qk".index(letter))
        return Cell(f"{self.path}--told-{letter}", "sum", "target", f"sum of {name}", "", x, FEED + rise, SUM, SUM)

    @staticmethod
    def tail(total: Cell) -> tuple[Point, ...]:
        """How places come in from the left."""
        return ((column(2) - _AWAY, total.y), (total.x - SUM / 2, total.y))
