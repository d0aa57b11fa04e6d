"""The order of the items in each column: swept back and forth, and the sweep with the fewest crossings kept."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence

from archgraph.draw.layout.lanes import Lanes

_SWEEPS = 8
# Up to so many items neighbours are tried the other way round as well, which takes the square of their number.
_SMALL = 400


def ordered(lanes: Lanes) -> Lanes:
    """The lanes with their items in an order of few crossings."""
    columns = [list(column) for column in lanes.columns]
    best, fewest = [list(column) for column in columns], crossings(lanes, columns)
    small = sum(map(len, columns)) <= _SMALL
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        _sweep(columns, lanes.ahead if sweep % 2 else lanes.behind, backward=bool(sweep % 2))
        if small:
            _switched(columns, lanes)
        count = crossings(lanes, columns)
        if count < fewest:
            best, fewest = [list(column) for column in columns], count
    return lanes.arranged(best)


def _sweep(columns: list[list[str]], neighbours: Mapping[str, list[str]], *, backward: bool) -> None:
    """Each item to the middle of its neighbours on one side; who has none stays between those it stands between."""
    spots: dict[str, int] = {}
    for column in reversed(columns) if backward else columns:
        wanted: dict[str, float] = {}
        last = 0.0
        for name in column:
            near = [spots[each] for each in neighbours.get(name, ())]
            last = wanted[name] = sum(near) / len(near) if near else last
        column.sort(key=wanted.__getitem__)
        spots.update((name, index) for index, name in enumerate(column))


def _switched(columns: list[list[str]], lanes: Lanes) -> None:
    """Neighbours in a column change places where that takes crossings away."""
    spots = {name: index for column in columns for index, name in enumerate(column)}
    for column in columns:
        for index in range(len(column) - 1):
            one, other = column[index : index + 2]
            gain = sum(_gain(side.get(one, ()), side.get(other, ()), spots) for side in (lanes.ahead, lanes.behind))
            if gain > 0:
                column[index : index + 2] = other, one
                spots[one], spots[other] = index + 1, index


def _gain(one: Sequence[str], other: Sequence[str], spots: Mapping[str, int]) -> int:
    """How many crossings less there are if the wires of the second come before those of the first."""
    return sum((spots[a] > spots[b]) - (spots[a] < spots[b]) for a in one for b in other)


def crossings(lanes: Lanes, columns: list[list[str]]) -> int:
    """How many pairs of wires between columns side by side cross."""
    spots = {name: index for column in columns for index, name in enumerate(column)}
    found = 0
    for column in columns:
        seen: list[int] = []
        for name in column:
            ends = [spots[each] for each in lanes.ahead.get(name, ())]
            found += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return found
