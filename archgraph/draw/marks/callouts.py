"""Callouts: a dashed box around parts, and a caption beside it at the end of a leader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from archgraph.draw import shapes
from archgraph.draw.errors import PictureError
from archgraph.draw.figure import Frame, dot
from archgraph.draw.layout.grid import Plan
from archgraph.draw.letters import lettering, typeface
from archgraph.draw.paths import Box, Path, Point, around
from archgraph.draw.scene import Group, Item, Shape, Style
from archgraph.draw.sketch import Sketch
from archgraph.draw.theme import Theme
from archgraph.graph.staging import Callout

WORDS_SIZE = 18.0
_EDGE = 0.35
_LEADER = 0.25
_BELOW = 0.35
_AIR = 0.1
_LINE = WORDS_SIZE * 1.1 / shapes.UNIT
_CAPITAL = 0.644
_WIDE = 2.0
_WIDEST = 6.0
_CORNER = 9.0
_DASH = (3.0, 2.5)
_STROKE = 1.0


class Mark(NamedTuple):
    """A callout in its place, in u: its box, where its leader begins and ends, and its caption, no lines for none."""

    number: int
    caption: str
    lines: tuple[str, ...]
    box: Box
    leader: tuple[Point, Point]
    spot: Box

    @property
    def extent(self) -> Box:
        """All of it (left, bottom, right, top)."""
        return around((*_corners(self.box), *_corners(self.spot)))


def marks(
    callouts: Iterable[Callout], sketch: Sketch, plan: Plan, taken: Sequence[Box], *, parted: bool = False
) -> tuple[Mark, ...]:
    """The callouts of a plan, their captions clear of what is `taken`, which are boxes in u.

    Where a plan is `parted`, things that stand together elsewhere may stand apart: each group of them gets a box, and
    the first of these the caption.

    Raises:
        PictureError: something stands among the parts of a callout that does not belong to it.
    """
    found: list[Mark] = []
    for callout in callouts:
        members = _members(callout, sketch, plan)
        groups = _groups(members, plan) if parted else [members] if members else []
        for index, group in enumerate(groups):
            others = [*taken, *(each.extent for each in found)]
            caption = "" if index else callout.caption
            clear = Plan({name: spot for name, spot in plan.places.items() if name in group or name not in members})
            box = _around(callout, group, clear, taken)
            found.append(_mark(len(found) + 1, caption, box, others))
    return tuple(found)


def _groups(members: list[str], plan: Plan) -> list[list[str]]:
    """The members of a callout by what can have a box together; members of other groups may stand in it."""
    strangers = [spot for name, spot in plan.places.items() if name not in members]
    found: list[list[str]] = []
    for name in members:
        for group in found:
            whole = around(point for each in (*group, name) for point in _corners(_box(plan, each)))
            if not any(_over(whole, (spot.left, spot.bottom, spot.right, spot.top)) for spot in strangers):
                group.append(name)
                break
        else:
            found.append([name])
    return found


def _over(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _members(callout: Callout, sketch: Sketch, plan: Plan) -> list[str]:
    """The parts of a callout, with the delays that touch them."""
    named = dict.fromkeys(name for name in callout.around if name in plan.places)
    for link in sketch.links:
        ends = (link.source, link.target)
        if link.name in plan.silent and not named.keys().isdisjoint(ends):
            named |= dict.fromkeys(name for name in ends if sketch.parts[name].sort == "delay")
    return list(named)


def _around(callout: Callout, members: list[str], plan: Plan, taken: Sequence[Box]) -> Box:
    """The box around parts: as far out as the notation has it, half way where something stands near."""
    inner = around(point for name in members for point in _corners(_box(plan, name)))
    sides = [_EDGE] * 4
    for name in plan.places:
        if name in members:
            continue
        other = _box(plan, name)
        gaps = (inner[0] - other[2], inner[1] - other[3], other[0] - inner[2], other[1] - inner[3])
        side = max(range(4), key=lambda index: gaps[index])
        if gaps[side] < 0:
            raise PictureError(
                f"the callout '{callout.caption}' would go around '{name}' too: name it, or pin one of them elsewhere"
            )
        sides[side] = min(sides[side], gaps[side] / 2)
    for side, far in enumerate(sides):
        # Not along a wire, which would hide it: nearer to the parts, or a little further.
        steps = (far, far - 0.1, far - 0.2, far + 0.1, far + 0.2) if far == _EDGE else (far, far - 0.1)
        sides[side] = next((step for step in steps if step > 0 and not _along(inner, side, step, taken)), far)
    return inner[0] - sides[0], inner[1] - sides[1], inner[2] + sides[2], inner[3] + sides[3]


def _along(inner: Box, side: int, far: float, taken: Sequence[Box]) -> bool:
    """Whether a wire runs beside a side of a box that stands `far` out."""
    at = inner[side] + (far if side > 1 else -far)
    across, along = (0, 1) if side in (0, 2) else (1, 0)
    for box in taken:
        beside = box[across] == box[across + 2] and abs(box[across] - at) < _AIR
        if beside and box[along] < inner[along + 2] and box[along + 2] > inner[along]:
            return True
    return False


def _mark(number: int, caption: str, box: Box, taken: Sequence[Box]) -> Mark:
    """A callout with its caption at the first side that has room for it, the left one else."""
    if not caption:
        return Mark(number, caption, (), box, (box[:2], box[:2]), box)
    lines = _wrapped(caption)
    candidates = list(_candidates(box, lines))
    free = (each for each in candidates if not any(_meet(each[1], other) for other in taken))
    leader, spot = next(free, candidates[0])
    return Mark(number, caption, lines, box, leader, spot)


def _wrapped(caption: str) -> tuple[str, ...]:
    """The lines of a caption; a long word makes all of it wider.

    Raises:
        TooLongError: a word that is wider than a caption may be.
    """
    longest = max(caption.split(), key=len, default="")
    words = [typeface.width(word, WORDS_SIZE) for word in caption.split()]
    across = max([_WIDE * shapes.UNIT, *words])
    if across > _WIDEST * shapes.UNIT:
        raise lettering.TooLongError(f"the caption of a callout holds the word {longest!r}, which is too long")
    return lettering.wrapped(caption, across + 1e-6, WORDS_SIZE)


def _candidates(box: Box, lines: tuple[str, ...]) -> Iterator[tuple[tuple[Point, Point], Box]]:
    """Leaders and places for the caption: left and right of the box, near its top, then lower; above and below."""
    wide = max((typeface.width(line, WORDS_SIZE) for line in lines), default=0.0) / shapes.UNIT
    high = len(lines) * _LINE
    left, bottom, right, top = box
    for y in (top - _BELOW, bottom + _BELOW, (bottom + top) / 2):
        for x, sign in ((left, -1), (right, 1)):
            end = (x + sign * _LEADER, y)
            near, far = end[0] + sign * _AIR, end[0] + sign * (_AIR + wide)
            yield ((x, y), end), (min(near, far), y - high / 2, max(near, far), y + high / 2)
    for x in (left + wide / 2 + _BELOW, right - wide / 2 - _BELOW, (left + right) / 2):
        for y, sign in ((top, 1), (bottom, -1)):
            end = (x, y + sign * _LEADER)
            near, far = end[1] + sign * _AIR, end[1] + sign * (_AIR + high)
            yield ((x, y), end), (x - wide / 2, min(near, far), x + wide / 2, max(near, far))


def painted(mark: Mark, frame: Frame, theme: Theme) -> Group:
    """The dashed box, a dot on it, the leader and the caption."""
    id, scale = f"callout--{mark.number}", frame.scale
    box = frame.area(mark.box)
    style = Style(theme.stroke("callout"), _STROKE * scale, "none", _DASH, "callout")
    outline = Shape(f"{id}/shape", "path", box, style, shapes.rounded(box, _CORNER * scale))
    if not mark.lines:
        return Group(id, "callout", "callout", (outline,))
    start, end = (frame.point(point) for point in mark.leader)
    way: Path = (("M", start), ("L", end))
    leader = Shape(f"{id}/leader", "path", around((start, end)), style, way)
    point = dot(f"{id}/dot", start, frame, theme, colour=style.stroke)
    return Group(id, f"callout: {mark.caption}", "callout", (outline, leader, point, *_caption(id, mark, frame, theme)))


def _caption(id: str, mark: Mark, frame: Frame, theme: Theme) -> tuple[Item, ...]:
    left, top, right, bottom = frame.area(mark.spot)
    size = max(lettering.SMALLEST, WORDS_SIZE * frame.scale)
    pitch = (bottom - top) / max(1, len(mark.lines))
    items = []
    for index, line in enumerate(mark.lines):
        base = top + (index + 0.5) * pitch + _CAPITAL * size / 2
        start = ((left + right) / 2 - typeface.width(line, size) / 2, base)
        items.append(lettering.words(f"{id}/label{index + 1}", line, start, size=size, colour=theme.text))
    return tuple(items)


def _box(plan: Plan, name: str) -> Box:
    spot = plan.places[name]
    return spot.left, spot.bottom, spot.right, spot.top


def _corners(box: Box) -> tuple[Point, Point]:
    return (box[0], box[1]), (box[2], box[3])


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] + _AIR and other[0] < one[2] + _AIR
    return across and one[1] < other[3] + _AIR and other[1] < one[3] + _AIR
