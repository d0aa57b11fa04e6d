"""The picture of a graph with what is inside its modules: containers, boxes, plates, and the wires among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from math import ceil, inf, log

from archgraph.draw import shapes
from archgraph.draw.figure import Frame, branches, dot, extents, figured, wire
from archgraph.draw.inside.blocks import Block, Blocks
from archgraph.draw.inside.fitting import Placed, arranged, pulled_apart
from archgraph.draw.inside.joints import joints
from archgraph.draw.inside.laid import Laid
from archgraph.draw.inside.openings import told
from archgraph.draw.inside.stacks import CAPTION, INDENT, NAME
from archgraph.draw.inside.ways import DATA, Ground, ways
from archgraph.draw.layout.grid import WORDS_SIZE, Place, Plan
from archgraph.draw.layout.pins import pinned
from archgraph.draw.layout.plan import plan
from archgraph.draw.layout.route import Route
from archgraph.draw.letters import lettering, typeface
from archgraph.draw.marks.callouts import marks, painted
from archgraph.draw.marks.heading import Heading
from archgraph.draw.paths import Box, Point, around, polygon
from archgraph.draw.scene import Group, Item, Scene, Shape, Style
from archgraph.draw.sketch import Link, Part, Sketch, sketch
from archgraph.draw.slide import Headings, Page, Subject, describe, laid_out, page
from archgraph.draw.theme import Theme
from archgraph.graph.module import Graph, Net
from archgraph.graph.staging import Callout

_STROKE = 3.0
_CLEAR = 64.0
_CORNER = 9.0
_WIDE_CORNER = 15.0
_SKIP = 1.02
_SMALLEST = {1: 35, 2: 60, 3: 60}
_VALUE = 20.0
_BESIDE = 0.09
# A picture that is as large as this part of what others promise is taken.
_KEPT = 0.95
# What it counts for each wire that finds no way of its own.
_BLOCKED = 0.1
# How far under the upper edge of its frame, in u, the middle of a count stands.
_COUNT = 0.18
_FRAMED = ("stack", "net", "attention")


@dataclass(frozen=True)
class _Figure:
    """All that is drawn, in u, and the blocks by name."""

    sketch: Sketch
    blocks: Mapping[str, Block]
    ground: Ground
    routes: tuple[Route, ...]
    theme: Theme
    blocked: int = 0


def opened(graph: Graph, head: Heading, depth: int, theme: Theme, *, parts: Sketch) -> Scene:
    """The page of a graph with its modules opened: 1 shows their blocks, 2 every operation, 3 attentions opened.

    Of all that the graph has, `parts` are drawn, each where it stands among all.
    """
    shown, parts = _containers(graph, parts), _containers(graph, sketch(graph))
    blocks = Blocks(depth, told(graph))
    modules = [node for node in graph.nodes.values() if parts.parts[node.name].sort == "module"]
    tops = {node.name: blocks.container(node) for node in modules}
    wired = links = joints(graph, parts, blocks)
    if shown.parts.keys() != parts.parts.keys():
        wired = joints(graph, shown, blocks)

    headings = Headings(head, theme)

    def size(boxes: list[Box]) -> float:
        return laid_out(headings, Subject(boxes, lambda frame: (), "", True, _SMALLEST[depth])).size

    named = {block.id: block for top in _shown(shown, tops).values() for block in top.walk()}
    best = _Choice(0.0)
    pins = graph.staging.pins
    plans = arranged(parts, tops, links, size)
    if pins:
        whole = sketch(graph)
        plans = pulled_apart(parts, tops, links, pinned(plan(whole), whole, pins))
    for arrangement in plans:
        # Those that follow promise less.
        if best.size >= _KEPT * arrangement.promise:
            break
        ground = _ground(shown, tops, wired, arrangement.placed)
        laid = ways(ground, wired, bearable=_bearable(best.size / arrangement.worth))
        if laid is None:
            continue
        figure = _Figure(shown, named, ground, laid.routes, theme, laid.blocked)
        about = _subject(figure, graph.staging.callouts, said=_description(figure, head.name), depth=depth)
        about = replace(about, held=bool(pins))
        found = laid_out(headings, about)
        best = max(
            best,
            _Choice(found.size * arrangement.worth * _BLOCKED**figure.blocked, about, found),
            key=lambda each: each.size,
        )
    assert best.subject is not None
    return page(head, best.subject, theme, best.page)


@dataclass(frozen=True)
class _Choice:
    """A picture on its page, and how large it is there; less for what it is worth less."""

    size: float
    subject: Subject | None = None
    page: Page | None = None


def _bearable(size: float) -> float:
    """How many wires may be blocked in a picture at its full size that is to count more than another's size."""
    return ceil(log(size, _BLOCKED)) - 1 if size else inf


