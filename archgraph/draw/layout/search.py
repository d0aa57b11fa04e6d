"""The cheapest orthogonal way through the channels between shapes: A* over points and directions."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from math import inf

from archgraph.draw.layout.lines import Line
from archgraph.draw.layout.ports import Port
from archgraph.draw.layout.traffic import SHAPE, WIRE, Ends, Traffic
from archgraph.draw.paths import Point, around

_CORNER = 0.75
_CRAMPED = 1.0
_OFF_GRID = 1.001
_ROOM = 0.45
_MARGIN = 1.5
_WINDOW = 6.0
_TURNS = ((1, 0), (0, 1), (-1, 0), (0, -1))
_LIMIT = 20_000
# A search counts crossings by the step: it may take a way for this much dearer than it is.
_SLACK = 10.0

# A crossing, columns first, four times, and the turn: states are in the order of columns, rows and turns.
State = int


def search(
    ends: Ends, ports: list[tuple[Port, Port]], *, traffic: Traffic, known: float = inf
) -> tuple[Point, ...] | None:
    """The cheapest way from one of the first ports to one of the second, or None.

    Args:
        ends: the shapes that the wire joins, and whose it is.
        ports: where it may leave the one and reach the other.
        traffic: what stands in its way.
        known: the price of a way that is known; dearer ones are not looked for.
    """
    channels = _Channels(ends, ports, traffic=traffic)
    if known < WIRE:
        return channels.cheapest(below=WIRE, most=known * _OFF_GRID + _SLACK)
    return channels.cheapest(below=WIRE) or channels.cheapest(below=SHAPE)


class _Channels:
    """The lines on which a wire may run, and the steps between their crossings."""

    def __init__(self, ends: Ends, pairs: list[tuple[Port, Port]], *, traffic: Traffic) -> None:
        self.ends, self.traffic = ends, traffic
        ports = [port for pair in pairs for port in pair]
        left, bottom, right, top = around((port.x, port.y) for port in ports)
        window = (left - _WINDOW, bottom - _WINDOW, right + _WINDOW, top + _WINDOW)
        near = traffic.shapes.near(window)
        self.places = [traffic.places[name] for name in near]
        self.frames = [traffic.places[name] for name in near if traffic.around(name, ends)]
        self.xs = self._lines([port.x for port in ports], "left", "right")
        self.ys = self._lines([port.y for port in ports], "bottom", "top")
        self.rows = len(self.ys)
        self.strides = (4 * self.rows, 4, -4 * self.rows, -4)
        self.starts = {self._state(port, leaving=True): port for port, _ in pairs}
        self.goals = {self._state(port, leaving=False): port for _, port in pairs}
        self.aims = [(port.x, port.y, state % 4) for state, port in self.goals.items()]
        self.fees = {state: self._fee(port, leaving=False) for state, port in self.goals.items()}
        self.cramped = self._near()
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
        return (column * self.rows + row) * 4 + _TURNS.index(turn)

    def _fee(self, port: Port, *, leaving: bool) -> float:
        return self.traffic.port(self.ends.owner, (port.x, port.y), leaving=leaving)

    def cheapest(self, *, below: float, most: float = inf) -> tuple[Point, ...] | None:
        """A search from all starts at once, nearest to a goal first, by steps that cost less than `below`.

        Ways that cost `most` or more are left.
        """
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
            for following, step in self._steps(state, before.get(state, state)):
                total = price + step
                if step < below and total < best.get(following, inf):
                    whole = total + self._ahead(following)
                    if whole < most:
                        best[following], before[following] = total, state
                        heapq.heappush(waiting, (whole, total, following))
        return None

    def _ahead(self, state: State) -> float:
        """What is left at the least: the straight distance to the nearest goal, and the corners on the way to it."""
        spot, turn = divmod(state, 4)
        column, row = divmod(spot, self.rows)
        x, y = self.xs[column], self.ys[row]
        least = inf
        for goal_x, goal_y, goal_turn in self.aims:
            if turn == goal_turn:
                straight = y == goal_y if turn % 2 == 0 else x == goal_x
                corners = 0.0 if straight else 2 * _CORNER
            else:
                corners = _CORNER if (turn + goal_turn) % 2 else 2 * _CORNER
            left = abs(goal_x - x) + abs(goal_y - y) + corners
            if left < least:
                least = left
        return least

    def _steps(self, state: State, came: State) -> list[tuple[State, float]]:
        """On along the line, or a turn at this crossing, but never back; a wire leaves its port straight."""
        spot, turn = divmod(state, 4)
        found = []
        line = self._level(spot % self.rows) if turn % 2 == 0 else self._upright(spot // self.rows)
        at = spot // self.rows if turn % 2 == 0 else spot % self.rows
        step = at if turn < 2 else at - 1
        if 0 <= step < len(line):
            following = state + self.strides[turn]
            found.append((following, line[step] + self.fees.get(following, 0.0)))
        # Who has just turned would only go back, or on as before.
        if came // 4 != spot:
            price = _CORNER + (_CRAMPED if spot in self.cramped else 0.0)
            for side in (1, 3):
                following = state - turn + (turn + side) % 4
                # A wire comes to its port straight too.
                if following not in self.goals:
                    found.append((following, price))
        return found

    def _near(self) -> set[int]:
        """The crossings at which a corner would leave too little room for an arrow head before a port."""
        found: set[int] = set()
        for goal_x, goal_y, _ in self.aims:
            columns = range(bisect_left(self.xs, goal_x - _ROOM), bisect_left(self.xs, goal_x + _ROOM))
            rows = range(bisect_left(self.ys, goal_y - _ROOM), bisect_left(self.ys, goal_y + _ROOM))
            found.update(
                column * self.rows + row
                for column in columns
                for row in rows
                if abs(goal_x - self.xs[column]) + abs(goal_y - self.ys[row]) < _ROOM
            )
        return found

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
        prices = self.traffic.steps(self.ends, line)
        return prices if (2 * line.at).is_integer() else [_OFF_GRID * price for price in prices]

    def _way(self, state: State, before: dict[State, State]) -> tuple[Point, ...]:
        states = [state]
        while states[-1] in before:
            states.append(before[states[-1]])
        spots = [(self.xs[state // 4 // self.rows], self.ys[state // 4 % self.rows]) for state in reversed(states)]
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
