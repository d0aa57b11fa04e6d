"""Where connectors hold shapes on a slide: every program agrees on the sites of preset shapes and on no others.

So a freeform is held at the middles of its sides, and a wire that ends elsewhere holds a port: a small rectangle
without paint inside the shape, in one group with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import dist, sqrt

from archgraph.draw.paths import Box, Point
from archgraph.draw.scene import Group, Line, Scene, Shape

# A wire ends this near, in points, to the shape that it belongs to; what lies further off is not held.
_NEAR = 6.0
# Two sites closer than this, in points, are one.
_SAME = 1.0
_PORT = 2.0
_NATIVE = {"circle": "ellipse", "rect": "rect", "rounded": "roundRect"}


@dataclass(frozen=True)
class Port:
    """A rectangle to hold on to, at the middle of the side that is a site."""

    id: str
    box: Box
    site: int
    point: Point


@dataclass(frozen=True)
class Sites:
    """The shapes of every part, and the ports in every shape, by their ids."""

    owners: dict[str, tuple[Shape, ...]]
    ports: dict[str, list[Port]] = field(default_factory=dict)

    def nearest(self, owner: str, point: Point) -> tuple[str, int] | None:
        """What a wire's end holds, a shape or a port, and the site on it; None where the wire ends elsewhere."""
        shape = self.shape(owner, point)
        if shape is None:
            return None
        port = next((port for port in self.ports.get(shape.id, ()) if dist(port.point, point) < _NEAR), None)
        return (port.id, port.site) if port else (shape.id, nearest(places(shape), point))

    def shape(self, owner: str, point: Point) -> Shape | None:
        """The shape of a part at which a wire ends."""
        near = [shape for shape in self.owners.get(owner, ()) if _gap(shape.box, point) <= _NEAR]
        return min(near, key=lambda shape: _gap(shape.box, point)) if near else None


def sites(scene: Scene) -> Sites:
    """What the wires of a scene hold."""
    groups = (item for item in scene.walk() if isinstance(item, Group) and item.kind != "wire")
    found = Sites({group.id: shapes for group in groups if (shapes := _shapes(group))})
    for owner, point in _contacts(scene):
        shape = found.shape(owner, point)
        if shape is None:
            continue
        contact = _onto(shape.box, point)
        known = [*places(shape), *(port.point for port in found.ports.get(shape.id, ()))]
        if min(dist(contact, place) for place in known) > _SAME:
            ports = found.ports.setdefault(shape.id, [])
            ports.append(_port(f"{shape.id}/port{len(ports) + 1}", contact, shape.box))
    return found


def native(shape: Shape) -> str:
    """The name of the preset shape that a shape is, "" for a freeform."""
    return _NATIVE.get(shape.kind, "")


def ends(line: Line) -> tuple[Point, ...]:
    """The corners of a wire up to the tip of its head, which the program draws itself."""
    if not line.head:
        return line.points
    tip = line.head[1][1]
    return (*line.points[:-1], (tip[0], tip[1]))


def places(shape: Shape) -> tuple[Point, ...]:
    """The sites of a shape in the order in which ECMA-376 numbers them: from the top, anticlockwise."""
    left, top, right, bottom = shape.box
    x, y = (left + right) / 2, (top + bottom) / 2
    if shape.kind != "circle":
        return (x, top), (left, y), (x, bottom), (right, y)
    reach = (right - left) / 2 / sqrt(2)
    west, east, north, south = x - reach, x + reach, y - reach, y + reach
    return (x, top), (west, north), (left, y), (west, south), (x, bottom), (east, south), (right, y), (east, north)


def nearest(sites: tuple[Point, ...], point: Point) -> int:
    """The number of the site nearest to a point."""
    return min(range(len(sites)), key=lambda index: dist(sites[index], point))


def _contacts(scene: Scene) -> Iterator[tuple[str, Point]]:
    for item in scene.walk():
        if isinstance(item, Line):
            way = ends(item)
            yield item.source, way[0]
            yield item.target, way[-1]


def _shapes(group: Group) -> tuple[Shape, ...]:
    return tuple(item for item in group.items if isinstance(item, Shape))


def _port(id: str, point: Point, box: Box) -> Port:
    """A port that touches the side of a box from within."""
    x, y = point
    half = _PORT / 2
    boxes = (
        (x - half, y, x + half, y + _PORT),
        (x, y - half, x + _PORT, y + half),
        (x - half, y - _PORT, x + half, y),
        (x - _PORT, y - half, x, y + half),
    )
    gaps = [y - box[1], x - box[0], box[3] - y, box[2] - x]
    side = gaps.index(min(gaps))
    return Port(id, boxes[side], side, point)


def _onto(box: Box, point: Point) -> Point:
    """The point of a box next to a point."""
    return min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])


def _gap(box: Box, point: Point) -> float:
    across = max(box[0] - point[0], 0.0, point[0] - box[2])
    down = max(box[1] - point[1], 0.0, point[1] - box[3])
    return max(across, down)