def _ground(shown: Sketch, tops: Mapping[str, Block], links: tuple[Link, ...], placed: Placed) -> Ground:
    """An arrangement of what is shown."""
    standing = {name: found for name, found in placed.items() if name in shown.parts}
    fed = frozenset(link.target for link in links if link.port in DATA)
    laid, modules = _united(standing), _shown(shown, tops)
    return Ground(laid, _parents(standing, modules), fed, _names(laid, modules))


def _shown(shown: Sketch, tops: Mapping[str, Block]) -> dict[str, Block]:
    return {name: block for name, block in tops.items() if name in shown.parts}


def _subject(figure: _Figure, callouts: Iterable[Callout], *, said: str, depth: int) -> Subject:
    """What stands on the page."""
    places = figure.ground.places
    boxes = extents(Plan(dict(places)), figure.routes)
    spots = Plan({name: places[name] for name in figure.sketch.parts})
    called = marks(callouts, figure.sketch, spots, boxes, parted=True)

    def paint(frame: Frame) -> tuple[Item, ...]:
        return tuple(painted(mark, frame, figure.theme) for mark in called) + _painted(figure, frame)

    about = tuple(box for mark in called for box in (mark.box, mark.spot))
    return Subject(boxes, paint, said, True, _SMALLEST[depth], about)


def _containers(graph: Graph, roles: Sketch) -> Sketch:
    """The sketch of the roles, objectives with a body of their own as modules."""
    parts = dict(roles.parts)
    for node in graph.nodes.values():
        if isinstance(node.body, Net) and node.name in parts:
            parts[node.name] = replace(parts[node.name], sort="module")
    return roles._replace(parts=parts)


def _united(placed: Mapping[str, Laid]) -> Laid:
    return reduce(Laid.joined, placed.values(), Laid())


def _names(laid: Laid, tops: Mapping[str, Block]) -> dict[str, Box]:
    """Where the names of containers stand, in u, were the picture as large as the notation has it."""
    named = [
        block for top in tops.values() for block in top.walk() if block.frame and block.words and not block.opening
    ]
    found = {}
    for block in named:
        spot, across = laid.places[block.id], typeface.width(block.words, NAME) / shapes.UNIT
        right = spot.right - INDENT / shapes.UNIT
        found[block.id] = (right - across, spot.bottom, right, spot.bottom + CAPTION)
    return found


def _parents(placed: Mapping[str, Laid], tops: Mapping[str, Block]) -> dict[str, tuple[str, ...]]:
    """For each part and block the frames around it, the inmost first."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(placed, ())

    def visit(block: Block, frames: tuple[str, ...]) -> None:
        found[block.id] = frames
        for child in block.children:
            visit(child, (block.id, *frames) if block.frame else frames)

    for block in tops.values():
        visit(block, ())
    return found


def _description(figure: _Figure, title: str) -> str:
    """The roles and their wires in words, then what is inside."""
    boxes = [block for block in figure.blocks.values() if block.kind == "box"]
    inside = "; ".join(f"{block.id}: {block.words}" for block in boxes)
    return f"{describe(figure.sketch, title)} Inside: {inside}."


def _painted(figure: _Figure, frame: Frame) -> tuple[Item, ...]:
    """Frames first, the outer before the inner, then wires, dots, boxes and parts."""
    theme, places = figure.theme, figure.ground.places
    framed = [block for block in figure.blocks.values() if block.frame]
    frames = tuple(_framed(block, frame.box(places[block.id]), frame, theme) for block in framed)
    wires = tuple(_wired(way, figure, frame) for way in figure.routes)
    forks = branches(figure.routes, frame, theme)
    dots = tuple(dot(f"{id}-branch", frame.point(at), frame, theme) for id, at in figure.ground.laid.dots.items())
    inside = tuple(
        _boxed(block, places[block.id], frame, theme) for block in figure.blocks.values() if block.kind not in _FRAMED
    )
    values = tuple(_value(id, tex, at, frame, theme) for id, (tex, at) in figure.ground.laid.labels.items())
    outside = tuple(
        figured(part, places[name], frame, theme) for name, part in figure.sketch.parts.items() if part.sort != "module"
    )
    return (*frames, *wires, *forks, *dots, *inside, *values, *outside)


def _wired(way: Route, figure: _Figure, frame: Frame) -> Group:
    """A wire; a residual one is thinner, as the notation has it."""
    residual = figure.ground.laid.lanes.get(way.link.target) == way.points
    return wire(way, frame, figure.theme, width=_SKIP if residual else shapes.WIRE)


def _framed(block: Block, box: Box, frame: Frame, theme: Theme) -> Group:
    """A container in its role's colour with its name, or a thin plate; the count in the upper corner."""
    plate = block.frame == "plate"
    scale = frame.scale
    if plate:
        style = Style(theme.text, shapes.WIRE / 2 * scale, name="plate")
        outline = Shape(f"{block.id}/shape", "rect", box, style, shapes.rectangle(box))
    else:
        width = _STROKE * scale * theme.weight(block.what)
        style = Style(theme.stroke(block.what), width, "none", theme.dash(block.what), name=block.what)
        outline = Shape(f"{block.id}/shape", "rounded", box, style, shapes.rounded(box, _WIDE_CORNER * scale))
    return Group(block.id, block.title, block.frame, (outline, *_captions(block, box, frame, theme)))


