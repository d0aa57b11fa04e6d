"""What stands at the left of a slide: the title, and a line of legend for each labelled variable."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from archgraph.draw.letters import lettering, typeface
from archgraph.draw.letters.alphabet import label_of, symbol_of
from archgraph.draw.paths import Box, around
from archgraph.draw.scene import Group, Item, Symbol, Words
from archgraph.draw.theme import Theme
from archgraph.graph.module import Graph, Variable

TITLE_SIZE = 43.0
LEGEND_SIZE = 28.0
LEFT = 60.0
_ROOM = 840.0
_TITLE_LINE = 105.0
_LEGEND_LINE = 180.0
_LEADING = 40.0
# Where the last line of a legend may stand, and how much smaller its lines may be.
_LAST = 480.0
_CLOSEST = 0.4
_SYMBOL = 34.0
# No symbol rises further above its line: a tilde over a tall letter keeps clear of the line before.
_RISE = 30.0
_INDENT = 36.0
_APART = 12.0
_GUTTER = 40.0  # between columns
# The legend reads as the model does: what is given, what is computed, what is predicted.
ORDER = ("input", "target", "contrastive", "hidden", "latent", "parameter", "prediction")


class Note(NamedTuple):
    """A line of legend for what is no variable: a sign of the picture, and what it means."""

    sign: str
    said: str
    colour: str


class Heading(NamedTuple):
    """`title` is what is written, "" for nothing; `entries` are the variables that get a line, `notes` come after."""

    name: str
    title: str
    entries: tuple[Variable, ...] = ()
    notes: tuple[Note, ...] = ()


def heading(graph: Graph, title: str | None, legend: bool) -> Heading:
    """The heading of a graph; a title of one's own displaces the graph's."""
    labelled = [variable for variable in graph.variables.values() if variable.label.strip()] if legend else []
    entries = tuple(sorted(labelled, key=lambda variable: ORDER.index(variable.kind)))
    own = typeface.line_of(graph.title or label_of(graph.name))
    said = own if title is None else typeface.line_of(title).strip()
    return Heading(said or own, said, entries)


def texts(head: Heading, size: float, theme: Theme, *, level: float = 1.0, columns: int = 1) -> tuple[Group, ...]:
    """The heading as groups of the scene, its title at most `size` points high and as wide as the page.

    `level` is how large all of it is, as a part of the notation's size; the legend stands in so many columns.
    """
    items = []
    if head.title:
        fitted = _fitted(head.title, size * level, _ROOM)
        title = lettering.words("title--/words", head.title, (LEFT, _TITLE_LINE), size=fitted, colour=theme.text)
        items.append(Group("title--", head.title, "title", (title,)))
    first = _TITLE_LINE + (_LEGEND_LINE - _TITLE_LINE) * level if head.title else _TITLE_LINE
    lines = [*map(_entry, head.entries), *map(_note, head.notes)]
    rows, left = ceil(len(lines) / columns), LEFT
    # A long legend is set closer and smaller, so that it ends on the slide.
    scale = max(min(level, (_LAST - first) / max(rows - 1, 1) / _LEADING), _CLOSEST)
    for begin in range(0, len(lines), max(rows, 1)):
        column = _column(lines[begin : begin + rows], (left, first), scale, theme)
        items += column
        left = max(box[2] for box in ink(tuple(column))) + _GUTTER * scale
    return tuple(items)


def _column(lines: list[_Line], start: tuple[float, float], scale: float, theme: Theme) -> list[Group]:
    """Lines of legend below each other, the first at a point."""
    places = [(start[0], start[1] + index * _LEADING * scale) for index in range(len(lines))]
    signs = [_sign(line, place, scale, theme) for line, place in zip(lines, places, strict=True)]
    # What is said begins at one edge, right of the widest sign.
    edge = max([start[0] + _INDENT * scale, *(sign.box[2] + _APART * scale for sign in signs)])
    found = []
    for line, (_, base), sign in zip(lines, places, signs, strict=True):
        fitted = _fitted(line.said, LEGEND_SIZE * scale, LEFT + _ROOM - edge)
        said = lettering.words(f"{line.id}/words", line.said, (edge, base), size=fitted, colour=theme.text)
        found.append(Group(line.id, f"{line.name}: {said.text}", "legend", (sign, said)))
    return found


class _Line(NamedTuple):
    """A line of legend: a symbol, or a sign in words and its colour, and what it means."""

    id: str
    name: str
    said: str
    tex: str = ""
    kind: str = ""
    colour: str = ""


def _entry(variable: Variable) -> _Line:
    tex = variable.math or symbol_of(variable.name)
    return _Line(f"legend--{variable.name}", variable.name, variable.label, tex, variable.kind)


def _note(note: Note) -> _Line:
    return _Line(f"legend--{note.said}", note.sign, note.said, colour=note.colour)


def _sign(line: _Line, place: tuple[float, float], scale: float, theme: Theme) -> Words | Symbol:
    """The symbol or sign at the left of a line."""
    if not line.tex:
        size = LEGEND_SIZE * scale
        return lettering.words(f"{line.id}/sign", line.name, place, size=size, colour=line.colour)
    size = lettering.rising(line.tex, _RISE, _SYMBOL) * scale
    colour = theme.stroke(line.kind)
    return lettering.symbol_at(f"{line.id}/symbol", line.tex, place, size=size, colour=colour)


def _fitted(text: str, size: float, room: float) -> float:
    """The size at which a line is no wider than the room.

    Raises:
        TooLongError: it is wider at 9 pt.
    """
    fitted = min(size, size * room / max(typeface.width(text, size), 1.0))
    if fitted < lettering.SMALLEST:
        raise lettering.TooLongError(f"the line {text[:40]!r}… does not fit the slide at {lettering.SMALLEST:.0f} pt")
    return fitted


def ink(items: tuple[Item, ...]) -> list[Box]:
    """The box of the ink of each group of text."""
    boxes = []
    for item in items:
        inner = item.items if isinstance(item, Group) else ()
        corners = [part.box for part in inner if isinstance(part, (Words, Symbol))]
        boxes.append(around(point for box in corners for point in (box[:2], box[2:])))
    return boxes
