"""The picture itself: shapes and wires of a routed plan as items of a scene."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from archgraph.draw import shapes
from archgraph.draw.layout.grid import WORDS_SIZE, Place, Plan
from archgraph.draw.layout.route import Route
from archgraph.draw.letters import lettering, typeface
from archgraph.draw.paths import Box, Path, Point, around
from archgraph.draw.scene import Group, Item, Line, Shape, Style
from archgraph.draw.sketch import Part, Sketch
from archgraph.draw.theme import Theme

SYMBOL_SIZE = 38.0
_CAPITAL_SIZE = 36.0
_DELAY_SIZE = 33.0
_DOT = 5.7
_SLASH = 6.0
_PLATE = 9.0
_PLATE_HEAD = 22.0
_CAPTION = 18.0


class Frame(NamedTuple):
    """Where the plan lies on the page: points of (0, 0), and how many points a u is."""

    x: float
    y: float
    unit: float = shapes.UNIT

    @property
    def scale(self) -> float:
        """The size of things against the notation's."""
        return self.unit / shapes.UNIT

    def point(self, point: Point) -> Point:
        """A point of the plan on the page; y turns over."""
        return self.x + point[0] * self.unit, self.y - point[1] * self.unit

    def box(self, place: Place) -> Box:
        """The box of a place on the page."""
        return self.area((place.left, place.bottom, place.right, place.top))

    def area(self, box: Box) -> Box:
        """A box (left, bottom, right, top) of the plan as one of the page."""
        x, y, unit = self
        return (x + box[0] * unit, y - box[3] * unit, x + box[2] * unit, y - box[1] * unit)


def extents(plan: Plan, routes: tuple[Route, ...]) -> list[Box]:
    """The boxes (left, bottom, right, top) in u of all shapes and all stretches of wire."""
    shapes_ = [(place.left, place.bottom, place.right, place.top) for place in plan.places.values()]
    # Wires of one source share much of their way.
    wires = dict.fromkeys(pair for way in routes for pair in pairwise(way.points))
    return shapes_ + [(min(x, u), min(y, v), max(x, u), max(y, v)) for (x, y), (u, v) in wires]


def figure(sketch: Sketch, plan: Plan, routes: tuple[Route, ...], *, frame: Frame, theme: Theme) -> tuple[Item, ...]:
    """Wires first, then the shapes over them, in the order of the sketch."""
    wires = tuple(wire(way, frame, theme) for way in routes)
    forks = branches(routes, frame, theme)
    named = [(sketch.parts[name], plan.places[name]) for name in sketch.parts]
    parts = tuple(figured(part, place, frame, theme) for part, place in named)
    plates = tuple(_plate(part, place, frame, theme) for part, place in named if part.count is not None)
    return wires + plates + forks + parts


def wire(way: Route, frame: Frame, theme: Theme, *, width: float = shapes.WIRE) -> Group:
    """A wire `width` points wide with its arrow head, its tip short of the target."""
    link = way.link
    points = [frame.point(point) for point in way.points]
    direction = _direction(points[-2], points[-1])
    back = {"right": (-1, 0), "left": (1, 0), "down": (0, -1), "up": (0, 1)}[direction]
    gap = shapes.GAP * frame.scale
    tip = (points[-1][0] + back[0] * gap, points[-1][1] + back[1] * gap)
    # The wire ends inside the notch of the head, so that no blunt end shows at the tip.
    inset = (shapes.HEAD - shapes.NOTCH / 2) * frame.scale
    points[-1] = (tip[0] + back[0] * inset, tip[1] + back[1] * inset)
    style = Style(theme.wire, width * frame.scale, name="wire")
    kinds = [word for word, told in (("context", link.context), ("no gradient", link.stop)) if told]
    name = f"{link.source} to {link.target}" + (f" ({', '.join(kinds)})" if kinds else "")
    head = shapes.arrow(tip, direction, frame.scale)
    line = Line(f"{link.name}/wire", link.source, link.target, tuple(points), style, head)
    return Group(link.name, name, "wire", (line, *_slashes(way, frame, theme)))


def _slashes(way: Route, frame: Frame, theme: Theme) -> tuple[Shape, ...]:
    """The // across an edge that stops the gradient, at the middle of its longest stretch."""
    if not way.link.stop:
        return ()
    one, other = max(pairwise(way.points), key=_reach)
    x, y = frame.point(((one[0] + other[0]) / 2, (one[1] + other[1]) / 2))
    reach = _SLASH * frame.scale
    style = Style(theme.wire, shapes.WIRE * frame.scale, name="wire")
    flat = one[1] == other[1]
    found = []
    for number, shift in ((1, -0.4 * reach), (2, 0.4 * reach)):
        start, end = (shift - 0.4 * reach, reach), (shift + 0.4 * reach, -reach)
        ends = [(x + a, y + b) if flat else (x + b, y + a) for a, b in (start, end)]
        path: Path = (("M", ends[0]), ("L", ends[1]))
        found.append(Shape(f"{way.link.name}/stop{number}", "path", around(ends), style, path))
    return tuple(found)


def _reach(stretch: tuple[Point, Point]) -> float:
    """The length of an upright or level stretch."""
    return abs(stretch[0][0] - stretch[1][0]) + abs(stretch[0][1] - stretch[1][1])


def _direction(one: Point, other: Point) -> str:
    dx, dy = other[0] - one[0], other[1] - one[1]
    if abs(dx) > abs(dy):
        return "right" if dx > 0 else "left"
    return "down" if dy > 0 else "up"


