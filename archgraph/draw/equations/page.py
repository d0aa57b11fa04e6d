"""The equations of a graph under its picture, on a page of their own, or as LaTeX."""

from __future__ import annotations

from archgraph.draw.equations.formulas import equations
from archgraph.draw.equations.latex import document, latex
from archgraph.draw.equations.typeset import alone, beneath
from archgraph.draw.heading import heading
from archgraph.draw.scene import Scene
from archgraph.draw.theme import THEMES, Theme
from archgraph.draw.writer import Options
from archgraph.graph.module import Graph


def under(scene: Scene, graph: Graph, depth: int = 0, *, theme: str = "dark") -> Scene:
    """The picture of a graph with its equations."""
    return beneath(scene, equations(graph, depth), _known(theme))


def page(graph: Graph, depth: int = 0, theme: str = "dark") -> Scene:
    """The equations of a graph alone.

    Raises:
        ValueError: an unknown theme.
    """
    return alone(equations(graph, depth), heading(graph, None, False).name, _known(theme))


def source(graph: Graph, depth: int = 0, theme: str | None = None, *, options: Options | None = None) -> str:
    """The equations of a graph in LaTeX: an `align*`, or by the options of a picture a document of its own.

    Raises:
        ValueError: an unknown theme.
    """
    lines = equations(graph, depth)
    look = None if theme is None else _known(theme)
    if look is None or options is None or options.snippet:
        return latex(lines, look)
    return document(lines, look, transparent=options.transparent)


def _known(theme: str) -> Theme:
    if theme not in THEMES:
        raise ValueError(f"unknown theme {theme!r}; known are {', '.join(THEMES)}")
    return THEMES[theme]
