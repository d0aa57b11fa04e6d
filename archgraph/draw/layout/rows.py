"""The rows of the items of a layered plan: as near to the middle of the neighbours as order and distance allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import ceil

from archgraph.draw.layout.lanes import Lanes
from archgraph.draw.sketch import Part

_SWEEPS = 7
# With more items than this, half the sweeps must do.
_MANY = 20_000
_GRID = 0.25
# Between two parts, a part and a lane, two lanes: from edge to edge.
_PARTS, _BESIDE, _LANES = 1.0, 0.5, 0.5
# Wires that run straight are worth more than parts in the middle.
_STRAIGHT = 8.0
_PORT = 0.25
# An item this far out of line with what feeds it is brought in line.
_NEARLY = 0.5
_FEW = 4
# A wire that changes its row by no more than this may be brought in line, where there are not too many items.
_JOG = 0.5
_SMALL = 120
_ROUNDS = 16
_FIRM = 1e9
_SAME = 1e-6


def height(part: Part, inputs: int) -> float:
    """How high a part must be in u for so many wires to reach its side, each clear of the next."""
    if part.sort == "switch":
        return 1.5
    if part.sort not in ("module", "objective") or inputs <= _FEW:
        return 1.0
    return float(ceil(_PORT * (inputs - 1) + 0.5))


def rows(lanes: Lanes, heights: dict[str, float]) -> dict[str, float]:
    """The row of every item, on a grid of a quarter of a u: swept back and forth, and the straightest sweep kept."""
    columns = [_Column(column, lanes, _drops(column, heights)) for column in lanes.columns]
    found: dict[str, float] = {}
    for column in columns:
        found.update(zip(column.names, (-drop for drop in column.drops), strict=True))
    sweeps = _SWEEPS if len(found) <= _MANY else _SWEEPS // 2
    best, least = found, float("inf")
    for sweep in range(sweeps):
        backward = bool(sweep % 2)
        for column in reversed(columns) if backward else columns:
            column.settle(found, backward=backward)
        trial = dict(found)
        for column in columns:
            column.align(trial)
        for column in reversed(columns):
            column.lead(trial)
        bent = _bent(lanes, trial)
        if bent < least:
            best, least = trial, bent
    return _straightened(columns, lanes, best) if len(best) <= _SMALL else best


def _straightened(columns: list[_Column], lanes: Lanes, found: dict[str, float]) -> dict[str, float]:
    """What wires with small jogs join is brought in line, one side with all that is in line with it, if that pays."""
    for _ in range(_ROUNDS):
        better = _straighter(columns, lanes, found)
        if better is None:
            break
        found = better
    return found


def _straighter(columns: list[_Column], lanes: Lanes, found: dict[str, float]) -> dict[str, float] | None:
    """The first of the small jogs taken out that leaves fewer bends in all; None where there is none."""
    least = _bent(lanes, found)
    for one, other, off in _jogs(lanes, found):
        for name, by in ((one, off), (other, -off)):
            trial, moving = dict(found), _in_line(lanes, found, name)
            for column in columns:
                column.carry(trial, moving, by)
            if _bent(lanes, trial) < least:
                return trial
    return None


def _jogs(lanes: Lanes, found: dict[str, float]) -> Iterator[tuple[str, str, float]]:
    """The wires between columns that change their rows by little, on the grid: both ends, and by how much."""
    for name, behind in lanes.behind.items():
        for each in behind:
            off = _arrival(each, name, lanes, found) - found[each]
            if _SAME < abs(off) <= _JOG and (off / _GRID).is_integer():
                yield each, name, off


def _in_line(lanes: Lanes, found: dict[str, float], name: str) -> set[str]:
    """All that straight wires join with an item, the item too."""
    joined, waiting = {name}, [name]
    while waiting:
        item = waiting.pop()
        ends = [(item, each, each) for each in lanes.ahead.get(item, ())]
        ends += [(each, item, each) for each in lanes.behind.get(item, ())]
        for one, other, new in ends:
            if new not in joined and abs(_arrival(one, other, lanes, found) - found[one]) <= _SAME:
                joined.add(new)
                waiting.append(new)
    return joined


@dataclass(frozen=True)
class _Column:
    """The items of a column from the top, and how far under the first each is at the least."""

    names: list[str]
    lanes: Lanes
    drops: list[float]

    def settle(self, found: dict[str, float], *, backward: bool) -> None:
        """Each item to the middle of its neighbours on one side."""
        neighbours = self.lanes.ahead if backward else self.lanes.behind
        wanted, weights = [], []
        for name in self.names:
            near = neighbours.get(name, ())
            wanted.append(sum(found[each] for each in near) / len(near) if near else found[name])
            weights.append(_STRAIGHT if self.lanes.lane(name) and any(map(self.lanes.lane, near)) else 1.0)
        self.put(found, settled(wanted, weights, self.drops, grid=2 * _GRID))

    def align(self, found: dict[str, float]) -> None:
        """Items that are nearly in line with one that feeds them are brought in line with it."""
        wanted, weights = [], []
        for name in self.names:
            row = found[name]
            near = sorted(found[each] for each in self.lanes.behind.get(name, ()))
            exact = [each - shift for each, shift in zip(near, spread(len(near)), strict=True)]
            closest = _closest(exact, row)
            wanted.append(closest if abs(closest - row) <= _NEARLY else row)
            weights.append(_STRAIGHT if self.lanes.lane(name) else 1.0)
        self.put(found, settled(wanted, weights, self.drops, grid=_GRID))

    def lead(self, found: dict[str, float]) -> None:
        """What no straight wire feeds is brought in line with where its wire arrives, as far as the others let it."""
        free = [self.loose(name, found) for name in self.names]
        if not any(free):
            return
        wanted, weights = [], []
        for name, alone in zip(self.names, free, strict=True):
            row, ahead = found[name], self.lanes.ahead.get(name, ()) if alone else ()
            closest = _closest([_arrival(name, each, self.lanes, found) for each in ahead], row)
            far = 2 * _NEARLY if self.lanes.behind.get(name) else 4 * _NEARLY
            wanted.append(closest if abs(closest - row) <= far else row)
            weights.append(1.0 if alone else _STRAIGHT**3)
        self.put(found, settled(wanted, weights, self.drops, grid=_GRID))

    def loose(self, name: str, found: dict[str, float]) -> bool:
        """Whether nothing feeds an item, or only a wire that bends anyway to a part with one wire of its own."""
        behind, ahead = self.lanes.behind.get(name, []), self.lanes.ahead.get(name, [])
        if not behind:
            return True
        alone = len(behind) == len(ahead) == 1 and not self.lanes.lane(name)
        return alone and abs(_arrival(behind[0], name, self.lanes, found) - found[behind[0]]) > 1e-6

    def carry(self, found: dict[str, float], moving: set[str], by: float) -> None:
        """Some items are moved, and others out of their way."""
        if moving.isdisjoint(self.names):
            return
        wanted = [found[name] + (by if name in moving else 0.0) for name in self.names]
        weights = [_FIRM if name in moving else 1.0 for name in self.names]
        self.put(found, settled(wanted, weights, self.drops, grid=_GRID))

    def put(self, found: dict[str, float], rows: list[float]) -> None:
        """Note the rows of the items."""
        found.update(zip(self.names, rows, strict=True))


def _closest(rows: list[float], row: float) -> float:
    """The one next to a row, the lower of two; itself where there is none."""
    return min(rows, key=lambda each: (abs(each - row), each), default=row)


def _arrival(name: str, target: str, lanes: Lanes, found: dict[str, float]) -> float:
    """The row at which a wire of an item arrives at an item of the next column."""
    near = sorted(lanes.behind[target], key=found.__getitem__)
    return found[target] + spread(len(near))[near.index(name)]


def _bent(lanes: Lanes, found: dict[str, float]) -> float:
    """How many wires between columns change their rows; those with one source and one target count most."""
    bent = 0.0
    for name, behind in lanes.behind.items():
        near = sorted(behind, key=found.__getitem__)
        for each, shift in zip(near, spread(len(near)), strict=True):
            if abs(found[each] - found[name] - shift) > 1e-6:
                bent += 2.0 if len(near) == len(lanes.ahead[each]) == 1 else 1.0
    return bent


@cache
def spread(count: int) -> tuple[float, ...]:
    """Where so many wires reach a flat side, in u from its middle, from the lowest up: ± u/4 for two."""
    step = 2 * _PORT if count == 2 else _PORT
    return tuple(step * (index - (count - 1) / 2) for index in range(count))


def _drops(column: list[str], heights: dict[str, float]) -> list[float]:
    """How far under the first item of a column each item is at the least."""
    drops: list[float] = []
    for index, name in enumerate(column):
        if not index:
            drops.append(0.0)
            continue
        one, other = heights.get(column[index - 1]), heights.get(name)
        gap = _PARTS if one and other else _BESIDE if one or other else _LANES
        drops.append(drops[-1] + gap + ((one or 0.0) + (other or 0.0)) / 2)
    return drops


def settled(wanted: list[float], weights: list[float], drops: list[float], *, grid: float = 0.0) -> list[float]:
    """The rows nearest to those wanted that keep the order and the distances: an isotonic regression.

    Args:
        wanted: where each item would stand alone, in u.
        weights: how much it counts.
        drops: how far under the first item each is at the least.
        grid: what rows are multiples of, 0 for any.
    """
    blocks: list[tuple[float, float, int]] = []
    for row, weight, drop in zip(wanted, weights, drops, strict=True):
        blocks.append((row + drop, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (one, light, few), (other, heavy, more) = blocks[-2:]
            whole = light + heavy
            blocks[-2:] = [((one * light + other * heavy) / whole, whole, few + more)]
    levels = [top for top, _, count in blocks for _ in range(count)]
    snapped = [round(level / grid) * grid for level in levels] if grid else levels
    return [level - drop for level, drop in zip(snapped, drops, strict=True)]
