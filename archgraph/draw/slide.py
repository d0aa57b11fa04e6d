"""The page: title and legend at the left, the picture against the right, as on the lecture slides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from archgraph.draw.figure import Frame, extents, figure
from archgraph.draw.letters.lettering import TooLongError
from archgraph.draw.marks.callouts import painted
from archgraph.draw.marks.heading import LEFT, TITLE_SIZE, Heading, ink, texts
from archgraph.draw.paths import Box
from archgraph.draw.roles import Roles
from archgraph.draw.scene import Group, Item, Scene
from archgraph.draw.shapes import UNIT
from archgraph.draw.sketch import Sketch
from archgraph.draw.theme import Theme

WIDTH = 960.0
HEIGHT = 540.0
_EDGE = 22.5
_RIGHT = 915.0
_TOP = 60.0
_AIR = 18.0
# How much smaller a picture may be to stand in the middle, and how far below it is low, in points.
_NEARLY = 0.85
_LOW = 30.0
_TITLE_SIZES = (TITLE_SIZE, 38.0, 33.0)
# A heading may be smaller beside a picture that is not large, if that makes the picture larger.
_LEVELS = (1.0, 0.85, 0.7)
# It may be still smaller where parts are held in place, rather than that the page grows.
_LAST_LEVELS = (0.6, 0.5)
_LARGE = 0.65
# A long legend may stand in columns, over the picture; what that must win.
_COLUMNS = (1, 2, 3)
_LONG = 6
_SPREAD = 0.97
_HEADING = 0.35
# From this percentage of the notation's size on, a label that does not fit needs the full size.
_LEGIBLE = 61
# What it costs to stand over the middle by the height of the slide; under a heading is a place of its own.
_OFF = 0.4
# What it counts that a picture has its full size on a page that is larger than a slide.
_GROWN = 0.1


@dataclass(frozen=True)
class Subject:
    """What stands on a page: its boxes in u, how to draw it in a frame, and what it shows in words.

    `centred`: no row has a fixed place on the page. `smallest`: the least percentage of the notation's size. `about`:
    boxes of what stands about it, which must have room on the page but does not say where the rest goes. `held`: its
    author holds parts in place, so that it cannot be arranged in another way.
    """

    boxes: list[Box]
    paint: Callable[[Frame], tuple[Item, ...]]
    description: str
    centred: bool = False
    smallest: int = 40
    about: tuple[Box, ...] = ()
    held: bool = False

    @cached_property
    def all(self) -> list[Box]:
        """The boxes of all that must have room."""
        return [*self.boxes, *self.about]

    @cached_property
    def core(self) -> Box:
        """The box around the picture."""
        return _whole(self.boxes)

    @cached_property
    def whole(self) -> Box:
        """The box around all that must have room."""
        return _whole(self.about, self.core)


def slide(head: Heading, roles: Roles, theme: Theme) -> Scene:
    """The scene of the roles of a graph, on one page."""
    plan, said = roles.plan, describe(roles.sketch, head.name)

    def paint(frame: Frame) -> tuple[Item, ...]:
        called = tuple(painted(mark, frame, theme) for mark in roles.marks)
        return called + figure(roles.sketch, plan, roles.routes, frame=frame, theme=theme)

    about = tuple(box for mark in roles.marks for box in (mark.box, mark.spot))
    subject = Subject(extents(plan, roles.routes), paint, said, plan.layered, roles.smallest, about)
    # Rather a smaller heading, and then a larger page, than a label that does not fit.
    for smallest in range(subject.smallest, _LEGIBLE, 5):
        try:
            return page(head, replace(subject, smallest=smallest), theme)
        except TooLongError:
            continue
    return page(head, replace(subject, smallest=100), theme)


def page(head: Heading, subject: Subject, theme: Theme, found: Page | None = None) -> Scene:
    """The scene of one page, which `laid_out` found or is to find.

    The picture keeps the notation's size and place if a smaller title makes room for it; else it shrinks
    beside the heading. A picture that would have to shrink too much makes the page grow instead.
    """
    found = found or laid_out(Headings(head, theme), subject)
    items = found.heads + subject.paint(found.frame)
    return Scene(found.width, found.height, theme.background, head.name, subject.description, items)


def describe(sketch: Sketch, title: str) -> str:
    """What the picture shows, in words, for those who cannot see it."""
    parts = ", ".join(part.title for part in sketch.parts.values())
    named = {name: part.title for name, part in sketch.parts.items()}
    flows = "; ".join(f"{named[link.source]} to {named[link.target]}" for link in sketch.links)
    return f"{title}: {parts}. Wires: {flows}."


class Page(NamedTuple):
    """Where a picture lies, the heading beside it, and the size of the page in points."""

    frame: Frame
    heads: tuple[Group, ...]
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def size(self) -> float:
        """How large a picture is on its slide, as a part of the notation's size; a page that grew counts little."""
        fits = self.width <= WIDTH and self.height <= HEIGHT
        return self.frame.scale * (1.0 if fits else _GROWN * min(WIDTH / self.width, HEIGHT / self.height))


