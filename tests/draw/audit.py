"""A geometry audit of a written SVG, parsed back: what a designer would see at once, found by numbers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from dataclasses import dataclass
from itertools import combinations

from archgraph.draw.theme import contrast

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SOLID = ("variable", "node", "delay", "switch")
_TOUCH = 0.6


@dataclass(frozen=True)
class Mark:
    """A painted element with its box and paint."""

    shape: str
    box: Box
    fill: str
    stroke: str
    size: float


@dataclass(frozen=True)
class Thing:
    """A group of the picture: its outlines and its text."""

    id: str
    kind: str
    outlines: tuple[Mark, ...]
    texts: tuple[Mark, ...]


@dataclass(frozen=True)
class Wire:
    """A wire with its corners and the box of its head."""

    id: str
    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    tip: tuple[float, float]


@dataclass(frozen=True)
class Picture:
    """Everything that the audit looks at."""

    width: float
    height: float
    background: str
    things: tuple[Thing, ...]
    wires: tuple[Wire, ...]


def read(svg: bytes) -> Picture:
    """Parse a written picture."""
    root = Tree.fromstring(svg)
    width, height = (float(value) for value in root.attrib["viewBox"].split()[2:])
    groups = root.findall(f"{SVG}g")
    ground = root.find(f"{SVG}rect")
    wires = tuple(_wire(group) for group in groups if group.get("data-kind") == "wire")
    things = tuple(_thing(group) for group in groups if group.get("data-kind") != "wire")
    return Picture(width, height, "" if ground is None else ground.get("fill", ""), things, wires)


def audit(svg: bytes) -> list[str]:
    """Everything wrong with the geometry of a picture, one line each."""
    picture = read(svg)
    return [*checked(picture), *_tips(picture)]


def checked(picture: Picture) -> list[str]:
    """What is wrong with a picture, whatever it was read from; how wires end is a matter of the format."""
    return [*_overlaps(picture), *_texts(picture), *_crossed(picture), *_stacked(picture), *_page(picture)]


def _thing(group: Tree.Element) -> Thing:
    marks = [_mark(element) for element in group if element.get("data-shape")]
    texts = tuple(mark for mark in marks if mark.shape in ("words", "symbol"))
    return Thing(group.attrib["id"], group.attrib["data-kind"], tuple(m for m in marks if m not in texts), texts)


def _mark(element: Tree.Element) -> Mark:
    get = element.get
    return Mark(
        get("data-shape", ""),
        _box(element),
        get("fill", "none"),
        get("stroke", "none"),
        float(get("data-size", "99")),
    )


def _box(element: Tree.Element) -> Box:
    value = {key: float(element.get(key, "0")) for key in ("cx", "cy", "r", "x", "y", "width", "height")}
    if element.tag == f"{SVG}circle":
        radius = value["r"]
        return (value["cx"] - radius, value["cy"] - radius, value["cx"] + radius, value["cy"] + radius)
    if element.tag == f"{SVG}rect":
        return (value["x"], value["y"], value["x"] + value["width"], value["y"] + value["height"])
    return _around(_pairs(element.get("d", "")))


def _pairs(text: str) -> list[tuple[float, float]]:
    numbers = [float(value) for value in _NUMBER.findall(text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _around(points: list[tuple[float, float]]) -> Box:
    across, down = [x for x, _ in points], [y for _, y in points]
    return (min(across), min(down), max(across), max(down))


def _wire(group: Tree.Element) -> Wire:
    line, head = group.find(f"{SVG}polyline"), group.find(f"{SVG}path[@data-shape='head']")
    assert line is not None
    assert head is not None
    tip = _pairs(head.get("d", ""))[1]
    return Wire(
        group.attrib["id"],
        line.attrib["data-from"],
        line.attrib["data-to"],
        tuple(_pairs(line.attrib["points"])),
        tip,
    )


def _meet(one: Box, other: Box, slack: float) -> bool:
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def _solid(picture: Picture) -> list[tuple[str, Box]]:
    return [(thing.id, mark.box) for thing in picture.things if thing.kind in _SOLID for mark in thing.outlines]


def _overlaps(picture: Picture) -> list[str]:
    """Shapes on shapes, and text of the heading on anything."""
    found = [
        f"{a} overlaps {b}"
        for (a, one), (b, other) in combinations(_solid(picture), 2)
        if a != b and _meet(one, other, _TOUCH)
    ]
    heads = [(thing.id, mark.box) for thing in picture.things if thing.kind not in _SOLID for mark in thing.texts]
    for name, box in heads:
        found += [f"text {name} overlaps {other}" for other, solid in _solid(picture) if _meet(box, solid, 0.0)]
        found += [f"{wire.id} runs through text {name}" for wire in picture.wires if _hits(wire, box)]
    pairs = combinations(heads, 2)
    return found + [f"text {a} overlaps text {b}" for (a, x), (b, y) in pairs if a != b and _meet(x, y, 0.0)]


def _texts(picture: Picture) -> list[str]:
    found = []
    for thing in picture.things:
        for text in thing.texts:
            ground = picture.background
            if thing.kind in _SOLID:
                outline = thing.outlines[0]
                ground = outline.fill if outline.fill != "none" else ground
                left, top, right, bottom = outline.box
                inside = (
                    text.box[0] > left + 2
                    and text.box[1] > top + 2
                    and text.box[2] < right - 2
                    and text.box[3] < bottom - 2
                )
                found += [] if inside else [f"text of {thing.id} leaves its shape"]
            found += [f"text of {thing.id} too faint"] if ground and contrast(text.fill, ground) < 4.5 else []
            found += [f"text of {thing.id} below 9 pt"] if text.size < 9.0 else []
    strokes = [(thing.id, mark.stroke) for thing in picture.things for mark in thing.outlines if mark.stroke != "none"]
    ground = picture.background
    return found + [
        f"stroke of {name} too faint" for name, stroke in strokes if ground and contrast(stroke, ground) < 3.0
    ]


def _hits(wire: Wire, box: Box) -> bool:
    pairs = zip(wire.points, wire.points[1:], strict=False)
    return any(
        _meet(_around(list(pair)), (box[0], box[1], box[2], box[3]), _TOUCH) or _inside(pair, box) for pair in pairs
    )


def _inside(pair: tuple[tuple[float, float], tuple[float, float]], box: Box) -> bool:
    """Whether a straight stretch, which has no area, passes through a box."""
    (x0, y0), (x1, y1) = pair
    return (
        max(x0, x1) > box[0] + _TOUCH
        and min(x0, x1) < box[2] - _TOUCH
        and max(y0, y1) > box[1] + _TOUCH
        and min(y0, y1) < box[3] - _TOUCH
    )


def _crossed(picture: Picture) -> list[str]:
    return [
        f"{wire.id} runs through {name}" for wire in picture.wires for name, box in _solid(picture) if _hits(wire, box)
    ]


def _stacked(picture: Picture) -> list[str]:
    """Wires of different sources that lie on one another, or slanted wires."""
    found = []
    for wire in picture.wires:
        for (x0, y0), (x1, y1) in zip(wire.points, wire.points[1:], strict=False):
            if min(abs(x0 - x1), abs(y0 - y1)) > 0.02:
                found.append(f"{wire.id} is slanted")
    for one, other in combinations(picture.wires, 2):
        if one.source != other.source and _shared(one, other):
            found.append(f"{one.id} lies on {other.id}")
    return found


def _shared(one: Wire, other: Wire) -> bool:
    for a in zip(one.points, one.points[1:], strict=False):
        for b in zip(other.points, other.points[1:], strict=False):
            for axis in (0, 1):
                flat = max(p[axis] for p in (*a, *b)) - min(p[axis] for p in (*a, *b)) < 3.0
                along = [sorted(p[1 - axis] for p in pair) for pair in (a, b)]
                if flat and min(along[0][1], along[1][1]) - max(along[0][0], along[1][0]) > 1.0:
                    return True
    return False


def _tips(picture: Picture) -> list[str]:
    """Arrow heads end between 0.5 and 3 pt from what they point at."""
    boxes = _solid(picture)
    found = []
    for wire in picture.wires:
        targets = [box for name, box in boxes if name == wire.target]
        if not any(0.5 <= distance(wire.tip, box) <= 3.0 for box in targets):
            found.append(f"{wire.id} does not reach {wire.target}")
    return found


def distance(point: tuple[float, float], box: Box) -> float:
    """How far a point is from a box, 0 inside."""
    across = max(box[0] - point[0], 0.0, point[0] - box[2])
    down = max(box[1] - point[1], 0.0, point[1] - box[3])
    return float((across**2 + down**2) ** 0.5)


def _page(picture: Picture) -> list[str]:
    marks = [(thing.id, mark.box) for thing in picture.things for mark in (*thing.outlines, *thing.texts)]
    marks += [(wire.id, _around(list(wire.points))) for wire in picture.wires]
    page = (0.0, 0.0, picture.width, picture.height)
    return [
        f"{name} leaves the page"
        for name, box in marks
        if box[0] < page[0] or box[1] < page[1] or box[2] > page[2] or box[3] > page[3]
    ]
