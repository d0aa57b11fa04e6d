"""The plan of the encoder–predictor–decoder family, which makes its pictures comparable across slides.

The target's column stands on the right, the top row flows right into the prediction, the bottom row brings
the observations in, and between them a dome stands under the hidden variable. See "Where things stand" in the
notation.
"""

from __future__ import annotations

import itertools
from math import inf
from typing import NamedTuple

from archgraph.draw.layout.grid import Place, Plan, apart, dome, length, place
from archgraph.draw.layout.ports import offsets
from archgraph.draw.layout.settle import settle
from archgraph.draw.sketch import Sketch

RIGHT = 10.0
TOP = 4.0
MIDDLE = 2.0
BOTTOM = 0.0
_UPWARD = ("predictor", "sampler")
# Between two hidden columns: a dome's width and half a u.
_COLUMNS = 3.0
# So many parts make a way long.
_LONG = 3


class _UnfitError(Exception):
    """The graph does not fit the family's plan at this width."""


def family(sketch: Sketch) -> Plan | None:
    """The family's plan of a sketch, or None where the sketch is not of the family."""
    column = _target_column(sketch)
    if column is None:
        return None
    for shift in range(5):
        try:
            return _Arrangement(sketch, column, float(shift)).plan()
        except _UnfitError:
            continue
    return None


class _Column(NamedTuple):
    prediction: str
    cost: str
    target: str


class _Chain(NamedTuple):
    """Parts in a row, the one nearest to the predictor first, and the part that feeds the last one."""

    names: tuple[str, ...]
    root: str


def _target_column(sketch: Sketch) -> _Column | None:
    """The only prediction, the cost it stands over and the variable compared with it."""
    predictions = [name for name, part in sketch.parts.items() if part.what == "prediction"]
    if len(predictions) != 1:
        return None
    columns = []
    for cost in sketch.targets(predictions[0]):
        others = [name for name in sketch.sources(cost) if name != predictions[0]]
        # Beside what it compares, a cost may be told by a module where to look: which positions count.
        compared = [name for name in others if sketch.parts[name].sort == "variable"]
        told = [name for name in others if sketch.parts[name].sort == "module"]
        if sketch.parts[cost].what == "cost" and len(compared) == 1 and len(told) + 1 == len(others):
            columns.append(_Column(predictions[0], cost, compared[0]))
    targets = [column for column in columns if sketch.parts[column.target].what == "target"]
    return next(iter(targets or columns), None)