class Headings:
    """The heading of a page at the sizes at which it is asked for, each set once."""

    def __init__(self, head: Heading, theme: Theme) -> None:
        self.head, self.theme = head, theme
        self._set: dict[tuple[float, float, int], Texts] = {}

    def at(self, size: float = TITLE_SIZE, level: float = 1.0, columns: int = 1) -> Texts:
        """The heading with a title at most `size` points high, all of it at a level of the notation's size."""
        key = size, level, columns
        if key not in self._set:
            groups = texts(self.head, size, self.theme, level=level, columns=columns)
            self._set[key] = Texts(groups, ink(groups))
        return self._set[key]

    def choices(self, levels: Sequence[float]) -> list[tuple[float, int]]:
        """Levels and columns to try: a long legend may be spread, if it is as wide as the page at the most."""
        lines = len(self.head.entries) + len(self.head.notes)
        wanted = [(level, columns) for columns in (_COLUMNS if lines >= _LONG else (1,)) for level in levels]
        return [each for each in wanted if all(box[2] <= _RIGHT for box in self.at(TITLE_SIZE, *each).ink)]


class Texts(NamedTuple):
    """A heading, and the boxes of its ink in points."""

    groups: tuple[Group, ...]
    ink: list[Box]


def laid_out(headings: Headings, subject: Subject) -> Page:
    """Where the picture lies, and what stands beside it."""
    full = headings.at()
    if any(box[3] > HEIGHT - _EDGE for box in full.ink):
        return _grown(subject, full)
    first = next(_frames(subject, []))
    for size in _TITLE_SIZES:
        heads = headings.at(size)
        if _fits(first, subject, heads.ink):
            return Page(first, heads.groups)
    pages = _pages(headings, subject, _LEVELS) or (_pages(headings, subject, _LAST_LEVELS) if subject.held else {})
    if not pages:
        return _grown(subject, full)
    return pages[max(pages, key=lambda each: (_worth(pages[each], subject, *each), each[0]))]


def _pages(headings: Headings, subject: Subject, levels: Sequence[float]) -> dict[tuple[float, int], Page]:
    """The pages on which a picture stands beside its heading, by the level and columns of that."""
    tried = {each: _beside(subject, headings.at(TITLE_SIZE, *each)) for each in headings.choices(levels)}
    return {each: found for each, found in tried.items() if found}


def _worth(found: Page, subject: Subject, level: float, columns: int) -> float:
    """How large a picture is and its heading, less where it should stand in the middle and is over it."""
    _, top, _, bottom = found.frame.area(subject.core)
    off = max(0.0, HEIGHT / 2 - (top + bottom) / 2) / HEIGHT if subject.centred else 0.0
    spread = 1.0 if columns == 1 else _SPREAD
    return float(min(found.frame.scale, _LARGE) * (1.0 - _OFF * off) * level**_HEADING * spread)


def _beside(subject: Subject, heads: Texts) -> Page | None:
    """The picture as large as the room beside a heading lets it be, or None."""
    for frame in _frames(subject, heads.ink):
        if _fits(frame, subject, heads.ink):
            raised = (each for each in _raised(frame, subject, heads.ink) if _fits(each, subject, heads.ink))
            return Page(next(raised, frame), heads.groups)
    return None


