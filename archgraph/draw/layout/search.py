"""The cheapest orthogonal way through the channels between shapes: A* over points and directions."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator

from archgraph.draw.layout.ports import Port
from archgraph.draw.layout.traffic import SHAPE, WIRE, Traffic
from archgraph.draw.paths import Point, around

_CORNER = 0.75
_CRAMPED = 1.0
_ROOM = 0.45
_MARGIN = 1.5
_WINDOW = 6.0
_TURNS = ((1, 0), (0, 1), (-1, 0), (0, -1))
_LIMIT = 20_000

State = tuple[int, int, int]


def search(source: str, target: str, ends: list[tuple[Port, Port]], *, traffic: Traffic) -> tuple[Point, ...] | None:
    """The cheapest way from one of the first ports to one of the second, or None."""
    channels = _Channels(source, target, ends, traffic=traffic)
    return channels.cheapest(below=WIRE) or channels.cheapest(below=SHAPE)


class _Channels:
    """The lines on which a wire may run, and the steps between their crossings."""

    def __init__(self, source: str, target: str, ends: list[tuple[Port, Port]], *, traffic: Traffic) -> None:
        self.source, self.target, self.traffic = source, target, traffic
        ports = [port for pair in ends for port in pair]
        left, bottom, right, top = around((port.x, port.y) for port in ports)
        window = (left - _WINDOW, bottom - _WINDOW, right + _WINDOW, top + _WINDOW)
        self.places = [traffic.places[name] for name in traffic.shapes.near(window)]
        self.xs = self._lines([port.x for port in ports], "left", "right")
        self.ys = self._lines([port.y for port in ports], "bottom", "top")
        self.starts = {self._state(port, leaving=True): port for port, _ in ends}
        self.goals = {self._state(port, leaving=False): port for _, port in ends}
        self.prices: dict[tuple[Point, Point], float] = {}

    def _lines(self, ports: list[float], low: str, high: str) -> list[float]:
        edges = [(getattr(place, low), getattr(place, high)) for place in self.places]
        first, last = min(edge[0] for edge in edges) - _MARGIN, max(edge[1] for edge in edges) + _MARGIN
        start = round(first * 2)
        half = {step / 2 for step in range(start, round(last * 2) + 1)}
        beside = {value for edge in edges for value in (edge[0] - 0.25, edge[1] + 0.25)}
        return sorted({round(value, 4) for value in (*half, *beside, *ports)})

    def _state(self, port: Port, *, leaving: bool) -> State:
        turn = (port.dx, port.dy) if leaving else (-port.dx, -port.dy)
        column, row = bisect_left(self.xs, round(port.x, 4)), bisect_left(self.ys, round(port.y, 4))
        return column, row, _TURNS.index(turn)

    def cheapest(self, *, below: float) -> tuple[Point, ...] | None:
        """A search from all starts at once, nearest to a goal first, by steps that cost less than `below`."""
        best: dict[State, float] = dict.fromkeys(self.starts, 0.0)
        before: dict[State, State] = {}
        waiting = [(self._ahead(state), 0.0, state) for state in sorted(self.starts)]
        heapq.heapify(waiting)
        for _ in range(_LIMIT):
            if not waiting:
                return None
            _, price, state = heapq.heappop(waiting)
            if state in self.goals:
                return self._way(state, before)
            if price > best[state]:
                continue
            for following, step in self._steps(state):
                if step >= below:
                    continue
                total = price + step
                if total < best.get(following, float("inf")):
                    best[following], before[following] = total, state
                    heapq.heappush(waiting, (total + self._ahead(following), total, following))
        return None

    def _ahead(self, state: State) -> float:
        """What is left at the least: the straight distance to the nearest goal."""
        x, y = self.xs[state[0]], self.ys[state[1]]
        return min(abs(port.x - x) + abs(port.y - y) for port in self.goals.values())

    def _steps(self, state: State) -> Iterator[tuple[State, float]]:
        """On along the line, or a turn at this crossing; a wire leaves its port straight."""
        column, row, turn = state
        dx, dy = _TURNS[turn]
        ahead = (column + dx, row + dy)
        if 0 <= ahead[0] < len(self.xs) and 0 <= ahead[1] < len(self.ys):
            price = self._price((self.xs[column], self.ys[row]), (self.xs[ahead[0]], self.ys[ahead[1]]))
            yield (*ahead, turn), price
        if state not in self.starts:
            price = _CORNER + (_CRAMPED if self._cramped(column, row) else 0.0)
            yield (column, row, (turn + 1) % 4), price
            yield (column, row, (turn + 3) % 4), price

    def _cramped(self, column: int, row: int) -> bool:
        """Whether a corner would leave too little room for an arrow head before a port."""
        x, y = self.xs[column], self.ys[row]
        return any(abs(port.x - x) + abs(port.y - y) < _ROOM for port in self.goals.values())

    def _price(self, one: Point, other: Point) -> float:
        key = (one, other)
        if key not in self.prices:
            self.prices[key] = self.traffic.cost(self.source, self.target, key)
        return self.prices[key]

    def _way(self, state: State, before: dict[State, State]) -> tuple[Point, ...]:
        states = [state]
        while states[-1] in before:
            states.append(before[states[-1]])
        spots = [(self.xs[column], self.ys[row]) for column, row, _ in reversed(states)]
        return _corners(spots)


def _corners(spots: list[Point]) -> tuple[Point, ...]:
    """Only the points at which the way turns."""
    kept: list[Point] = []
    for spot in spots:
        if kept and kept[-1] == spot:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == spot[0] or kept[-2][1] == kept[-1][1] == spot[1]):
            kept.pop()
        kept.append(spot)
    return tuple(kept)