class _Arrangement:
    """One attempt at the plan, the hidden column moved left by `shift`."""

    def __init__(self, sketch: Sketch, column: _Column, shift: float) -> None:
        self.sketch = sketch
        self.column = column
        self.shift = shift
        self.places: dict[str, Place] = {}
        self.silent: set[str] = set()
        self.shifts: dict[str, float] = {}
        self.later: tuple[str, str] | None = None

    def plan(self) -> Plan:
        """Place every part, or raise _UnfitError."""
        for name, y in (
            (self.column.target, BOTTOM),
            (self.column.cost, MIDDLE),
            (self.column.prediction, TOP),
        ):
            self.put(name, RIGHT, y)
        self.top_row()
        self.long_ways()
        settle(self.sketch, self.places)
        if self.later:
            self.line(*self.later)
        if len(self.places) < len(self.sketch.parts):
            raise _UnfitError
        self.lift()
        self.check()
        return Plan(self.places, frozenset(self.silent), shifts=self.shifts)

    def lift(self) -> None:
        """A variable that nothing makes stands level with its port, where a module beside it has two."""
        ports = offsets(self.sketch, Plan(self.places, frozenset(self.silent)))
        for link in self.sketch.links:
            one, other = self.places[link.source], self.places[link.target]
            alone = self.sketch.targets(link.source) == (link.target,) and not self.sketch.sources(link.source)
            beside = other.shape == "bullet" and other.direction == "right" and one.right < other.left
            if alone and beside and one.shape == "circle" and one.y == other.y:
                self.places[link.source] = one._replace(y=one.y + ports[link.name])

    def put(self, name: str, x: float, y: float, direction: str = "right") -> Place:
        """Stand a part at a centre."""
        self.places[name] = place(self.sketch.parts[name], x, y, direction)
        return self.places[name]

    def fresh(self, name: str) -> list[str]:
        """What feeds a part and has no place yet."""
        return [source for source in self.sketch.sources(name) if source not in self.places]

    def top_row(self) -> None:
        """Walk back from the prediction to the variable or module under which the column stands."""
        name = self.column.prediction
        edge = RIGHT - 0.5
        while True:
            sources = self.fresh(name)
            if not sources:
                return
            if len(sources) > 1:
                self.fork(sources, edge)
                return
            part = self.sketch.parts[sources[0]]
            if part.sort == "variable":
                self.put(part.name, min(edge - 1.5, RIGHT - 5.0) - self.shift, TOP)
                self.under(part.name)
                return
            if part.sort != "module" or part.what in _UPWARD:
                self.stem(part.name, min(edge - 1.5, RIGHT - 5.0) - self.shift)
                return
            name = part.name
            edge = self.put(name, edge - 1.0 - length(part) / 2, TOP).left

    def fork(self, sources: list[str], edge: float) -> None:
        """The last module of the top row has two sources: a free variable at its left, one from below."""
        free = [name for name in sources if self.sketch.parts[name].sort == "variable" and not self.fresh(name)]
        fed = [name for name in sources if name not in free]
        if len(fed) == 2:
            self.twins(fed, edge)
            return
        if len(fed) != 1 or len(free) != 1:
            raise _UnfitError
        if self.sketch.parts[fed[0]].sort == "variable":
            self.put(fed[0], edge - 1.5 - self.shift, TOP)
            self.under(fed[0])
            return
        self.put(free[0], edge - 1.5 - self.shift, TOP + 0.25)
        self.stem(fed[0], edge - 0.5 - self.shift)

    def twins(self, heads: list[str], edge: float) -> None:
        """Two computed sources: a column each, that of the target's own code beside the module that reads both."""
        near = max(reversed(heads), key=lambda name: self.column.target in self.upstream(name))
        far = next(name for name in heads if name != near)
        x = edge - 1.5 - self.shift
        if near in self.upstream(far) or far in self.upstream(near):
            # One of them is on the way to the other, and gets its place there.
            head, other = (far, near) if near in self.upstream(far) else (near, far)
            self.head(head, x, TOP)
            self.later = (head, other)
            return
        # The near one stands before the lower port; the wire of the far one passes over it.
        for name, spot, row in ((near, x, TOP - 0.25), (far, x - _COLUMNS, TOP)):
            self.head(name, spot, row)

    def line(self, head: str, other: str) -> None:
        """Bring a head in line with its port; the wire of the other source comes from under it, or over it."""
        shared = [name for name in self.sketch.targets(head) if name in self.sketch.targets(other)]
        over = other in self.places and self.places[other].x < self.places[head].x
        side = -0.25 if over else 0.25
        self.shifts |= {
            link.name: side if link.source == head else -side
            for link in self.sketch.links
            if link.target == shared[0] and link.source in (head, other)
        }
        if self.sketch.parts[head].sort == "variable":
            self.places[head] = self.places[head]._replace(y=TOP + side)

    def long_ways(self) -> None:
        """What leads from the target to something far at the left runs there under all the rest."""
        for name in self.sketch.parts:
            targets = [target for target in self.sketch.targets(name) if target in self.places]
            if name in self.places or len(targets) != 1:
                continue
            chain = self.chain(name)
            if chain.root != self.column.target or len(chain.names) < _LONG:
                continue
            lowest = min(place.bottom for place in self.places.values())
            self.bring(chain, -inf, lowest - 1.5)

    def head(self, name: str, x: float, y: float) -> None:
        """The head of a column, a variable or the module itself, and what makes it."""
        if self.sketch.parts[name].sort == "variable":
            self.put(name, x, y)
            self.under(name)
        else:
            self.stem(name, x)

    def upstream(self, name: str) -> set[str]:
        """All that leads to a part."""
        found = {name}
        waiting = [name]
        while waiting:
            more = [source for source in self.sketch.sources(waiting.pop()) if source not in found]
            found.update(more)
            waiting.extend(more)
        return found

    def under(self, head: str) -> None:
        """Place what makes the variable at the head of the hidden column."""
        makers = self.fresh(head)
        if len(makers) == 1:
            self.stem(makers[0], self.places[head].x)

    def stem(self, name: str, x: float) -> None:
        """Place the module that flows up the hidden column, and all that feeds it."""
        chain = self.chain(name)
        parts = [self.sketch.parts[link] for link in chain.names]
        level = all(part.sort in ("module", "delay") and part.what not in _UPWARD for part in parts)
        if chain.root == self.column.target and level:
            self.bring(chain, x + 0.5)
            return
        self.places[name] = dome(x, MIDDLE)
        feeds = self.fresh(name)
        pair = next((pair for pair in self.sketch.pairs if set(pair) <= set(feeds)), None)
        if pair and len(feeds) == 2:
            self.pair(pair, x)
        elif len(feeds) == 1 and self.sketch.parts[feeds[0]].sort == "variable":
            self.put(feeds[0], x, BOTTOM)
            self.row_into(feeds[0])
        else:
            self.feed(feeds, x)

    def chain(self, name: str) -> _Chain:
        """Follow single sources back from a part."""
        names = [name]
        while True:
            sources = self.sketch.sources(names[-1])
            if len(sources) != 1 or sources[0] in names:
                return _Chain(tuple(names), "")
            if sources[0] in self.places:
                return _Chain(tuple(names), sources[0])
            names.append(sources[0])

    def pair(self, pair: tuple[str, ...], x: float) -> None:
        """Two variables that touch under a dome, and the module that made both."""
        for name, offset in zip(pair, (-0.5, 0.5), strict=True):
            self.put(name, x + offset, BOTTOM)
        maker = self.sketch.sources(pair[0])[0]
        chain = self.chain(maker)
        hidden = pair[0] if chain.root == self.column.target else pair[1]
        self.silent.update(link.name for link in self.sketch.links if (link.source, link.target) == (maker, hidden))
        self.row(chain, x, margin=1.0)

    def row_into(self, name: str) -> None:
        """The row that leads to a variable standing under the dome."""
        makers = self.fresh(name)
        if len(makers) == 1:
            self.row(self.chain(makers[0]), self.places[name].x, margin=0.5)

    def row(self, chain: _Chain, x: float, *, margin: float) -> None:
        """Bring a chain to what stands around `x`, from the side where its root is."""
        if chain.root == self.column.target:
            self.bring(chain, x + margin)
        else:
            self.enter(chain, x - margin - 1.0, BOTTOM)

    def feed(self, feeds: list[str], x: float) -> None:
        """What a dome takes from underneath: loops and inputs from the left, the target from the right."""
        chains = [self.chain(name) for name in feeds if self.sketch.parts[name].sort != "switch"]
        direct = [c for c in chains if len(c.names) == 1 and self.sketch.parts[c.names[0]].sort == "variable"]
        right = [c for c in chains if c.root == self.column.target]
        left = [c for c in chains if c not in right and c not in direct]
        loops = [name for name in feeds if self.sketch.parts[name].sort == "switch"]
        for loop in loops:
            self.loop(loop, x)
        for index, chain in enumerate(right):
            self.bring(chain, x + (0.5 if len(feeds) > 1 else 0.0), BOTTOM - 2 * index)
        down = 1 if loops else 0
        for index, chain in enumerate(left):
            self.enter(chain, x - 1.5, BOTTOM - 2.0 * (index + down))
        if len(direct) == 1:
            self.put(direct[0].names[0], x + (0.5 if left or loops else -0.5), BOTTOM)

    def bring(self, chain: _Chain, limit: float, y: float = BOTTOM) -> None:
        """The target's way in: from its column leftward, no further than `limit`."""
        # A wire that parts needs the room for its dot.
        parting = any(len(self.sketch.targets(name)) > 1 for name in chain.names)
        for gap in (1.0,) if parting else (1.0, 0.5):
            spots = self.leftward(tuple(reversed(chain.names)), RIGHT - 0.5 - gap, gap)
            if spots[-1][1] - length(self.sketch.parts[spots[-1][0]]) / 2 >= limit + 0.5 - 1e-9:
                break
        else:
            raise _UnfitError
        for name, x in spots:
            self.put(name, x, y, "left")
        self.touch(chain.names)

    def enter(self, chain: _Chain, edge: float, y: float) -> None:
        """Another observation's way in: rightward, its last module ending at `edge`."""
        first = self.sketch.parts[chain.names[0]]
        if first.sort == "module" and length(first) < 2:
            edge -= 0.5
        for name, x in self.leftward(chain.names, edge, 1.0):
            self.put(name, x, y, "right")
        self.touch(chain.names)

    def leftward(self, names: tuple[str, ...], edge: float, gap: float) -> list[tuple[str, float]]:
        """Centres of parts set one after the other from `edge` to the left; a delay touches its module."""
        spots: list[tuple[str, float]] = []
        for index, name in enumerate(names):
            part = self.sketch.parts[name]
            spots.append((name, edge - length(part) / 2))
            following = self.sketch.parts[names[index + 1]] if index + 1 < len(names) else part
            close = {part.sort, following.sort} == {"delay", "module"}
            edge -= length(part) + (0.0 if close else gap)
        return spots

    def touch(self, names: tuple[str, ...]) -> None:
        """Silence the links between neighbours of a row that touch."""
        for near, far in itertools.pairwise(names):
            if {self.sketch.parts[near].sort, self.sketch.parts[far].sort} == {"delay", "module"}:
                self.silent.update(link.name for link in self.sketch.links if (link.source, link.target) == (far, near))

    def loop(self, switch: str, x: float) -> None:
        """A recurrent loop: left from the head, down through the delay, back under the dome by a switch."""
        delay, start = self.sketch.sources(switch)
        self.put(delay, x - 2.5, MIDDLE, "down")
        self.put(switch, x - 1.375, BOTTOM + 0.5)
        chain = self.chain(start)
        if start not in self.places:
            self.enter(chain, x - 2.0, BOTTOM)

    def check(self) -> None:
        """Raise _UnfitError where two places overlap."""
        listed = list(self.places.values())
        for index, one in enumerate(listed):
            if not all(apart(one, other) for other in listed[index + 1 :]):
                raise _UnfitError