def _whole(boxes: Sequence[Box], *more: Box) -> Box:
    if not (boxes or more):
        return (0.0, 0.0, 0.0, 0.0)
    lefts, bottoms, rights, tops = zip(*boxes, *more, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _grown(subject: Subject, heads: Texts) -> Page:
    """A page as large as the picture at full size, below the heading, or beside it where its corner there is free."""
    whole, taken = subject.whole, heads.ink
    under = max((box[3] for box in taken), default=0.0) + _TOP
    x = LEFT - whole[0] * UNIT
    tops = [float(top) for top in range(round(LEFT), round(under), round(UNIT / 4))]
    frames = [Frame(x, top + whole[3] * UNIT) for top in (*tops, under)]
    edge = max((box[2] for box in taken), default=0.0) + 2 * _AIR
    near = [box for box in subject.all if x + box[0] * UNIT < edge]
    aired = [(left - _AIR, top - _AIR, right + _AIR, bottom + _AIR) for left, top, right, bottom in taken]
    frame = next(each for each in frames if each is frames[-1] or not _met(each, near, aired))
    width = max(WIDTH, (whole[2] - whole[0]) * UNIT + 2 * LEFT)
    height = max(HEIGHT, frame.area(whole)[3] + LEFT, max((box[3] for box in taken), default=0.0) + LEFT)
    return Page(frame, heads.groups, width, height)


def _frames(subject: Subject, taken: list[Box]) -> Iterator[Frame]:
    """Frames to try, the notation's own size first; layers start about the middle, others high up.

    Where the texts of the page leave no room for that, the picture stands in the middle of what is under them.
    """
    box = subject.core
    under = max((text[3] for text in taken), default=0.0) + _AIR
    for percent in range(100, subject.smallest - 1, -5):
        unit = UNIT * percent / 100
        x = _RIGHT - box[2] * unit
        highest, lowest = _TOP + box[3] * unit, HEIGHT - _TOP + box[1] * unit
        middle = HEIGHT / 2 + (box[1] + box[3]) / 2 * unit
        below = (under + HEIGHT - _EDGE + (box[1] + box[3]) * unit) / 2
        rows = (middle, below, highest) if subject.centred else (highest, below)
        for row in (*rows, lowest):
            yield Frame(x, row, unit)


def _raised(frame: Frame, subject: Subject, taken: list[Box]) -> Iterator[Frame]:
    """Frames for a picture that is low on the page: rather a little smaller, and beside the texts in the middle."""
    box = subject.core
    _, top, _, bottom = frame.area(box)
    percent = round(100 * frame.scale)
    # What has the notation's own size keeps it, so that pictures of the family can be compared.
    if (top + bottom) / 2 < HEIGHT / 2 + _LOW or (percent == 100 and not subject.centred):
        return
    under = max((text[3] for text in taken), default=0.0) + _AIR
    for smaller in range(percent, max(subject.smallest, round(_NEARLY * percent)) - 1, -5):
        unit = UNIT * smaller / 100
        raised = Frame(_RIGHT - box[2] * unit, HEIGHT / 2 + (box[1] + box[3]) / 2 * unit, unit)
        if raised.area(box)[1] < under:
            yield raised


def _fits(frame: Frame, subject: Subject, taken: list[Box]) -> bool:
    """Whether the picture is on the page and no part of it meets a text."""
    left, top, right, bottom = frame.area(subject.whole)
    if not (left >= _EDGE and top >= _EDGE and bottom <= HEIGHT - _EDGE and right <= WIDTH - _EDGE):
        return False
    near = [text for text in taken if _meet((left, top, right, bottom), text)]
    return not (near and _met(frame, subject.all, near))


def _met(frame: Frame, boxes: list[Box], taken: list[Box]) -> bool:
    """Whether a part of the picture meets a text."""
    return any(_meet(area, text) for area in map(frame.area, boxes) for text in taken)


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] + _AIR and other[0] < one[2] + _AIR
    return across and one[1] < other[3] + _AIR and other[1] < one[3] + _AIR