def branches(routes: tuple[Route, ...], frame: Frame, theme: Theme) -> tuple[Shape, ...]:
    """A dot where two wires that left their source together part."""
    leaving: dict[tuple[str, Point], list[tuple[Point, ...]]] = defaultdict(list)
    for way in routes:
        leaving[way.link.source, way.points[0]].append(way.points)
    found: dict[Point, str] = {}
    for (source, start), ways in leaving.items():
        # Of ways in order, those that part anywhere do so between two that follow each other.
        for one, other in pairwise(sorted(ways)):
            fork = _fork(one, other)
            if fork != start:
                found.setdefault(fork, source)
    return tuple(
        dot(f"{source}-fork-{number}", frame.point(point), frame, theme)
        for number, (point, source) in enumerate(found.items(), 1)
    )


def _fork(one: tuple[Point, ...], other: tuple[Point, ...]) -> Point:
    """The last point that two ways from the same start share."""
    for index in range(1, min(len(one), len(other))):
        if one[index] == other[index]:
            continue
        base = one[index - 1]
        first, second = (
            (one[index][0] - base[0], one[index][1] - base[1]),
            (other[index][0] - base[0], other[index][1] - base[1]),
        )
        if first[0] * second[0] + first[1] * second[1] <= 0:
            return base
        return one[index] if sum(map(abs, first)) < sum(map(abs, second)) else other[index]
    return one[min(len(one), len(other)) - 1]


def dot(id: str, centre: Point, frame: Frame, theme: Theme, *, colour: str = "") -> Shape:
    """A branch dot, in the colour of wires unless it says another."""
    half = _DOT / 2 * frame.scale
    box = (centre[0] - half, centre[1] - half, centre[0] + half, centre[1] + half)
    return Shape(
        id,
        "circle",
        box,
        Style(fill=colour or theme.wire, name="callout-dot" if colour else "fork"),
        shapes.circle(box),
    )


def figured(part: Part, place: Place, frame: Frame, theme: Theme) -> Group:
    """A variable, module, objective, delay or switch with its label."""
    kind = {"variable": "variable", "start": "variable", "delay": "delay", "switch": "switch"}.get(part.sort, "node")
    if place.shape == "switch":
        return Group(part.name, part.title, kind, _contacts(part, place, frame, theme))
    box = frame.box(place)
    fill = theme.fill if part.observed else "none"
    width = shapes.STROKE * frame.scale * theme.weight(part.what)
    style = Style(theme.stroke(part.what), width, fill, theme.dash(part.what), part.what)
    outline = shapes.outline(place.shape, box, place.direction)
    shape = Shape(f"{part.name}/shape", place.shape, box, style, outline, place.direction)
    return Group(part.name, part.title, kind, (shape, *_label(part, place, box, frame=frame, theme=theme)))


def _plate(part: Part, place: Place, frame: Frame, theme: Theme) -> Group:
    """The thin rectangle around a repeated module, with the count in its upper right corner."""
    scale = frame.scale
    left, top, right, bottom = frame.box(place)
    edge, head = _PLATE * scale, _PLATE_HEAD * scale
    box = (left - edge, top - head, right + edge, bottom + edge)
    style = Style(theme.text, shapes.WIRE / 2 * scale, name="plate")
    id, text = f"{part.name}--plate", f"×{part.count}"
    size = max(lettering.SMALLEST, _CAPTION * scale)
    start = (box[2] - 5.0 * scale - typeface.width(text, size), top - 4.0 * scale)
    count = lettering.words(f"{id}/count", text, start, size=size, colour=theme.text)
    shape = Shape(f"{id}/shape", "rect", box, style, shapes.rectangle(box))
    return Group(id, f"{part.name} repeated {part.count} times", "plate", (shape, count))


def _contacts(part: Part, place: Place, frame: Frame, theme: Theme) -> tuple[Shape, ...]:
    """The two small circles of a switch; the wire that leaves between them is its wiper."""
    style = Style(theme.stroke(part.what), shapes.STROKE * frame.scale, name="switch")
    found = []
    upright = place.direction in ("up", "down")
    for name, shift in (("upper", 0.5), ("lower", -0.5)):
        x, y = (place.x - shift, place.y) if upright else (place.x, place.y + shift)
        size = min(place.width, place.height)
        box = frame.box(Place(x, y, size, size))
        found.append(Shape(f"{part.name}/{name}", "circle", box, style, shapes.circle(box)))
    return tuple(found)


def _label(part: Part, place: Place, box: Box, *, frame: Frame, theme: Theme) -> tuple[Item, ...]:
    id = f"{part.name}/label"
    left, top, right, bottom = box
    if part.words:
        room = _room(place, box)
        return lettering.block(id, part.words, room, size=WORDS_SIZE * frame.scale, colour=theme.text)
    size = {"delay": _DELAY_SIZE, "objective": _CAPITAL_SIZE}.get(part.sort, SYMBOL_SIZE) * frame.scale
    fitted = lettering.fitting(part.tex, (bottom - top) * (0.78 if part.sort == "delay" else 0.72), size)
    colour = theme.stroke(part.what)
    return (lettering.symbol(id, part.tex, ((left + right) / 2, (top + bottom) / 2), size=fitted, colour=colour),)


def _room(place: Place, box: Box) -> Box:
    """Where words may stand in a module: clear of the round end, and low in a dome."""
    left, top, right, bottom = box
    across, down = right - left, bottom - top
    if place.shape == "dome":
        high, low = (0.04, 0.3) if place.direction == "down" else (0.3, 0.04)
        return left + 0.1 * across, top + high * down, right - 0.1 * across, bottom - low * down
    side = min(across, down)
    edge, round_ = 0.12 * side, 0.2 * side
    if place.direction == "left":
        return left + round_, top + edge, right - edge, bottom - edge
    if place.direction == "right":
        return left + edge, top + edge, right - round_, bottom - edge
    return left + edge, top + edge, right - edge, bottom - edge
