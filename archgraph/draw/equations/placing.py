"""Where equations stand on the page of a picture: under its heading, else wherever it leaves room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from math import ceil, inf, sqrt
from typing import NamedTuple

from archgraph.draw.equations.flowing import Flowing
from archgraph.draw.equations.pieces import Equation
from archgraph.draw.equations.room import rooms
from archgraph.draw.equations.typeset import LARGEST, WIDEST, Block, arranged
from archgraph.draw.letters.lettering import SMALLEST
from archgraph.draw.marks.heading import LEFT
from archgraph.draw.paths import Box, Point, around, bounds
from archgraph.draw.scene import Group, Item, Line, Scene
from archgraph.draw.theme import Theme

_SIZES = (LARGEST, 22.0, 20.0, 18.0, 16.0)
_SMALLER = (22.0, 20.0, 18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, SMALLEST)
_USUAL = 22.0
_COLUMNS = (1, 2, 3)
# From line to line where room is short, and between columns, in em.
_CLOSE = 1.4
_GUTTER = 2.0
_GAP = 26.0
_AIR = 16.0
_EDGE = 22.5
# How many free rectangles are tried, and how much smaller equations may be for lines that are whole.
_ROOMS = 12
_WHOLE = 0.75
_LEGIBLE = 14.0
# The least size that is read on a slide; what counts less than `_POOR`, with its heading, may stand in several places.
_READABLE = 11.0
_POOR = 9.0
_LARGEST_FLOW, _SMALLEST_FLOW = 14.0, 10.0
# How far blocks in several places keep from each other.
_APART = 26.0
# How much further than need be equations keep from what is over them.
_LOOSE = 12.0


class Setting(NamedTuple):
    """Blocks of equations side by side, each with its upper left corner, at a size in points."""

    size: float
    blocks: tuple[tuple[Block, Point], ...]

    def painted(self, theme: Theme) -> tuple[Group, ...]:
        """A group for each equation."""
        return tuple(group for block, corner in self.blocks for group in block.painted(corner, self.size, theme))


# A part of the usual size of a heading, the scene with it, and how equations stand there.
_Try = tuple[float, Scene, Setting | None]


def beneath(
    scene: Scene, equations: Iterable[Equation], theme: Theme, others: Iterable[tuple[float, Scene]] = ()
) -> Scene:
    """The scene with equations under its title and legend, or under all of it, as large as there is room for.

    Nothing of the picture moves: a part stands on the same spot with equations and without. Where there is no room the
    page becomes longer, unless there are other scenes to try, which have a part of the size of the heading: then the
    equations stand in columns or smaller wherever one of them leaves room.
    """
    listed = tuple(equations)
    found = _usual(scene, listed)
    if found:
        return scene._replace(items=scene.items + found.painted(theme))
    tried = list(others)
    best = _best(((level, each, _free(each, listed)) for level, each in tried), enough=_LEGIBLE)
    if tried and (best is None or _rank(*best) < (True, _POOR)):
        flowing = [(level, each, _flowed(each, listed)) for level, each in tried]
        best = _best([*([best] if best else []), *flowing])
    if best and best[2]:
        return best[1]._replace(items=best[1].items + best[2].painted(theme))
    return _longer(scene, listed, theme)


def _best(tries: Iterable[_Try], enough: float = inf) -> _Try | None:
    """The best of the tries in which there is room, the first that is large enough at once."""
    best: _Try | None = None
    for each in tries:
        if each[2] and (best is None or _rank(*each) > _rank(*best)):
            best = each
        if each[2] and each[2].size >= enough:
            break
    return best


def _worth(level: float, scene: Scene, found: Setting | None) -> float:
    """How large equations and heading are."""
    return found.size * sqrt(level) if found else 0.0


def _rank(level: float, scene: Scene, found: Setting | None) -> tuple[bool, float]:
    """What can be read on a slide comes before what cannot."""
    return found is not None and found.size >= _READABLE, _worth(level, scene, found)


def _usual(scene: Scene, listed: tuple[Equation, ...]) -> Setting | None:
    """One block at the left, under the heading or under all."""
    taken = list(_taken(scene.items))
    heads = [box[3] for kind, box in taken if kind in ("title", "legend")]
    low = max((box[3] for _, box in taken), default=0.0) + _GAP
    for size in _SIZES:
        block = arranged(listed, (scene.width - 2 * LEFT) / size)
        for top in (max(heads, default=_EDGE) + _GAP, low):
            box = (LEFT, top, LEFT + block.width * size, top + block.height * size)
            if box[3] < scene.height - _EDGE and not any(_meet(box, other) for _, other in taken):
                return Setting(size, ((block, (LEFT, top)),))
    return None


def _free(scene: Scene, listed: tuple[Equation, ...]) -> Setting | None:
    """Columns in the largest free rectangle that has room for them, as large as can be and rather few than many.

    Lines are broken only where equations would be small, and get larger by that.
    """
    free = _rooms(scene)
    whole = [_columned(listed, count, WIDEST) for count in _COLUMNS if count <= len(listed)]
    plain = _first(whole, free, _SMALLER, broken=False)
    if plain and plain.size >= _LEGIBLE:
        return plain
    larger = [size for size in _SMALLER if plain is None or size * _WHOLE > plain.size]
    return _first(whole, free, larger, broken=True) or plain


def _flowed(scene: Scene, listed: tuple[Equation, ...]) -> Setting | None:
    """Blocks in two free rectangles clear of the heading, as large as can be, where that can be read."""
    heads = [box for kind, box in _taken(scene.items) if kind in ("title", "legend")]
    corner = around([(0.0, 0.0), *(box[2:] for box in heads)])
    flowing = Flowing(listed, _rooms(scene, corner), _CLOSE)
    for size in (each for each in _SMALLER if _SMALLEST_FLOW <= each <= _LARGEST_FLOW):
        found = flowing.at(size, _APART)
        if found:
            return Setting(size, tuple((block, _corner((block,), room, size)) for block, room in found))
    return None


def _rooms(scene: Scene, *more: Box) -> Sequence[Box]:
    """The largest free rectangles of a page, more than what is drawn being taken."""
    page = (_EDGE, _EDGE, scene.width - _EDGE, scene.height - _EDGE)
    return rooms((*more, *(box for _, box in _taken(scene.items))), page, _AIR)[:_ROOMS]


def _corner(columns: tuple[Block, ...], room: Box, size: float) -> Point:
    """Where columns begin: in line with the heading if that can be, and a little under what is over them."""
    x = max(room[0], min(LEFT, room[2] - _across(columns) * size))
    return x, room[1] + min(_LOOSE, room[3] - room[1] - max(block.height for block in columns) * size)


def _first(
    whole: list[tuple[Block, ...]], free: Sequence[Box], sizes: Sequence[float], *, broken: bool
) -> Setting | None:
    """The first of some sizes at which columns have room, with lines broken where they must be or whole."""
    tried = (_placed(columns, room, size, broken=broken) for size, columns, room in product(sizes, whole, free))
    return next((found for found in tried if found), None)


def _columned(listed: Sequence[Equation], count: int, room: float) -> tuple[Block, ...]:
    """Equations in columns, each at most `room` em wide."""
    rows = ceil(len(listed) / count)
    return tuple(arranged(listed[begin : begin + rows], room, _CLOSE) for begin in range(0, len(listed), rows))


def _placed(columns: tuple[Block, ...], room: Box, size: float, *, broken: bool) -> Setting | None:
    """Columns in a free rectangle, or None where they have no room."""
    wide, high = (room[2] - room[0]) / size, (room[3] - room[1]) / size
    if max(block.height for block in columns) > high:
        return None
    if _across(columns) > wide:
        if not broken or _ink(columns) > wide * high:
            return None
        each = (wide - _GUTTER * (len(columns) - 1)) / len(columns)
        columns = tuple(arranged(block.equations, each, _CLOSE) for block in columns)
        if _across(columns) > wide or max(block.height for block in columns) > high:
            return None
    x, y = _corner(columns, room, size)
    found = []
    for block in columns:
        found.append((block, (x, y)))
        x += (block.width + _GUTTER) * size
    return Setting(size, tuple(found))


def _ink(columns: tuple[Block, ...]) -> float:
    """The area in square em that all lines take, however they are broken; a little less than that."""
    total = 0.0
    for block in columns:
        starts: dict[int, list[float]] = defaultdict(list)
        for spot in block.spots:
            starts[spot.equation].append(spot.x)
        total += _CLOSE * sum(max(each) - min(each) for each in starts.values())
    return total


def _across(columns: tuple[Block, ...]) -> float:
    return sum(block.width for block in columns) + _GUTTER * (len(columns) - 1)


def _longer(scene: Scene, listed: tuple[Equation, ...], theme: Theme) -> Scene:
    """The scene on a page with room for equations under all of it, where one is at which no line breaks."""
    low = max((box[3] for _, box in _taken(scene.items)), default=0.0) + _GAP
    room, whole = scene.width - 2 * LEFT, arranged(listed, WIDEST)
    smaller = (size for size in _SIZES if size <= _USUAL and arranged(listed, room / size).height == whole.height)
    size = next(smaller, _USUAL)
    block = arranged(listed, room / size)
    height = max(scene.height, float(ceil(low + block.height * size + _EDGE)))
    return scene._replace(height=height, items=scene.items + block.painted((LEFT, low), size, theme))


def _taken(items: tuple[Item, ...]) -> Iterator[tuple[str, Box]]:
    """The boxes of all ink with the kinds of their groups; a frame and a line of legend take all that is in them."""
    for item in items:
        if isinstance(item, Group) and item.kind == "legend":
            yield "legend", around(corner for _, box in _taken(item.items) for corner in (box[:2], box[2:]))
        elif isinstance(item, Group):
            yield from ((item.kind, box) for _, box in _taken(item.items))
        elif isinstance(item, Line):
            yield from (("wire", around(stretch)) for stretch in pairwise(item.points))
            if item.head:
                yield "wire", bounds(item.head)
        else:
            yield "", item.box


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] + _AIR and other[0] < one[2] + _AIR
    return across and one[1] < other[3] + _AIR and other[1] < one[3] + _AIR
