"""The picture of what differs between two graphs."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from archgraph.graph.module import Graph
from archgraph.report.difference import difference


def drawn(before: Graph, after: Graph, suffix: str, **options: Any) -> bytes:
    """The picture of a difference in the format of a file ending.

    Args:
        before: the first graph.
        after: the second graph.
        suffix: the ending, such as "svg".
        options: those of `archgraph.draw.compare.compared` and of `archgraph.draw.Options`.

    Raises:
        ValueError: an unknown format or option.
    """
    from archgraph.draw import Options, write
    from archgraph.draw.compare import compared

    names = {field.name for field in fields(Options)}
    how = Options(**{name: value for name, value in options.items() if name in names})
    look = {name: value for name, value in options.items() if name not in names}
    changed = difference(before, after).touched()
    return write(compared(before, after, changed, **look), suffix, how)
