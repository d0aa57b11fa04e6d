"""The equations of a graph under its picture, on a page of their own, or as LaTeX."""

from __future__ import annotations

from archgraph.draw.equations.formulas import equations
from archgraph.draw.equations.latex import document, latex
from archgraph.draw.equations.typeset import alone, beneath
from archgraph.draw.errors import PictureError
from archgraph.draw.letters.maths import drawn
from archgraph.draw.look import Look
from archgraph.draw.marks.heading import heading
from archgraph.draw.scene import Scene
from archgraph.draw.theme import THEMES
from archgraph.draw.writer import Options
from archgraph.graph.module import Graph


def under(scene: Scene, graph: Graph, look: Look) -> Scene:
    """The picture of a graph, drawn with a look, with its equations."""
    return beneath(scene, equations(graph, look.depth, look.use), THEMES[look.theme])


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
