"""The cheapest orthogonal way through the channels between shapes: A* over points and directions."""

from __future__ import annotations

from bisect import bisect_left
from heapq import heappop, heappush
from math import inf

from archgraph.draw.layout.lines import Lines
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
_LIMIT = 60_000
# A search counts crossings by the step: it may take a way for this much dearer than it is.
_SLACK = 10.0

# A crossing, columns first, four times, and the turn: states are in the order of columns, rows and turns.
State = int
# To a goal, by column and by row: the distance, and what its side, there and there, and the turn add up to: the place
# of the price of the corners among those at the end.
_Aim = tuple[list[tuple[float, int]], list[tuple[float, int]], list[float]]
# What a move adds to a state to find the price of its step, and to get where it leads; and the price of its corner.
_Move = tuple[int, int, float]


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _corners_ahead(turn: int, along: int, aside: int) -> int:
    """The fewest corners to a goal that is entered by turn 0.

    Args:
        turn: where the way goes now.
        along: whether the goal is ahead, 1, or behind, -1, as it is entered.
        aside: whether it is at the left, 1, or the right, -1, as it is entered.
    """
    if turn == 0:
        straight = aside == 0 and along >= 0
        return 0 if straight else 2 if along > 0 else 4
    if turn == 2:
        return 2 if aside else 4
    return 1 if along > 0 and aside * (2 - turn) >= 0 else 3


