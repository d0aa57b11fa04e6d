"""Things in rows from the bottom up, each as near to over what feeds it as its neighbours let it.

A thing alone in its row stands on the axis of what is under it, so that wires run straight. All is in u.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from archgraph.draw.inside.folds import Folding, closed
from archgraph.draw.inside.laid import Laid
from archgraph.draw.layout.rows import settled
from archgraph.draw.paths import Box
from archgraph.draw.sketch import Link

_ROW = 0.8
_LANE = 0.3
# So many wires find their ways between two rows without more room.
_FEW = 4
_COLUMN = 0.7
# Between two circles or squares: what stands over their middle is reached from both.
_NARROW = 1.0
# What has its place, or is fed, counts so much more than what is brought in line with it that it does not move.
_FIRM = 1e9

Rows = list[list[str]]


@dataclass(frozen=True)
class Wiring:
    """The wires among things in rows, and how many come to each, from elsewhere too.

    `tied` are the things that stay with what is under them, as a variable does with the module that computes it;
    `most` is how many sources may pass a cut between two columns.
    """

    links: tuple[Link, ...] = ()
    reading: Mapping[str, int] = field(default_factory=dict)
    tied: frozenset[str] = frozenset()
    most: int = 2

    def passing(self, names: Rows) -> list[int]:
        """For each row but the last how many sources pass the cut over it."""
        level = {name: index for index, row in enumerate(names) for name in row}
        reach: dict[str, int] = {}
        for link in self.links:
            if link.source in level and link.target in level:
                low, high = sorted((level[link.source], level[link.target]))
                reach[link.source] = max(reach.get(link.source, low), high)
        steps = [0] * (len(names) + 1)
        for name, last in reach.items():
            steps[level[name]] += 1
            steps[last] -= 1
        return list(accumulate(steps))[: len(names) - 1]

    def units(self, names: Rows) -> list[Rows]:
        """The rows that may stand in different columns."""
        passing = self.passing(names)
        units: list[Rows] = []
        for index, row in enumerate(names):
            begun = index == 1 and self.tied.issuperset(names[0])
            held = index and (begun or passing[index - 1] > self.most or self.tied.issuperset(row))
            units[-1:] = [[*units[-1], row]] if held else [*units[-1:], [row]]
        return units


def rows(names: Rows, size: Callable[[str], Laid], wiring: Wiring) -> Folding[list[str]]:
    """Rows from the bottom up, to be cut into columns. Under a row that many wires come to, there is more room."""
    sizes = {name: size(name) for row in names for name in row}

    def passing(ends: list[int]) -> list[int]:
        steps = wiring.passing(names)
        return [steps[end - 1] for end in ends]

    return Folding(wiring.units(names), lambda each: _heap(each, sizes, wiring), _ROW, passing)


def _heap(names: Rows, sizes: Mapping[str, Laid], wiring: Wiring) -> Laid:
    """Rows in one column."""
    axes = _Axes(names, sizes, wiring.links).found()
    parts: list[Laid] = []
    boxes: dict[str, Box] = {}
    height = out = 0.0
    for index, row in enumerate(names):
        height += _LANE * max(0, sum(wiring.reading.get(name, 0) for name in row) - _FEW) if index else 0.0
        for name in row:
            placed = sizes[name].moved(axes[name], height - sizes[name].box[1])
            boxes[name] = placed.box
            parts.append(placed)
            out = placed.out if len(row) == 1 else out
        height = max(boxes[name][3] for name in row) + _ROW
    return closed(replace(Laid().joined(*parts), out=out), boxes)


class _Axes:
    """Where the axis of each thing in rows is."""

    def __init__(self, names: Rows, sizes: Mapping[str, Laid], links: Sequence[Link]) -> None:
        self.names, self.sizes = names, sizes
        self.x: dict[str, float] = {}
        self.sources: dict[str, list[str]] = defaultdict(list)
        self.targets: dict[str, list[str]] = defaultdict(list)
        self.context = {link.source for link in links if link.context} - {
            link.source for link in links if not link.context
        }
        level = {name: index for index, row in enumerate(names) for name in row}
        for link in links:
            if link.source in level and link.target in level and level[link.source] < level[link.target]:
                self.sources[link.target].append(link.source)
                self.targets[link.source].append(link.target)

    def found(self) -> dict[str, float]:
        """The axes: rows from the bottom up over what feeds them, then what nothing feeds under what it feeds."""
        axis = 0.0
        for row in self.names:
            self.put(row, axis)
            axis = self.x[row[0]] + self.sizes[row[0]].out if len(row) == 1 else axis
        anchor = next((index for index, row in enumerate(self.names) if len(row) == 1), len(self.names))
        for index in reversed(range(len(self.names))):
            row = self.names[index]
            loose = [name for name in row if self.targets[name] and (index < anchor or not self.sources[name])]
            if len(row) > 1 and loose and not self.led(row):
                wanted = {name: self.under(name) if name in loose else self.x[name] for name in row}
                self.align(row, wanted, {name: 1.0 if name in loose else _FIRM for name in row})
        for row in self.names[:anchor]:
            # What could not come under what it feeds has drawn aside what it feeds.
            if all(len(self.sources[name]) == 1 for name in row):
                self.align(row, {name: self.over(name) for name in row}, dict.fromkeys(row, 1.0))
        return self.x

    def led(self, row: list[str]) -> str:
        """The one thing of a row that is no context, "" where there are none or more."""
        data = [name for name in row if name not in self.context]
        return data[0] if len(data) == 1 else ""

    def put(self, row: list[str], axis: float) -> None:
        """A row over what feeds it; the one thing of a row that is no context stands on the axis."""
        data = self.led(row)
        if data:
            self.x[data] = axis
            edge = axis + self.sizes[data].box[0]
            for name in reversed([name for name in row if name in self.context]):
                edge -= _COLUMN + self.sizes[name].box[2]
                self.x[name] = edge
                edge += self.sizes[name].box[0]
            return
        wide = [self.sizes[name].box[2] - self.sizes[name].box[0] for name in row]
        edge = axis - (sum(wide) + _COLUMN * (len(row) - 1)) / 2
        wanted = {}
        for name, across in zip(row, wide, strict=True):
            wanted[name] = self.over(name) if self.sources[name] else edge - self.sizes[name].box[0]
            edge += across + _COLUMN
        self.align(row, wanted, {name: _FIRM if self.sources[name] else 1.0 for name in row})

    def gap(self, one: str, other: str) -> float:
        """How far two neighbours stand apart."""
        wide = max(self.sizes[name].box[2] - self.sizes[name].box[0] for name in (one, other))
        return _COLUMN if wide > _NARROW else _NARROW

    def over(self, name: str) -> float:
        """Where a thing stands over the middle of what feeds it."""
        spots = [self.x[source] + self.sizes[source].out for source in self.sources[name]]
        return sum(spots) / len(spots)

    def under(self, name: str) -> float:
        """Where a thing stands under the middle of what it feeds."""
        spots = [self.x[target] for target in self.targets[name]]
        return sum(spots) / len(spots) - self.sizes[name].out

    def align(self, row: list[str], wanted: Mapping[str, float], weights: Mapping[str, float]) -> None:
        """The axes nearest to those wanted that keep the things of a row apart."""
        drops = [0.0]
        for one, other in pairwise(row):
            drops.append(drops[-1] + self.sizes[one].box[2] + self.gap(one, other) - self.sizes[other].box[0])
        found = settled([-wanted[name] for name in row], [weights[name] for name in row], drops)
        self.x.update((name, -spot) for name, spot in zip(row, found, strict=True))
