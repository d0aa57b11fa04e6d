"""Where an unrolled graph stands: a column for each step, data flowing up, delays in the lanes between columns."""

from __future__ import annotations

from collections import defaultdict

from archgraph.draw.layout.grid import DOME_WIDTH, Place, Plan, dome, length, place
from archgraph.draw.layout.layers import columns
from archgraph.draw.layout.ports import entries
from archgraph.draw.sketch import Part, Sketch
from archgraph.draw.staging.unroll import Unrolled

_ROW = 1.75
_BESIDE = 0.75
_LANE = 1.5
_MARGIN = 0.75
_GAP = 1.0


def spread(copies: Unrolled) -> Plan:
    """The plan of an unrolled graph."""
    return _Spread(copies).plan()


class _Spread:
    """Places of one column, repeated for all steps, and what stands between, before and below."""

    def __init__(self, copies: Unrolled) -> None:
        self.copies = copies
        self.sketch = copies.sketch
        self.places: dict[str, Place] = {}
        self.lanes = self._lanes()
        self.levels, self.through = _levels(self.sketch, copies.steps[0])
        self.rows = self._rows()
        self.shifts = self._shifts()

    def _lanes(self) -> list[str]:
        """The delays of the graph, each with a lane of its own between columns."""
        return list(dict.fromkeys(name.rpartition("--")[0] for name in self.copies.delays))

    def _rows(self) -> list[list[str]]:
        rows: dict[int, list[str]] = defaultdict(list)
        for name in self.copies.steps[0]:
            rows[self.levels[name]].append(name)
        return [rows[level] for level in sorted(rows)]

    def _shifts(self) -> dict[str, float]:
        """Where links arrive at a module: from earlier steps at the left, from its own next, what is shared last."""
        shared, before = set(self.copies.shared), {*self.copies.delays, *self.copies.starts}
        found: dict[str, float] = {}
        for name in (name for names in self.copies.steps for name in names):
            if self.sketch.parts[name].sort == "module":
                links = [link for link in self.sketch.links if link.target == name]
                links.sort(key=lambda link: (link.source in shared) - (link.source in before))
                ports = entries(_standing(self.sketch.parts[name], 0.0, 0.0), len(links))
                found.update((link.name, port) for link, port in zip(links, ports, strict=True))
        return found

    def plan(self) -> Plan:
        """All in place."""
        first: dict[str, Place] = {}
        for index, row in reversed([*enumerate(self.rows)]):
            first |= self._row(row, index, first)
        left = min(spot.left for spot in first.values())
        right = max(spot.right for spot in first.values())
        pitch = right - left + 2 * _MARGIN + (_LANE * (len(self.lanes) - 1) + 1.0 if self.lanes else 0.0)
        for step, names in enumerate(self.copies.steps):
            for model, name in zip(self.copies.steps[0], names, strict=True):
                self.places[name] = _moved(first[model], step * pitch)
        for name in self.copies.delays:
            self._delay(name, right + _MARGIN + 0.5)
        for index, name in enumerate(self.copies.starts):
            self._start(name, left - _MARGIN - 0.5 - _LANE * index)
        self._shared(left)
        return Plan({name: self.places[name] for name in self.sketch.parts}, layered=True, flow="", shifts=self.shifts)

    def _row(self, row: list[str], index: int, above: dict[str, Place]) -> dict[str, Place]:
        """One row: what the longest way passes stands under what reads it, others to its right."""
        middle = max(row, key=lambda name: self.through[name])
        found: dict[str, Place] = {}
        edge = None
        for name in (middle, *(other for other in row if other != middle)):
            part = self.sketch.parts[name]
            wide = DOME_WIDTH if _is_long(part) else 1.0
            x = self._under(name, above)
            x = x if edge is None else max(x, edge + wide / 2)
            found[name] = _standing(part, x, index * _ROW)
            edge = x + wide / 2 + _BESIDE
        return found

    def _under(self, name: str, above: dict[str, Place]) -> float:
        """Where a part stands straight under the port that it feeds."""
        for link in self.sketch.links:
            if link.source == name and link.target in above:
                return above[link.target].x + self.shifts.get(link.name, 0.0)
        return 0.0

    def _delay(self, name: str, lane: float) -> None:
        """A delay in its lane after the column of its step, beside what reads it."""
        model = name.rpartition("--")[0]
        source = self.places[self.sketch.sources(name)[0]]
        reader = min((self.places[target] for target in self.sketch.targets(name)), key=lambda spot: spot.x)
        home = self._home(name)
        x = home + lane + _LANE * self.lanes.index(model)
        down = source.y > reader.y
        self.places[name] = place(self.sketch.parts[name], x, reader.y if down else source.y, "down" if down else "up")

    def _home(self, name: str) -> float:
        """How far right the column is that a delay comes from."""
        step = int(name.rpartition("--")[2])
        names = self.copies.steps[step - 1]
        return self.places[names[0]].x - self.places[self.copies.steps[0][0]].x

    def _start(self, name: str, x: float) -> None:
        """An initial value, to the left of the first column and under what reads it."""
        reader = self.places[self.sketch.targets(name)[0]]
        self.places[name] = place(self.sketch.parts[name], x, reader.y - _ROW)

    def _shared(self, left: float) -> None:
        """What has no steps: a row under all columns, flowing right, that ends under the first."""
        if not self.copies.shared:
            return
        names = set(self.copies.shared)
        links = tuple(link for link in self.sketch.links if {link.source, link.target} <= names)
        own = Sketch({name: self.sketch.parts[name] for name in self.copies.shared}, links)
        y = min(spot.bottom for spot in self.places.values()) - _GAP - 0.5
        edge = left
        for column in reversed(columns(own)):
            wide = max(length(self.sketch.parts[name]) for name in column)
            for index, name in enumerate(column):
                self.places[name] = place(self.sketch.parts[name], edge - wide / 2, y - 2.0 * index)
            edge -= wide + _GAP