_CORNERS = tuple(
    [
        _CORNER * _corners_ahead((turn - goal) % 4, dx * across + dy * up, dx * up - dy * across)
        for across in (-1, 0, 1)
        for up in (-1, 0, 1)
        for turn in range(4)
    ]
    for goal, (dx, dy) in enumerate(_TURNS)
)


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
        self.moves = self._turning(_CORNER)
        self.starts = {self._state(port, leaving=True): port for port, _ in pairs}
        self.goals = {self._state(port, leaving=False): port for _, port in pairs}
        self.aims = [self._aim(state) for state in self.goals]
        # By the state before each goal: what it costs to end there.
        self.fees = {
            state - self.moves[state & 3][0][1]: self._fee(port, leaving=False) for state, port in self.goals.items()
        }
        tight = self._turning(_CORNER + _CRAMPED)
        self.special = {4 * spot + turn: tight[turn] for spot in self._near() for turn in range(4)}
        # A wire leaves its port straight.
        self.special.update((state, self.moves[state & 3][:1]) for state in self.starts)
        self.level = traffic.charged(ends, Lines(self.xs, self.ys, level=True))
        self.upright = traffic.charged(ends, Lines(self.ys, self.xs, level=False))
        # By state, what the next step on costs; -1 where nobody has asked yet.
        self.prices = [-1.0] * (4 * len(self.xs) * self.rows)

    def _lines(self, ports: list[float], low: str, high: str) -> list[float]:
        edges = [(getattr(place, low), getattr(place, high)) for place in self.places]
        first, last = min(edge[0] for edge in edges) - _MARGIN, max(edge[1] for edge in edges) + _MARGIN
        start = round(first * 2)
        half = {step / 2 for step in range(start, round(last * 2) + 1)}
        beside = {value for edge in edges for value in (edge[0] - 0.25, edge[1] + 0.25)}
        walls = [(getattr(place, low), getattr(place, high)) for place in self.frames]
        beside |= {value for edge in walls for value in (edge[0] + 0.25, edge[1] - 0.25)}
        return sorted({round(value, 4) for value in (*half, *beside, *ports)})

    def _turning(self, corner: float) -> tuple[tuple[_Move, ...], ...]:
        """By turn the moves on, around the one corner, and around the other, but never back."""
        strides = (4 * self.rows, 4, -4 * self.rows, -4)
        return tuple(
            tuple(
                (onward - turn, strides[onward] + onward - turn, corner if onward != turn else 0.0)
                for onward in (turn, (turn + 1) % 4, (turn + 3) % 4)
            )
            for turn in range(4)
        )

    def _state(self, port: Port, *, leaving: bool) -> State:
        turn = (port.dx, port.dy) if leaving else (-port.dx, -port.dy)
        column, row = bisect_left(self.xs, round(port.x, 4)), bisect_left(self.ys, round(port.y, 4))
        return (column * self.rows + row) * 4 + _TURNS.index(turn)

    def _aim(self, goal: State) -> _Aim:
        """What there is to a goal, by column and by row, and the corners on the way from either side."""
        column, row = divmod(goal >> 2, self.rows)
        return (
            [(abs(x - self.xs[column]), 12 * _sign(column - index) + 16) for index, x in enumerate(self.xs)],
            [(abs(y - self.ys[row]), 4 * _sign(row - index)) for index, y in enumerate(self.ys)],
            _CORNERS[goal & 3],
        )

    def _fee(self, port: Port, *, leaving: bool) -> float:
        return self.traffic.port(self.ends.owner, (port.x, port.y), leaving=leaving)

    def cheapest(self, *, below: float, most: float = inf) -> tuple[Point, ...] | None:
        """A search from all starts at once, nearest to a goal first, by steps that cost less than `below`.

        Ways that cost `most` or more are left.
        """
        best, prices, ahead = [inf] * len(self.prices), self.prices, self._ahead
        usual, special = self.moves, self.special
        before: dict[State, State] = {}
        waiting = self._begun(best)
        for _ in range(_LIMIT):
            if not waiting:
                return None
            _, price, state = heappop(waiting)
            if state in self.goals:
                return self._way(state, before)
            if price > best[state]:
                continue
            # There are tens of thousands of steps, so they are taken here and not one function each.
            for turn, onward, corner in special.get(state) or usual[state & 3]:
                step = prices[state + turn]
                if step < 0.0:
                    step = self._lined(state + turn)
                if step < below:
                    following = state + onward
                    total = price + (step + corner)
                    if total < best[following]:
                        whole = total + ahead(following)
                        if whole < most:
                            best[following], before[following] = total, state
                            heappush(waiting, (whole, total, following))
        return None

    def _begun(self, best: list[float]) -> list[tuple[float, float, State]]:
        """The starts, in the order in which they are tried, when their prices are noted."""
        for state, port in self.starts.items():
            best[state] = self._fee(port, leaving=True)
        return sorted((best[state] + self._ahead(state), best[state], state) for state in self.starts)

    def _ahead(self, state: State) -> float:
        """What is left at the least: the straight distance to the nearest goal, and the corners on the way to it."""
        turn = state & 3
        column, row = divmod(state >> 2, self.rows)
        least = inf
        for across, up, corners in self.aims:
            away, aside = across[column]
            off, over = up[row]
            left = away + off + corners[aside + over + turn]
            if left < least:
                least = left
        return least

    def _lined(self, state: State) -> float:
        """What the step on from a state costs, when all along its line are noted."""
        turn = state & 3
        column, row = divmod(state >> 2, self.rows)
        if turn % 2 == 0:
            lines, index, first, stride = self.level, row, 4 * row, 4 * self.rows
        else:
            lines, index, first, stride = self.upright, column, 4 * self.rows * column + 1, 4
        prices = lines.prices(index)
        # Of two ways as good, the one on the grid is taken.
        if not (2 * lines.at[index]).is_integer():
            prices = [_OFF_GRID * price for price in prices]
        end = first + stride * len(prices) + 1
        self.prices[first:end:stride] = [*prices, inf]
        self.prices[first + 2 : end + 2 : stride] = [inf, *prices]
        for last, fee in self.fees.items():
            if first <= last < end + 2 and (last - first) % stride in (0, 2):
                self.prices[last] += fee
        return self.prices[state]

    def _near(self) -> set[int]:
        """The crossings at which a corner would leave too little room for an arrow head before a port."""
        found: set[int] = set()
        for goal_x, goal_y, *_ in self.goals.values():
            columns = range(bisect_left(self.xs, goal_x - _ROOM), bisect_left(self.xs, goal_x + _ROOM))
            rows = range(bisect_left(self.ys, goal_y - _ROOM), bisect_left(self.ys, goal_y + _ROOM))
            found.update(
                column * self.rows + row
                for column in columns
                for row in rows
                if abs(goal_x - self.xs[column]) + abs(goal_y - self.ys[row]) < _ROOM
            )
        return found

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