def _captions(block: Block, box: Box, frame: Frame, theme: Theme) -> tuple[Item, ...]:
    found: list[Item] = []
    scale, plate = frame.scale, block.frame == "plate"
    size = max(lettering.SMALLEST, NAME * scale)
    left, top, right, bottom = box
    if block.count is not None:
        text = f"×{block.count}"
        # Clear of the round corner of a container.
        edge = (6.0 if plate else 12.0) * scale
        start = (right - edge - typeface.width(text, size), top + _COUNT * frame.unit + 0.32 * size)
        found.append(lettering.words(f"{block.id}/count", text, start, size=size, colour=theme.text))
    if block.words:
        colour = theme.text if plate else theme.stroke(block.what)
        # At the right, clear of the wires that come in at the axis: the container is wide enough. An attention reaches
        # to the left of its axis.
        across = typeface.width(block.words, size)
        if block.opening:
            size = max(lettering.SMALLEST, min(size, size * (right - left - _CLEAR * scale) / across))
        middle = min(bottom - CAPTION / 2 * frame.unit + 0.27 * size, bottom - 0.22 * size - 1.0)
        start = (left + INDENT * scale if block.opening else right - INDENT * scale - across, middle)
        found.append(lettering.words(f"{block.id}/label", block.words, start, size=size, colour=colour))
    return tuple(found)


def _boxed(block: Block, place: Place, frame: Frame, theme: Theme) -> Group:
    """A box with its words, a circle with a plus, or a delay."""
    box = frame.box(place)
    if block.kind == "delay":
        return figured(Part(block.id, "delay", "delay", block.title, tex=block.words), place, frame, theme)
    style = Style(theme.stroke(block.what), _STROKE * frame.scale, name=block.what)
    if block.kind in ("sum", "product"):
        style = style._replace(width=shapes.STROKE * frame.scale)
        items: tuple[Item, ...] = (Shape(f"{block.id}/shape", "circle", box, style, shapes.circle(box)),)
        return Group(block.id, block.title, "node", items + _sign(block, box, frame, theme))
    outline = Shape(f"{block.id}/shape", "rounded", box, style, shapes.rounded(box, _CORNER * frame.scale))
    left, top, right, bottom = box
    edge = 5.0 * frame.scale
    room = (left + edge, top + edge / 2, right - edge, bottom - edge / 2)
    size = max(lettering.SMALLEST, WORDS_SIZE * frame.scale)
    if block.kind == "map":
        centre = ((left + right) / 2, (top + bottom) / 2)
        symbol = lettering.symbol(f"{block.id}/label", block.words, centre, size=size, colour=theme.text)
        return Group(block.id, block.title, "node", (outline, symbol))
    label = lettering.block(f"{block.id}/label", block.words, room, size=size, colour=theme.text)
    return Group(block.id, block.title, "node", (outline, *label))


def _sign(block: Block, box: Box, frame: Frame, theme: Theme) -> tuple[Shape, ...]:
    """The plus inside a sum, the cross inside a product."""
    x, y, reach = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 0.25 * (box[2] - box[0])
    style = Style(theme.text, shapes.WIRE * frame.scale, name="wire")
    strokes = {"level": ((x - reach, y), (x + reach, y)), "upright": ((x, y - reach), (x, y + reach))}
    if block.kind == "product":
        reach *= 0.8
        left, top, right, bottom = x - reach, y - reach, x + reach, y + reach
        strokes = {"rising": ((left, bottom), (right, top)), "falling": ((left, top), (right, bottom))}
    return tuple(
        Shape(f"{block.id}/{name}", "path", around(ends), style, polygon(ends, closed=False))
        for name, ends in strokes.items()
    )


def _value(id: str, tex: str, at: Point, frame: Frame, theme: Theme) -> Group:
    """The symbol of what a map gives, at the right of its wire."""
    x, y = frame.point((at[0] + _BESIDE, at[1]))
    size = max(lettering.SMALLEST, _VALUE * frame.scale)
    bold = rf"\boldsymbol{{{tex}}}"
    symbol = lettering.symbol_at(f"{id}/symbol", bold, (x, y - 0.4 * size), size=size, colour=theme.stroke("hidden"))
    return Group(id, f"{tex}, {id}", "value", (symbol,))
