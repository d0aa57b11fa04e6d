"""A channel between two columns: each net comes in at one row, changes to others on an upright track, and goes on.

Tracks are shared by nets that keep apart. Where the row at which one net comes in is the row at which another goes
out, the first must turn before the second; nets that wait for each other in a circle turn twice.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_CLEAR = 0.2
_STEP = 0.25

# The corners of a wire in a channel: on which track it turns, and to which row.
Way = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Net:
    """The wires of one source between two columns: the row where they come in and those where they go out."""

    name: str
    start: float
    ends: tuple[float, ...]


@dataclass(frozen=True)
class _Piece:
    """One upright stretch of a net."""

    net: Net
    start: float
    ends: tuple[float, ...]

    @property
    def low(self) -> float:
        """The lowest row that it meets."""
        return min(self.start, *self.ends)

    @property
    def high(self) -> float:
        """The highest row that it meets."""
        return max(self.start, *self.ends)


def channel(nets: Sequence[Net]) -> tuple[dict[tuple[str, float], Way], int]:
    """The way of each net to each of its ends, () for a straight one, and how many tracks there are."""
    placed = _placed(_turning(nets))
    tracks = _tracks(placed)
    turns: dict[str, list[tuple[float, tuple[float, ...]]]] = defaultdict(list)
    for piece, track in zip(placed, tracks, strict=True):
        turns[piece.net.name].append((float(track), piece.ends))
    found: dict[tuple[str, float], Way] = {}
    for net in nets:
        stretches = turns[net.name]
        before = tuple((track, ends[0]) for track, ends in stretches[:-1])
        for end in net.ends:
            found[net.name, end] = (*before, (stretches[-1][0], end)) if stretches else ()
    return found, max(tracks, default=-1) + 1


def _turning(nets: Sequence[Net]) -> list[_Piece]:
    return [_Piece(net, net.start, net.ends) for net in nets if set(net.ends) != {net.start}]


def _preferred(piece: _Piece) -> tuple[float, str]:
    """What goes up turns the earlier the higher it starts, what goes down the lower: then neither crosses its like."""
    rising = sum(piece.ends) / len(piece.ends) > piece.start
    return (-piece.start if rising else piece.start), piece.net.name


def _before(pieces: Sequence[_Piece]) -> list[list[int]]:
    """For each piece those that must turn after it: they go out at the row at which it comes in."""
    outs = sorted((end, index) for index, piece in enumerate(pieces) for end in piece.ends)
    levels = [end for end, _ in outs]
    found = []
    for index, piece in enumerate(pieces):
        low, high = bisect_right(levels, piece.start - _CLEAR), bisect_left(levels, piece.start + _CLEAR)
        found.append(sorted({other for _, other in outs[low:high]} - {index}))
    return found


def _placed(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces from left to right; a piece that others wait for, and that waits for them, is split in two."""
    after = _before(pieces)
    waiting = [0] * len(pieces)
    for following in after:
        for index in following:
            waiting[index] += 1
    rest = dict(enumerate(pieces))
    taken = sorted({row for piece in pieces for row in (piece.start, *piece.ends)})
    ready = [(_preferred(piece), index) for index, piece in rest.items() if not waiting[index]]
    heapq.heapify(ready)
    order: list[_Piece] = []
    split: set[int] = set()
    while rest:
        if ready:
            index = heapq.heappop(ready)[1]
            piece = rest.pop(index)
        else:
            index = min((index for index in rest if index not in split), key=lambda index: _preferred(rest[index]))
            whole, row = rest[index], _free_row(rest[index], taken)
            piece, rest[index] = _Piece(whole.net, whole.start, (row,)), _Piece(whole.net, row, whole.ends)
        order.append(piece)
        for other in after[index] if index not in split else ():
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, (_preferred(rest[other]), other))
        if index in rest:
            split.add(index)
    return order


def _free_row(piece: _Piece, taken: list[float]) -> float:
    """A row near the middle of a piece at which no net comes in or goes out; it is taken from then on."""
    middle = round((piece.start + piece.ends[0]) / 2 / _STEP) * _STEP
    for step in range(2 * len(taken) + 2):
        row = middle + (step // 2 + step % 2) * _STEP * (1 if step % 2 else -1)
        spot = bisect_left(taken, row)
        if all(abs(other - row) >= _CLEAR - 1e-9 for other in taken[max(0, spot - 1) : spot + 1]):
            taken.insert(spot, row)
            return row
    return middle


def _tracks(pieces: Sequence[_Piece]) -> list[int]:
    """The leftmost track for each piece, right of all before it that it would touch or that must turn earlier."""
    taken: list[list[tuple[float, float]]] = []
    found: list[int] = []
    for piece in pieces:
        track = len(taken)
        while track and not _touches(piece, taken[track - 1]):
            track -= 1
        if track == len(taken):
            taken.append([])
        insort(taken[track], (piece.low, piece.high))
        found.append(track)
    return found


def _touches(piece: _Piece, taken: list[tuple[float, float]]) -> bool:
    """Whether a piece comes too near to one of a track, whose pieces keep apart."""
    after = bisect_left(taken, (piece.low, piece.low))
    beyond = after < len(taken) and taken[after][0] < piece.high + _CLEAR
    return beyond or (after > 0 and taken[after - 1][1] > piece.low - _CLEAR)
