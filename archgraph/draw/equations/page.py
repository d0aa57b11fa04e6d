"""The equations of a graph under its picture, on a page of their own, or as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.draw.equations.formulas import equations
from archgraph.draw.equations.latex import document, latex
from archgraph.draw.equations.placing import beneath
from archgraph.draw.equations.typeset import alone
from archgraph.draw.errors import PictureError
from archgraph.draw.letters.maths import drawn
from archgraph.draw.letters.typeface import lettered
from archgraph.draw.look import Look
from archgraph.draw.marks.heading import TITLE_SIZE, heading, texts
from archgraph.draw.scene import Group, Scene
from archgraph.draw.slide import HEIGHT, WIDTH
from archgraph.draw.theme import THEMES
from archgraph.draw.writer import Options
from archgraph.graph.module import Graph

# Depths that fit a slide, with equations too.
_SLIDES = 1
_SIZE = (WIDTH, HEIGHT)
_HEADS = ("title", "legend")
# How small a heading may get beside equations.
_LEVELS = (0.7, 0.5, 0.4)


def under(scene: Scene, graph: Graph, look: Look) -> Scene:
    """The picture of a graph, drawn with a look, with its equations; a slide stays a slide."""
    others = _headed(scene, graph, look) if look.depth <= _SLIDES and (scene.width, scene.height) == _SIZE else ()
    return beneath(scene, equations(graph, look.depth, look.use), THEMES[look.theme], others)


def _headed(scene: Scene, graph: Graph, look: Look) -> Iterator[tuple[float, Scene]]:
    """A scene as it is, and with smaller headings, each with the size of its heading as a part of the usual."""
    yield 1.0, scene
    kept = {item.id for item in scene.items if isinstance(item, Group) and item.kind in _HEADS}
    if not kept or look.highlight:
        return
    rest = tuple(item for item in scene.items if item.id not in kept)
    head = heading(graph, look.title, look.legend)
    for level in _LEVELS:
        with lettered(look.font):
            smaller = texts(head, TITLE_SIZE, THEMES[look.theme], level=level)
        yield level, scene._replace(items=(*(group for group in smaller if group.id in kept), *rest))


def page(graph: Graph, look: Look) -> Scene:
    """The equations of a graph alone.

    Raises:
        ValueError: an unknown theme, depth or use.
        PictureError: a wish that is for pictures alone.
    """
    _check(look)
    return alone(equations(graph, look.depth, look.use), heading(graph, look.title, False).name, THEMES[look.theme])


def _check(look: Look) -> None:
    look.check()
    wishes = {"unrolled": look.unroll, "turned": look.direction, "highlighted": look.highlight}
    for said, wish in wishes.items():
        if wish:
            raise PictureError(f"equations alone are not {said}")


def source(graph: Graph, look: Look, options: Options | None = None, *, coloured: bool = True) -> str:
    """The equations of a graph in LaTeX: an `align*`, or by the options of a picture a document of its own.

    Raises:
        ValueError: an unknown theme, depth or use.
        PictureError: mathematics of an author outside the subset that is drawn, or a wish that is for pictures alone.
    """
    _check(look)
    lines = equations(graph, look.depth, look.use)
    for piece in (piece for line in lines for piece in (*line.left, *line.right)):
        drawn(piece.tex)
    theme = THEMES[look.theme]
    if options is None or options.snippet:
        return latex(lines, theme if coloured else None)
    return document(lines, theme, transparent=options.transparent)
