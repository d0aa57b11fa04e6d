"""The cheapest orthogonal way through the channels between shapes: A* over points and directions."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator
from math import inf

from archgraph.draw.layout.lines import Line
from archgraph.draw.layout.ports import Port
from archgraph.draw.layout.traffic import SHAPE, WIRE, Traffic
from archgraph.draw.paths import Point, around

_CORNER = 0.75
_CRAMPED = 1.0
_OFF_GRID = 1.001
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
        near = traffic.shapes.near(window)
        self.places = [traffic.places[name] for name in near]
        self.frames = [traffic.places[name] for name in near if traffic.around(name, source, target)]
        self.xs = self._lines([port.x for port in ports], "left", "right")
        self.ys = self._lines([port.y for port in ports], "bottom", "top")
        self.starts = {self._state(port, leaving=True): port for port, _ in ends}
        self.goals = {self._state(port, leaving=False): port for _, port in ends}
        self.aims = [(port.x, port.y, state[2]) for state, port in self.goals.items()]
        self.fees = {state: self._fee(port, leaving=False) for state, port in self.goals.items()}
        self.levels: dict[int, list[float]] = {}
        self.uprights: dict[int, list[float]] = {}

    def _lines(self, ports: list[float], low: str, high: str) -> list[float]:
        edges = [(getattr(place, low), getattr(place, high)) for place in self.places]
        first, last = min(edge[0] for edge in edges) - _MARGIN, max(edge[1] for edge in edges) + _MARGIN
        start = round(first * 2)
        half = {step / 2 for step in range(start, round(last * 2) + 1)}
        beside = {value for edge in edges for value in (edge[0] - 0.25, edge[1] + 0.25)}
        walls = [(getattr(place, low), getattr(place, high)) for place in self.frames]
        beside |= {value for edge in walls for value in (edge[0] + 0.25, edge[1] - 0.25)}
        return sorted({round(value, 4) for value in (*half, *beside, *ports)})

    def _state(self, port: Port, *, leaving: bool) -> State:
        turn = (port.dx, port.dy) if leaving else (-port.dx, -port.dy)
        column, row = bisect_left(self.xs, round(port.x, 4)), bisect_left(self.ys, round(port.y, 4))
        return column, row, _TURNS.index(turn)

    def _fee(self, port: Port, *, leaving: bool) -> float:
        return self.traffic.port(self.source, (port.x, port.y), leaving=leaving)

    def cheapest(self, *, below: float) -> tuple[Point, ...] | None:
        """A search from all starts at once, nearest to a goal first, by steps that cost less than `below`."""
        best = {state: self._fee(port, leaving=True) for state, port in self.starts.items()}
        before: dict[State, State] = {}
        waiting = [(best[state] + self._ahead(state), best[state], state) for state in sorted(self.starts)]
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
                total = price + step + self.fees.get(following, 0.0)
                if total < best.get(following, inf):
                    best[following], before[following] = total, state
                    heapq.heappush(waiting, (total + self._ahead(following), total, following))
        return None

    def _ahead(self, state: State) -> float:
        """What is left at the least: the straight distance to the nearest goal, and the corners on the way to it."""
        x, y, turn = self.xs[state[0]], self.ys[state[1]], state[2]
        least = inf
        for goal_x, goal_y, goal_turn in self.aims:
            if turn == goal_turn:
                corners = 0 if (y == goal_y if turn % 2 == 0 else x == goal_x) else 2
            else:
                corners = 1 if (turn + goal_turn) % 2 else 2
            least = min(least, abs(goal_x - x) + abs(goal_y - y) + _CORNER * corners)
        return least

    def _steps(self, state: State) -> Iterator[tuple[State, float]]:
        """On along the line, or a turn at this crossing; a wire leaves its port straight."""
        column, row, turn = state
        dx, dy = _TURNS[turn]
        if dx and 0 <= column + dx < len(self.xs):
            yield (column + dx, row, turn), self._level(row)[min(column, column + dx)]
        elif dy and 0 <= row + dy < len(self.ys):
            yield (column, row + dy, turn), self._upright(column)[min(row, row + dy)]
        if state not in self.starts:
            price = _CORNER + (_CRAMPED if self._cramped(column, row) else 0.0)
            for following in ((column, row, (turn + 1) % 4), (column, row, (turn + 3) % 4)):
                # A wire comes to its port straight too.
                if following not in self.goals:
                    yield following, price

    def _cramped(self, column: int, row: int) -> bool:
        """Whether a corner would leave too little room for an arrow head before a port."""
        x, y = self.xs[column], self.ys[row]
        return any(abs(goal_x - x) + abs(goal_y - y) < _ROOM for goal_x, goal_y, _ in self.aims)

    def _level(self, row: int) -> list[float]:
        """What each step along a level line costs."""
        if row not in self.levels:
            self.levels[row] = self._steps_of(Line(self.xs, self.ys[row], level=True))
        return self.levels[row]

    def _upright(self, column: int) -> list[float]:
        """What each step along an upright line costs."""
        if column not in self.uprights:
            self.uprights[column] = self._steps_of(Line(self.ys, self.xs[column], level=False))
        return self.uprights[column]

    def _steps_of(self, line: Line) -> list[float]:
        """What the steps of a line cost; of two ways as good, the one on the grid is taken."""
        prices = self.traffic.steps(self.source, self.target, line)
        return prices if (2 * line.at).is_integer() else [_OFF_GRID * price for price in prices]

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
