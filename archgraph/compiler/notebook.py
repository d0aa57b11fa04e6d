"""Pictures that show themselves in a notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from archgraph.core.diagnostic import Diagnostic, render
from archgraph.graph.program import Program


@dataclass(frozen=True)
class Picture:
    """A picture as SVG; as the value of a notebook's cell it is shown.

    Its ids begin with letters of its own, so that several on one page do not disturb each other.
    """

    title: str
    svg: str = field(repr=False)

    def _repr_svg_(self) -> str:
        return self.svg


def picture(program: Program, **look: Any) -> Picture:
    """The picture of a checked spec."""
    from archgraph.compiler.picture import drawn

    plain = drawn(program, "svg", **look)
    prefix = f"a{hashlib.sha256(plain).hexdigest()[:8]}--"
    graph = program.graph
    return Picture(graph.title or graph.name, drawn(program, "svg", prefix=prefix, **look).decode("utf-8"))


def listed(diagnostics: Iterable[Diagnostic]) -> str:
    """Diagnostics as HTML, in which nothing of a spec is markup."""
    text = "\n".join(map(render, diagnostics))
    return f"<pre>{escape(text)}</pre>"
