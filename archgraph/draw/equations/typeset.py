"""Equations drawn: lines that stand one under another by their signs of equality, and pages of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from archgraph.draw.equations.pieces import Equation, Piece, Pieces
from archgraph.draw.letters import lettering, maths
from archgraph.draw.paths import Point
from archgraph.draw.scene import Group, Scene
from archgraph.draw.theme import Theme
from archgraph.draw.writers.listing import plain

# Room in em before and after a sign, as TeX leaves it.
_ROOM = {"relation": (0.28, 0.28), "operator": (0.22, 0.22), "comma": (0.0, 0.17), "function": (0.17, 0.17)}
LARGEST = 24.0
WIDEST = 1800.0
LEADING = 1.6
_ASCENT = 0.9
_DESCENT = 0.4
_INDENT = 1.0
_EDGE = 22.5


@dataclass(frozen=True)
class Spot:
    """A piece in its place: which equation it belongs to, and in em the start of its baseline."""

    equation: int
    piece: Piece
    x: float
    y: float


@dataclass(frozen=True)
class Block:
    """Equations laid out in em, from their upper left corner."""

    equations: tuple[Equation, ...]
    spots: tuple[Spot, ...]
    width: float
    height: float

    def painted(self, corner: Point, size: float, theme: Theme) -> tuple[Group, ...]:
        """A group for each equation, its symbols in the colours of what they stand for."""
        return tuple(self._line(index, corner, size, theme) for index in range(len(self.equations)))

    def _line(self, index: int, corner: Point, size: float, theme: Theme) -> Group:
        equation = self.equations[index]
        id = f"equation--{equation.id}"
        symbols = []
        for number, spot in enumerate(spot for spot in self.spots if spot.equation == index):
            start = (corner[0] + spot.x * size, corner[1] + spot.y * size)
            colour = theme.stroke(spot.piece.what) if spot.piece.what else theme.text
            symbols.append(lettering.symbol_at(f"{id}/{number + 1}", spot.piece.tex, start, size=size, colour=colour))
        return Group(id, said(equation), "equation", tuple(symbols))


def said(equation: Equation) -> str:
    """An equation as text."""
    return " ".join(plain(piece.tex) for piece in (*equation.left, Piece(equation.sign), *equation.right))


def arranged(equations: Iterable[Equation], room: float, leading: float = LEADING) -> Block:
    """Equations one under another, at most `room` em wide; what is longer goes on below its sign of equality."""
    listed = tuple(equations)
    lefts = [_row(each.left, 0.0) for each in listed]
    edge = max((end for _, end in lefts), default=0.0)
    spots: list[Spot] = []
    width, line = 0.0, 0
    for index, (equation, (left, end)) in enumerate(zip(listed, lefts, strict=True)):
        y = _ASCENT + line * leading
        spots += [Spot(index, piece, x + edge - end, y) for piece, x in left]
        for number, part in enumerate(_broken((Piece(equation.sign), *equation.right), room - edge)):
            placed, stop = _row(part, edge + (_INDENT if number else 0.0))
            spots += [Spot(index, piece, x, _ASCENT + line * leading) for piece, x in placed]
            width, line = max(width, stop), line + 1
    return Block(listed, tuple(spots), width, _ASCENT + max(line - 1, 0) * leading + _DESCENT)


def alone(equations: Iterable[Equation], title: str, theme: Theme) -> Scene:
    """A page of equations, as large as they are."""
    block = arranged(equations, WIDEST / LARGEST)
    width, height = (float(ceil(side * LARGEST + 2 * _EDGE)) for side in (block.width, block.height))
    items = block.painted((_EDGE, _EDGE), LARGEST, theme)
    text = f"Equations of {title}: {'; '.join(map(said, block.equations))}."
    return Scene(width, height, theme.background, title, text, items)


def _row(pieces: Pieces, start: float) -> tuple[list[tuple[Piece, float]], float]:
    """Pieces side by side from a start in em, with the room that each sort takes, and where they end."""
    placed = []
    pen = start
    for before, piece, after in zip((None, *pieces), pieces, (*pieces[1:], None), strict=False):
        first, last = _room(before, piece, after)
        pen += first
        placed.append((piece, pen))
        pen += maths.drawn(piece.tex).pen + last
    return placed, pen


def _room(before: Piece | None, piece: Piece, after: Piece | None) -> tuple[float, float]:
    """What a piece leaves free before and after it."""
    first, last = _ROOM.get(piece.sort, (0.0, 0.0))
    opens = before is None or before.tex in ("(", "[") or bool(_ROOM.get(before.sort))
    if piece.sort == "operator" and before is not None and opens:
        return 0.0, 0.0  # a sign of one thing, as in -x
    closes = after is None or after.tex[:1] in ("(", "[")
    return (0.0 if opens and piece.sort != "relation" else first), (
        0.0 if piece.sort == "function" and closes else last
    )


def _broken(pieces: Pieces, room: float) -> Iterator[Pieces]:
    """Pieces in runs that fit a room, broken before operators, those outside of most brackets first."""
    rest = pieces
    while _row(rest, _INDENT)[1] > room:
        depths = _depths(rest)
        places = [at for at, piece in enumerate(rest) if at > 1 and piece.sort == "operator"]
        fitting = [at for at in places if _row(rest[:at], _INDENT)[1] <= room] or places[:1]
        if not fitting:
            break
        place = min(fitting, key=lambda at: (depths[at], -at))
        yield rest[:place]
        rest = rest[place:]
    yield rest


def _depths(pieces: Pieces) -> list[int]:
    """In how many brackets each piece stands."""
    depths, depth = [], 0
    for piece in pieces:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(piece.tex, 0)
        depths.append(depth)
    return depths
