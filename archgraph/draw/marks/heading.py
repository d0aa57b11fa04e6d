"""What stands at the left of a slide: the title, and a line of legend for each labelled variable."""

from __future__ import annotations

from dataclasses import dataclass

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
# The legend reads as the model does: what is given, what is computed, what is predicted.
ORDER = ("input", "target", "contrastive", "hidden", "latent", "parameter", "prediction")


@dataclass(frozen=True)
class Note:
    """A line of legend for what is no variable: a sign of the picture, and what it means."""

    sign: str
    said: str
    colour: str


@dataclass(frozen=True)
class Heading:
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


def texts(head: Heading, size: float, theme: Theme) -> tuple[Group, ...]:
    """The heading as groups of the scene, its title at most `size` points high and as wide as the page."""
    items = []
    if head.title:
        fitted = _fitted(head.title, size, _ROOM)
        title = lettering.words("title--/words", head.title, (LEFT, _TITLE_LINE), size=fitted, colour=theme.text)
        items.append(Group("title--", head.title, "title", (title,)))
    first = _LEGEND_LINE if head.title else _TITLE_LINE
    lines: tuple[Variable | Note, ...] = (*head.entries, *head.notes)
    # A long legend is set closer and smaller, so that it ends on the slide.
    scale = max(min(1.0, (_LAST - first) / max(len(lines) - 1, 1) / _LEADING), _CLOSEST)
    for index, each in enumerate(lines):
        line = first + index * _LEADING * scale
        items.append(_noted(each, line, scale, theme) if isinstance(each, Note) else _entry(each, line, scale, theme))
    return tuple(items)


def _noted(note: Note, line: float, scale: float, theme: Theme) -> Group:
    id = f"legend--{note.said}"
    sign = lettering.words(f"{id}/sign", note.sign, (LEFT, line), size=LEGEND_SIZE * scale, colour=note.colour)
    start = (max(LEFT + _INDENT * scale, sign.box[2] + 12.0 * scale), line)
    said = lettering.words(f"{id}/words", note.said, start, size=LEGEND_SIZE * scale, colour=theme.text)
    return Group(id, f"{note.sign}: {note.said}", "legend", (sign, said))


def _entry(variable: Variable, line: float, scale: float, theme: Theme) -> Group:
    id = f"legend--{variable.name}"
    tex = variable.math or symbol_of(variable.name)
    colour = theme.stroke(variable.kind)
    size = lettering.rising(tex, _RISE, _SYMBOL) * scale
    sign = lettering.symbol_at(f"{id}/symbol", tex, (LEFT, line), size=size, colour=colour)
    start = max(LEFT + _INDENT * scale, sign.box[2] + 12.0 * scale)
    size = _fitted(variable.label, LEGEND_SIZE * scale, LEFT + _ROOM - start)
    said = lettering.words(f"{id}/words", variable.label, (start, line), size=size, colour=theme.text)
    return Group(id, f"{variable.name}: {said.text}", "legend", (sign, said))


def _fitted(text: str, size: float, room: float) -> float:
    """The size at which a line is no wider than the room, 9 pt at least."""
    return max(lettering.SMALLEST, min(size, size * room / max(typeface.width(text, size), 1.0)))


def ink(items: tuple[Item, ...]) -> list[Box]:
    """The box of the ink of each group of text."""
    boxes = []
    for item in items:
        inner = item.items if isinstance(item, Group) else ()
        corners = [part.box for part in inner if isinstance(part, (Words, Symbol))]
        boxes.append(around(point for box in corners for point in (box[:2], box[2:])))
    return boxes