def _levels(sketch: Sketch, names: tuple[str, ...]) -> tuple[dict[str, int], dict[str, int]]:
    """The longest way to each part of a step, and the longest through it.

    A source stands right under the first that reads it, or over it where only objectives do.
    """
    inside = set(names)
    ahead: dict[str, list[str]] = {name: [] for name in names}
    behind: dict[str, list[str]] = {name: [] for name in names}
    for link in sketch.links:
        if {link.source, link.target} <= inside:
            ahead[link.source].append(link.target)
            behind[link.target].append(link.source)
    order = _sorted(names, ahead, behind)
    levels: dict[str, int] = {}
    for name in order:
        levels[name] = max((levels[source] + 1 for source in behind[name]), default=0)
    after: dict[str, int] = {}
    for name in reversed(order):
        after[name] = max((after[target] + 1 for target in ahead[name]), default=0)
    through = {name: levels[name] + after[name] for name in names}
    for name in names:
        if ahead[name] and not behind[name]:
            scored = all(sketch.parts[target].sort == "objective" for target in ahead[name])
            readers = [levels[target] for target in ahead[name]]
            levels[name] = max(readers) + 1 if scored else min(readers) - 1
    return levels, through


def _sorted(names: tuple[str, ...], ahead: dict[str, list[str]], behind: dict[str, list[str]]) -> list[str]:
    """Parts after all that they read; within a step there are no cycles."""
    waiting = {name: len(behind[name]) for name in names}
    ready = [name for name in names if not waiting[name]]
    for name in ready:
        for target in ahead[name]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return ready


def _is_long(part: Part) -> bool:
    return part.sort == "module" and length(part) > 1


def _standing(part: Part, x: float, y: float) -> Place:
    """A part of a column: long modules as domes, for data flows up."""
    return dome(x, y) if _is_long(part) else place(part, x, y, "up")


def _moved(spot: Place, x: float) -> Place:
    return Place(spot.x + x, spot.y, spot.width, spot.height, spot.shape, spot.direction)
