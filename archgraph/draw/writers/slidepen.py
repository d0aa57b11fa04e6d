"""The items of a scene as the shapes, groups and connectors of a slide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, pairwise

from archgraph.draw.paths import Box, Point, around, bounds
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Style, Symbol, Words
from archgraph.draw.writers import drawingml as xml
from archgraph.draw.writers.elbow import Elbow, corners, elbow
from archgraph.draw.writers.sites import Port, Sites, ends, native, nearest, places, sites

_UNPAINTED = Style()


@dataclass(frozen=True)
class Pen:
    """Writes items; `numbers` are those of all items and ports by their ids, `fresh` those left for joints."""

    sites: Sites
    numbers: dict[str, int]
    fresh: Iterator[int]

    @classmethod
    def of(cls, scene: Scene) -> Pen:
        """The pen for a scene; 1 is the number of the slide itself."""
        found = sites(scene)
        ports = (port.id for held in found.ports.values() for port in held)
        numbers = {id: number for number, id in enumerate(chain((item.id for item in scene.walk()), ports), 2)}
        return cls(found, numbers, count(max(numbers.values(), default=1) + 1))

    def item(self, item: Item, description: str = "") -> str:
        """An item as XML."""
        if isinstance(item, Group):
            return self._group(item)
        if isinstance(item, Shape):
            return self._shape(item, description=description)
        if isinstance(item, Line):
            return self._wire(item, description)
        if isinstance(item, Words):
            return self._words(item, description)
        return self._symbol(item, description)

    def _group(self, group: Group) -> str:
        """What belongs together moves together: a shape with its words inside, or a group."""
        if not group.items:
            return ""
        first, rest = group.items[0], group.items[1:]
        if not rest and not (isinstance(first, Shape) and first.id in self.sites.ports):
            return self._title(first, group.name) if group.kind == "title" else self.item(first, group.name)
        lines = tuple(item for item in rest if isinstance(item, Words))
        if not (isinstance(first, Shape) and len(lines) == len(rest) and _central(lines, first.box)):
            inner = "".join(map(self.item, group.items)) + self._ports(group)
            return _grouped(self._named(group, group.name), _extent(group), inner)
        ports = self._ports(group)
        if not ports:
            return self._shape(first, lines, description=group.name)
        return _grouped(self._named(group, group.name), first.box, self._shape(first, lines) + ports)

    def _named(self, item: Item | Port, description: str = "") -> str:
        return xml.named(self.numbers[item.id], item.id, description)

    def _ports(self, group: Group) -> str:
        shapes = (item for item in group.items if isinstance(item, Shape))
        return "".join(self._port(port) for shape in shapes for port in self.sites.ports.get(shape.id, ()))

    def _port(self, port: Port) -> str:
        look = f"{xml.frame(port.box)}{xml.preset('rect')}<a:noFill/>{xml.stroke(_UNPAINTED)}"
        return _shape(self._named(port), look, xml.body((), port.box))

    def _shape(self, shape: Shape, lines: tuple[Words, ...] = (), *, description: str = "") -> str:
        look = f"{xml.frame(shape.box)}{_form(shape)}{xml.solid(shape.style.fill)}{xml.stroke(shape.style)}"
        return _shape(self._named(shape, description), look, xml.body(lines, shape.box))

    def _symbol(self, symbol: Symbol, description: str) -> str:
        look = f"{xml.frame(symbol.box)}{xml.freeform(symbol.outline, symbol.box)}{xml.solid(symbol.colour)}"
        return _shape(self._named(symbol, description), look + xml.stroke(_UNPAINTED), xml.body((), symbol.box))

    def _words(self, line: Words, description: str) -> str:
        box, text = xml.label(line)
        look = f"{xml.frame(box)}{xml.preset('rect')}<a:noFill/>"
        return _shape(self._named(line, description), look, text, '<p:cNvSpPr txBox="1"/><p:nvPr/>')

    def _title(self, line: Item, description: str) -> str:
        """The title of the slide, which outlines and screen readers go by."""
        if not isinstance(line, Words):
            return self.item(line, description)
        box, text = xml.label(line)
        look = f"{xml.frame(box)}{xml.preset('rect')}<a:noFill/>"
        return _shape(self._named(line), look, text, '<p:cNvSpPr/><p:nvPr><p:ph type="title"/></p:nvPr>')

    def _wire(self, line: Line, description: str) -> str:
        """A connector; a wire with more turns is a chain of straight ones, held together at every corner."""
        way = corners(ends(line))
        first, last = self._glue(line.source, way[0]), self._glue(line.target, way[-1])
        head, whole = _head(line), elbow(way)
        if whole:
            return _connector(self._named(line, description), whole, line.style, glues=(first, last), head=head)
        held = zip(way, way[1:], way[2:], strict=False)
        joints = [self._joint(line, place, corner) for place, corner in enumerate(held, 1)]
        glues = [first, *(glue for _, pair in joints for glue in pair), last]
        pieces = [
            _connector(
                xml.named(next(self.fresh), f"{line.id}/{place}"),
                _straight(stretch),
                line.style,
                glues=(glues[2 * place - 2], glues[2 * place - 1]),
                head=head if place == len(way) - 1 else 0.0,
            )
            for place, stretch in enumerate(pairwise(way), 1)
        ]
        inner = "".join((*pieces, *(joint for joint, _ in joints)))
        return _grouped(self._named(line, description), around(way), inner)

    def _joint(self, line: Line, place: int, corner: tuple[Point, Point, Point]) -> tuple[str, tuple[xml.Glue, ...]]:
        """A dot as wide as the wire at a corner, and where the stretches before and after it hold on."""
        before, (x, y), after = corner
        half = line.style.width / 2
        box = (x - half, y - half, x + half, y + half)
        dot = Shape(f"{line.id}/joint{place}", "circle", box, Style(fill=line.style.stroke), ())
        number, around_ = next(self.fresh), places(dot)
        look = f"{xml.frame(box)}{xml.preset('ellipse')}{xml.solid(dot.style.fill)}{xml.stroke(dot.style)}"
        glues = tuple(xml.Glue(number, nearest(around_, point)) for point in (before, after))
        return _shape(xml.named(number, dot.id), look, xml.body((), box)), glues

    def _glue(self, owner: str, point: Point) -> xml.Glue | None:
        found = self.sites.nearest(owner, point)
        return xml.Glue(self.numbers[found[0]], found[1]) if found else None


Glues = tuple[xml.Glue | None, xml.Glue | None]


def _form(shape: Shape) -> str:
    """The preset that a shape is, or a freeform."""
    name = native(shape)
    if shape.kind == "rounded":
        return xml.preset(name, xml.roundness(shape.outline, shape.box), guide="adj")
    return xml.preset(name) if name else xml.freeform(shape.outline, shape.box)


def _shape(named: str, look: str, text: str, kind: str = "<p:cNvSpPr/><p:nvPr/>") -> str:
    return f"<p:sp><p:nvSpPr>{named}{kind}</p:nvSpPr><p:spPr>{look}</p:spPr>{text}</p:sp>"


def _grouped(named: str, box: Box, inner: str) -> str:
    about = f"<p:nvGrpSpPr>{named}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
    return f"<p:grpSp>{about}<p:grpSpPr>{xml.frame(box, group=True)}</p:grpSpPr>{inner}</p:grpSp>"


def _connector(named: str, way: Elbow, style: Style, *, glues: Glues, head: float) -> str:
    about = f"<p:nvCxnSpPr>{named}{xml.glued(*glues)}<p:nvPr/></p:nvCxnSpPr>"
    return f"<p:cxnSp>{about}{xml.connector(way, style, head=head)}</p:cxnSp>"


def _head(line: Line) -> float:
    """How long the head of a wire is, which is as wide."""
    box = bounds(line.head)
    return max(box[2] - box[0], box[3] - box[1])


def _straight(stretch: tuple[Point, Point]) -> Elbow:
    found = elbow(stretch)
    assert found is not None  # two points always have a connector
    return found


def _central(lines: tuple[Words, ...], box: Box) -> bool:
    """Whether lines stand together about the middle of a shape, so that its own text can be where they are."""
    if not lines:
        return True
    if any(other.origin[1] - one.origin[1] > 1.5 * one.size for one, other in pairwise(lines)):
        return False
    middle = (lines[0].origin[1] + lines[-1].origin[1]) / 2
    return abs(middle - (box[1] + box[3]) / 2) < (box[3] - box[1]) / 4


def _extent(group: Group) -> Box:
    """The box around everything in a group."""
    found: list[Point] = []
    for item in group.items:
        if isinstance(item, Line):
            found.extend(ends(item))
        else:
            box = _extent(item) if isinstance(item, Group) else item.box
            found.extend(((box[0], box[1]), (box[2], box[3])))
    return around(found)
