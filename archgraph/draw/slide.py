"""The page: title and legend at the left, the picture against the right, as on the lecture slides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from archgraph.draw.figure import Frame, extents, figure
from archgraph.draw.letters.lettering import TooLongError
from archgraph.draw.marks.callouts import painted
from archgraph.draw.marks.heading import LEFT, TITLE_SIZE, Heading, ink, texts
from archgraph.draw.paths import Box, around
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


@dataclass(frozen=True)
class Subject:
    """What stands on a page: its boxes in u, how to draw it in a frame, and what it shows in words.

    `centred`: no row has a fixed place on the page. `smallest`: the least percentage of the notation's size. `about`:
    boxes of what stands about it, which must have room on the page but does not say where the rest goes.
    """

    boxes: list[Box]
    paint: Callable[[Frame], tuple[Item, ...]]
    description: str
    centred: bool = False
    smallest: int = 40
    about: tuple[Box, ...] = ()


def slide(head: Heading, roles: Roles, theme: Theme) -> Scene:
    """The scene of the roles of a graph, on one page."""
    plan, said = roles.plan, describe(roles.sketch, head.name)

    def paint(frame: Frame) -> tuple[Item, ...]:
        called = tuple(painted(mark, frame, theme) for mark in roles.marks)
        return called + figure(roles.sketch, plan, roles.routes, frame=frame, theme=theme)

    about = tuple(box for mark in roles.marks for box in (mark.box, mark.spot))
    subject = Subject(extents(plan, roles.routes), paint, said, plan.layered, roles.smallest, about)
    try:
        return page(head, subject, theme)
    except TooLongError:
        # Rather a larger page than a label that does not fit.
        return page(head, replace(subject, smallest=100), theme)


def page(head: Heading, subject: Subject, theme: Theme) -> Scene:
    """The scene of one page.

    The picture keeps the notation's size and place if a smaller title makes room for it; else it shrinks
    beside the heading. A picture that would have to shrink too much makes the page grow instead.
    """
    frame, heads, width, height = _page(head, subject, theme)
    items = heads + subject.paint(frame)
    return Scene(width, height, theme.background, head.name, subject.description, items)


def describe(sketch: Sketch, title: str) -> str:
    """What the picture shows, in words, for those who cannot see it."""
    parts = ", ".join(part.title for part in sketch.parts.values())
    named = {name: part.title for name, part in sketch.parts.items()}
    flows = "; ".join(f"{named[link.source]} to {named[link.target]}" for link in sketch.links)
    return f"{title}: {parts}. Wires: {flows}."


Page = tuple[Frame, tuple[Group, ...], float, float]


def _page(head: Heading, subject: Subject, theme: Theme) -> Page:
    """Where the picture lies, the heading beside it, and the size of the page."""
    boxes = [*subject.boxes, *subject.about]
    core, whole = _whole(subject.boxes), _whole(boxes)
    full = texts(head, TITLE_SIZE, theme)
    if any(box[3] > HEIGHT - _EDGE for box in ink(full)):
        return _grown(whole, full)
    first = next(_frames(core, subject, []))
    for size in _TITLE_SIZES:
        heads = full if size == TITLE_SIZE else texts(head, size, theme)
        if _fits(first, whole, boxes, ink(heads)):
            return first, heads, WIDTH, HEIGHT
    for frame in _frames(core, subject, ink(full)):
        if _fits(frame, whole, boxes, ink(full)):
            raised = (each for each in _raised(frame, core, subject, ink(full)) if _fits(each, whole, boxes, ink(full)))
            return next(raised, frame), full, WIDTH, HEIGHT
    return _grown(whole, full)


def _whole(boxes: list[Box]) -> Box:
    return around((x, y) for box in boxes for x, y in (box[:2], box[2:]))


def _grown(whole: Box, heads: tuple[Group, ...]) -> Page:
    """A page as large as the picture at full size, below the heading."""
    under = max((box[3] for box in ink(heads)), default=0.0) + _TOP
    width = max(WIDTH, (whole[2] - whole[0]) * UNIT + 2 * LEFT)
    height = max(HEIGHT, under + (whole[3] - whole[1]) * UNIT + LEFT)
    return Frame(LEFT - whole[0] * UNIT, under + whole[3] * UNIT), heads, width, height


def _frames(box: Box, subject: Subject, taken: list[Box]) -> Iterator[Frame]:
    """Frames to try, the notation's own size first; layers start about the middle, others high up.

    Where the texts of the page leave no room for that, the picture stands in the middle of what is under them.
    """
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


def _raised(frame: Frame, box: Box, subject: Subject, taken: list[Box]) -> Iterator[Frame]:
    """Frames for a picture that is low on the page: rather a little smaller, and beside the texts in the middle."""
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


def _fits(frame: Frame, whole: Box, boxes: list[Box], taken: list[Box]) -> bool:
    """Whether the picture is on the page and no part of it meets a text."""
    left, top, right, bottom = frame.area(whole)
    inside = left >= _EDGE and top >= _EDGE and bottom <= HEIGHT - _EDGE and right <= WIDTH - _EDGE
    return inside and not any(_meet(frame.area(box), text) for box in boxes for text in taken)


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] + _AIR and other[0] < one[2] + _AIR
    return across and one[1] < other[3] + _AIR and other[1] < one[3] + _AIR
