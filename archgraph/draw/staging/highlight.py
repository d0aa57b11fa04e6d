"""A way through the graph, drawn heavier than the rest, which is dimmed."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from archgraph.core.suggest import hint
from archgraph.draw.errors import PictureError
from archgraph.draw.owner import is_fork, lines, onward, owner
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Style, Symbol, Words
from archgraph.draw.sketch import Sketch

_HEAVY = 1.75
# How much is left of a colour that is dimmed; the rest is the ground.
_LEFT = 0.3
_ARROW = "->"


class Lit(NamedTuple):
    """The parts and the links between parts that are highlighted."""

    parts: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def way(sketch: Sketch, text: str) -> Lit:
    """What a highlight means: all that a name leads to, or a path from name to name, as `y -> enc -> predictor`.

    Unrolled, a name stands for all of its copies, and a path is shown from each copy that it leads on from.

    Raises:
        PictureError: a name that the picture lacks, or no way from one to the next.
    """
    names = [name.strip() for name in text.split(_ARROW)]
    copies = [_copies(sketch, name) for name in names]
    if len(names) == 1:
        return _joined(_ahead(sketch, name) for name in copies[0])
    paths = [path for start in copies[0] if (path := _path(sketch, start, copies[1:]))]
    if not paths:
        one, other = next((pair for pair in pairwise(names) if not _leads(sketch, *pair)), (names[0], names[-1]))
        raise PictureError(f"no way leads from '{one}' to '{other}'")
    return _joined(Lit(frozenset(path), frozenset(pairwise(path))) for path in paths)


def _copies(sketch: Sketch, name: str) -> list[str]:
    """The parts that a name stands for: itself, or in a picture of several steps its copies."""
    if name in sketch.parts:
        return [name]
    found = [part for part in sketch.parts if re.fullmatch(rf"{re.escape(name)}--\d+", part)]
    if not found:
        raise PictureError(f"there is no '{name}' to highlight: {hint(name, sketch.parts)}")
    return found


def _joined(found: Iterable[Lit]) -> Lit:
    every = list(found)
    return Lit(frozenset().union(*(lit.parts for lit in every)), frozenset().union(*(lit.pairs for lit in every)))


def _ahead(sketch: Sketch, name: str) -> Lit:
    """All that a part leads to."""
    found, waiting = {name}, [name]
    while waiting:
        fresh = [target for target in sketch.targets(waiting.pop()) if target not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return Lit(frozenset(found), frozenset((link.source, link.target) for link in sketch.links if link.source in found))


def _leads(sketch: Sketch, one: str, other: str) -> bool:
    """Whether a way leads from a copy of one to a copy of another."""
    ends = _copies(sketch, other)
    return any(_between(sketch, start, ends) for start in _copies(sketch, one))


def _path(sketch: Sketch, start: str, stops: Iterable[list[str]]) -> list[str]:
    """The parts from one on, by one copy of each stop; [] where no way leads there."""
    path = [start]
    for ends in stops:
        further = _between(sketch, path[-1], ends)
        if not further:
            return []
        path += further
    return path


def _between(sketch: Sketch, start: str, ends: Collection[str]) -> list[str]:
    """The parts after the first on the shortest way from one to the nearest of others; [] for no way."""
    before = {start: ""}
    waiting = deque([start])
    while waiting:
        name = waiting.popleft()
        for target in sketch.targets(name):
            if target in ends:
                return [*_back(name, before), target][1:]
            if target not in before:
                before[target] = name
                waiting.append(target)
    return []


def _back(name: str, before: dict[str, str]) -> list[str]:
    found = [name]
    while before[found[-1]]:
        found.append(before[found[-1]])
    return found[::-1]


def highlighted(scene: Scene, sketch: Sketch, lit: Lit) -> Scene:
    """The scene with a way heavier than before, and all else dimmed; titles and equations stay as they are."""
    brush = _Brush(sketch, lit, scene.background)
    shining = [line for item in scene.items for line in lines(item) if brush.on(line)]
    wires = iter(sorted((item for item in scene.items if lines(item)), key=lambda item: brush.bright(item, shining)))
    # The heavy wires are drawn over the others.
    ordered = [next(wires) if lines(item) else item for item in scene.items]
    items = tuple(_painted(brush, item, shining) for item in ordered)
    titles = ", ".join(part.title for name, part in sketch.parts.items() if name in lit.parts)
    return scene._replace(items=items, description=f"{scene.description} Highlighted: {titles}.")


def _painted(brush: _Brush, item: Item, shining: list[Line]) -> Item:
    if brush.bright(item, shining):
        return brush.heavy(item)
    return brush.dim(item)


class _Brush(NamedTuple):
    """Paints items heavier or dimmer."""

    sketch: Sketch
    lit: Lit
    ground: str

    def on(self, line: Line) -> bool:
        """Whether a wire is on the way, or inside a module that is."""
        ends = owner(line.source, self.sketch.parts), owner(line.target, self.sketch.parts)
        return ends in self.lit.pairs or (ends[0] == ends[1] and ends[0] in self.lit.parts)

    def bright(self, item: Item, shining: list[Line]) -> bool:
        """Whether an item is highlighted, or none of those that a highlight dims."""
        if lines(item):
            return any(map(self.on, lines(item)))
        if is_fork(item):
            return any(True for line in shining for _ in onward(line, item))
        if isinstance(item, Group) and item.kind == "callout":
            return False
        name = owner(item.id, self.sketch.parts)
        return not name or name in self.lit.parts

    def heavy(self, item: Item) -> Item:
        """An item with heavier strokes."""
        if isinstance(item, Group):
            return item if item.kind == "title" else item._replace(items=tuple(map(self.heavy, item.items)))
        if isinstance(item, (Shape, Line)) and item.style.width:
            return item._replace(style=item.style._replace(width=item.style.width * _HEAVY))
        return item

    def dim(self, item: Item) -> Item:
        """An item that recedes."""
        if isinstance(item, Group):
            return item._replace(items=tuple(map(self.dim, item.items)))
        if isinstance(item, (Words, Symbol)):
            return item._replace(colour=self.mixed(item.colour))
        return item._replace(style=self.style(item.style))

    def style(self, style: Style) -> Style:
        """A style that recedes, under a name of its own, since it is not how its kind looks elsewhere."""
        name = f"{style.name}-dim" if style.name else ""
        return style._replace(stroke=self.mixed(style.stroke), fill=self.mixed(style.fill), name=name)

    def mixed(self, colour: str) -> str:
        """A colour with most of it taken by the ground."""
        if colour == "none":
            return colour
        return "#" + "".join(f"{round(value):02x}" for value in _blend(colour, self.ground))


def _blend(colour: str, ground: str) -> Iterator[float]:
    for at in (1, 3, 5):
        one, other = int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)
        yield _LEFT * one + (1 - _LEFT) * other
