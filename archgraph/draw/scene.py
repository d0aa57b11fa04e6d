"""The scene: what a picture consists of, laid out in points, x to the right and y down.

Every writer walks a scene and nothing else. All primitives are neutral: a shape says what it is besides how
its outline runs, so that a writer with native circles or text can use those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archgraph.draw.paths import Box, Path, Point


class Style(NamedTuple):
    """How an outline is painted: colours as `#rrggbb` or "none", lengths in points.

    `name` is what it paints: a kind of variable, a role, wire or plate; "" where nothing else is painted so.
    """

    stroke: str = "none"
    width: float = 0.0
    fill: str = "none"
    dash: tuple[float, ...] = ()
    name: str = ""


class Shape(NamedTuple):
    """An outline: `kind` is circle, rect, rounded, bullet, dome or path; `direction` is where it points."""

    id: str
    kind: str
    box: Box
    style: Style
    outline: Path
    direction: str = "right"


class Words(NamedTuple):
    """A line of words: `box` is its ink, `origin` the start of its baseline, `outline` its glyphs.

    `font` is the file of the font that they are set in, "" for our own.
    """

    id: str
    text: str
    box: Box
    origin: Point
    size: float
    colour: str
    outline: Path
    font: str = ""


class Symbol(NamedTuple):
    """A piece of mathematics: `tex` is its source, `outline` its glyphs, `box` their ink."""

    id: str
    tex: str
    box: Box
    size: float
    colour: str
    outline: Path


class Line(NamedTuple):
    """A wire: corners from source to target; `head` is the outline of its arrow head, () for none."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    style: Style
    head: Path = ()


class Group(NamedTuple):
    """Things that belong together under an accessible name.

    `kind` is variable, node, delay, switch, wire, legend or title.
    """

    id: str
    name: str
    kind: str
    items: tuple[Item, ...]


Item = Shape | Words | Symbol | Line | Group


class Scene(NamedTuple):
    """A page of `width` × `height` points, painted in the order of its items.

    `touching` are the ids of what is joined without a wire, since the one touches the other: a source and its target.
    """

    width: float
    height: float
    background: str
    title: str
    description: str
    items: tuple[Item, ...]
    touching: tuple[tuple[str, str], ...] = ()

    def walk(self) -> Iterator[Item]:
        """Every item, groups before what they hold."""
        return _walk(self.items)


def _walk(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        if isinstance(item, Group):
            yield from _walk(item.items)
