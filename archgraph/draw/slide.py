"""The page: title and legend at the left, the picture against the right, as on the lecture slides."""

from __future__ import annotations

from typing import Iterator

from archgraph.draw import lettering, typeface
from archgraph.draw.alphabet import symbol_of
from archgraph.draw.figure import Frame, extents, figure
from archgraph.draw.grid import Plan
from archgraph.draw.paths import Box, around
from archgraph.draw.route import Route
from archgraph.draw.scene import Group, Item, Scene
from archgraph.draw.shapes import UNIT
from archgraph.draw.sketch import Sketch
from archgraph.draw.theme import Theme
from archgraph.graph.module import Graph, Variable

WIDTH = 960.0
HEIGHT = 540.0
MARGIN = 45.0
TITLE_SIZE = 43.0
LEGEND_SIZE = 28.0
_LEFT = 60.0
_TITLE_LINE = 105.0
_LEGEND_LINE = 180.0
_LEADING = 40.0
_SYMBOL = 34.0
_INDENT = 36.0
_RIGHT = 915.0
_TOP = 60.0
_AIR = 12.0


def slide(
    graph: Graph, sketch: Sketch, plan: Plan, routes: tuple[Route, ...], *, texts: tuple[Item, ...], theme: Theme
) -> Scene:
    """The scene of one page with its texts and its picture."""
    frame = _frame(extents(plan, routes), [_box(item) for item in texts])
    picture = figure(sketch, plan, routes, frame=frame, theme=theme)
    title = graph.title or graph.name
    return Scene(WIDTH, HEIGHT, theme.background, title, describe(sketch, title), texts + picture)


def describe(sketch: Sketch, title: str) -> str:
    """What the picture shows, in words, for those who cannot see it."""
    flows = "; ".join(f"{link.source} to {link.target}" for link in sketch.links if "--" not in link.name)
    parts = ", ".join(part.title for part in sketch.parts.values())
    return f"{title}: {parts}. Wires: {flows}."


def texts(graph: Graph, title: str | None, legend: bool, theme: Theme) -> tuple[Item, ...]:
    """The title and the legend lines of a graph; an empty title shows none."""
    shown = graph.title if title is None else title
    items: list[Item] = []
    if shown:
        size = min(TITLE_SIZE, TITLE_SIZE * (WIDTH - 2 * _LEFT) / max(typeface.width(shown, TITLE_SIZE), 1.0))
        line = lettering.words("title--text", shown, (_LEFT, _TITLE_LINE), size=size, colour=theme.text)
        items.append(Group("title--", shown, "title", (line,)))
    if legend:
        labelled = [variable for variable in graph.variables.values() if variable.label]
        items.extend(_entry(variable, index, theme) for index, variable in enumerate(labelled))
    return tuple(items)


def _entry(variable: Variable, index: int, theme: Theme) -> Group:
    line = _LEGEND_LINE + index * _LEADING
    colour = theme.stroke(variable.kind)
    tex = variable.math or symbol_of(variable.name)
    sign = lettering.symbol_at(f"legend--{variable.name}/symbol", tex, (_LEFT, line), size=_SYMBOL, colour=colour)
    start = max(_LEFT + _INDENT, sign.box[2] + 12.0)
    size = min(LEGEND_SIZE, LEGEND_SIZE * (WIDTH - start - MARGIN) / max(typeface.width(variable.label, LEGEND_SIZE), 1.0))
    words = lettering.words(f"legend--{variable.name}/words", variable.label, (start, line), size=size, colour=theme.text)
    return Group(f"legend--{variable.name}", f"{variable.name}: {variable.label}", "legend", (sign, words))


def _frame(boxes: list[Box], taken: list[Box]) -> Frame:
    """The largest picture against the right edge of which no part meets a text; the notation's own size if it fits."""
    whole = around((x, y) for left, bottom, right, top in boxes for x, y in ((left, bottom), (right, top)))
    for frame in _frames(whole):
        left, top, right, bottom = frame.area(whole)
        inside = left >= MARGIN / 2 and top >= MARGIN / 2 and bottom <= HEIGHT - MARGIN / 2 and right <= WIDTH
        if inside and not any(_meet(frame.area(box), text) for box in boxes for text in taken):
            return frame
    return frame


def _frames(box: Box) -> Iterator[Frame]:
    """Frames to try, the notation's own size first, each with the top row high and then lower."""
    for percent in range(100, 30, -5):
        unit = UNIT * percent / 100
        x = _RIGHT - box[2] * unit
        highest, lowest = _TOP + box[3] * unit, HEIGHT - _TOP + box[1] * unit
        for row in (highest, lowest):
            yield Frame(x, row, unit)


def _meet(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] + _AIR and other[0] < one[2] + _AIR and one[1] < other[3] + _AIR and other[1] < one[3] + _AIR
    )


def _box(item: Item) -> Box:
    """The box of the ink of a text group."""
    assert isinstance(item, Group)
    boxes = [inner.box for inner in item.items if not isinstance(inner, Group) and hasattr(inner, "box")]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
