"""A layered plan for graphs outside the family: data flows right, one column a step, on the same grid."""

from __future__ import annotations

from collections import defaultdict

from archgraph.draw.grid import Place, Plan, length, place
from archgraph.draw.sketch import Sketch

_ROW = 2.0
_GAP = 1.0
_SWEEPS = 6


def layered(sketch: Sketch) -> Plan:
    """Columns by the longest way from a source, rows by the middle of the neighbours."""
    order, rows = _ordered(sketch)
    return Plan(_places(sketch, order, rows), layered=True)


def columns(sketch: Sketch) -> list[list[str]]:
    """The parts by the longest way from a source, those of one step in an order of few crossings."""
    return _ordered(sketch)[0]


def _ordered(sketch: Sketch) -> tuple[list[list[str]], dict[str, float]]:
    ahead = _forward(sketch)
    ranks = _ranks(sketch, ahead)
    steps: dict[int, list[str]] = defaultdict(list)
    for name in sketch.parts:
        steps[ranks[name]].append(name)
    order = [steps[rank] for rank in sorted(steps)]
    return order, _rows(order, _near(ahead))


def _forward(sketch: Sketch) -> list[tuple[str, str]]:
    """The links without those that close a cycle, found depth first in the order of the spec."""
    state: dict[str, int] = {}
    forward: list[tuple[str, str]] = []
    for root in sketch.parts:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(sketch.targets(root)))]
        while stack:
            name, following = stack[-1]
            target = next(following, None)
            if target is None:
                state[name] = 2
                stack.pop()
            elif state.get(target) != 1:
                forward.append((name, target))
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(sketch.targets(target))))
    return forward


def _ranks(sketch: Sketch, forward: list[tuple[str, str]]) -> dict[str, int]:
    """The longest way to each part; a source stands right before the first that reads it."""
    ahead, behind = _near(forward)
    waiting = {name: len(behind[name]) for name in sketch.parts}
    ranks = dict.fromkeys(sketch.parts, 0)
    ready = [name for name, count in waiting.items() if not count]
    for name in ready:
        for target in ahead[name]:
            ranks[target] = max(ranks[target], ranks[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for name in reversed(ready):
        if not behind[name] and ahead[name]:
            ranks[name] = min(ranks[target] for target in ahead[name]) - 1
    return ranks


Neighbours = tuple[dict[str, list[str]], dict[str, list[str]]]


def _near(forward: list[tuple[str, str]]) -> Neighbours:
    ahead: dict[str, list[str]] = defaultdict(list)
    behind: dict[str, list[str]] = defaultdict(list)
    for source, target in forward:
        ahead[source].append(target)
        behind[target].append(source)
    return ahead, behind


def _rows(order: list[list[str]], near: Neighbours) -> dict[str, float]:
    """Rows on the grid: swept back and forth, each part pulled to the middle of its neighbours."""
    rows = {name: -_ROW * index for column in order for index, name in enumerate(column)}
    ahead, behind = near
    for sweep in range(_SWEEPS):
        neighbours = ahead if sweep % 2 else behind
        for column in reversed(order) if sweep % 2 else order:
            wanted = {name: _middle([rows[n] for n in neighbours[name]], rows[name]) for name in column}
            column.sort(key=lambda name, wanted=wanted: -wanted[name])  # type: ignore[misc]
            _spread(column, wanted, rows)
    return rows


def _middle(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _spread(column: list[str], wanted: dict[str, float], rows: dict[str, float]) -> None:
    """Keep the order and the distance of two u, as near to what is wanted as the grid allows."""
    blocks: list[tuple[float, int]] = []
    for index, name in enumerate(column):
        blocks.append((wanted[name] + _ROW * index, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (one, few), (other, more) = blocks[-2:]
            blocks[-2:] = [((one * few + other * more) / (few + more), few + more)]
    level = [top for top, count in blocks for _ in range(count)]
    for index, name in enumerate(column):
        rows[name] = round(level[index]) - _ROW * index


def _places(sketch: Sketch, order: list[list[str]], rows: dict[str, float]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    edge = 0.0
    for column in order:
        wide = max(length(sketch.parts[name]) for name in column)
        for name in column:
            places[name] = place(sketch.parts[name], edge + wide / 2, rows[name])
        edge += wide + _GAP + 0.25 * max(0, len(column) - 2)
    return {name: places[name] for name in sketch.parts}
