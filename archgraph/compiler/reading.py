"""From what a user calls a spec to the program: read, built, analysed, held to the rules."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Union

from archgraph.check.analyse import analyse
from archgraph.check.rules import apply
from archgraph.compiler.pages import faults
from archgraph.core.diagnostic import Collector, SpecError, Stop
from archgraph.core.source import Mapping as Tree
from archgraph.graph.module import Graph
from archgraph.graph.program import Program
from archgraph.lang.build import Choice, load
from archgraph.lang.faults.schema import ALLOW
from archgraph.lang.files import open_spec, open_text
from archgraph.ops import Operations

SpecLike = Union[str, "os.PathLike[str]", bytes, IO[Any]]


def analysed(tree: Tree, choice: Choice, into: Collector) -> Program | None:
    """The program of a tree as far as its faults allow: they go into the collector, and there is one only without."""
    graph = load(tree, Operations(), choice, into)
    if graph is None:
        return None
    _allowed(graph, into)
    return apply(analyse(graph, into), into)


def _allowed(graph: Graph, into: Collector) -> None:
    """Record codes of `allow` that are none, or that are no fault of roles."""
    for code, span in graph.allow:
        fault = faults().get(code)
        if fault is None or not fault.role:
            legal = [known for known, other in faults().items() if other.role]
            what = f"({fault.title}) is no fault of roles" if fault else "is no code"
            into.add(ALLOW, f"'{code}' {what}", span, hint=f"may be allowed: {', '.join(legal)}")


def tree_of(spec: SpecLike, name: str, into: Collector) -> Tree:
    """The tree of a path, a stream, bytes, or text, which `name` is for; raises Stop where there is none."""
    if isinstance(spec, str) and "\n" in spec:
        return open_text(spec.encode("utf-8", "surrogatepass"), name or "<text>", into)
    if isinstance(spec, bytes):
        return open_text(spec, name or "<text>", into)
    if isinstance(spec, (str, os.PathLike)):
        return open_spec(Path(spec), into)
    data = spec.read()
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return open_text(data, name or str(getattr(spec, "name", "<stream>")), into)


def leaking(tree: Tree, choice: Choice) -> tuple[Graph, str]:
    """The graph of a spec with a leak, and the way of the first one; raises SpecError where nothing can be drawn."""
    from archgraph.draw.errors import PictureError

    into, graph = Collector(), None
    with suppress(Stop):  # what could be built before that is drawn
        graph = load(tree, Operations(), choice, into)
        if graph is not None:
            apply(analyse(graph, into), into)
    way = next((item.way for item in sorted(into, key=lambda item: item.key) if item.way), ())
    if graph is not None and way:
        return graph, " -> ".join(way)
    if into.failed:
        raise SpecError(into)
    raise PictureError("nothing leaks here, so there is no leak to highlight")
