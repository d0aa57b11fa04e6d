"""Pictures that show themselves in a notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any

from archgraph.core.diagnostic import Diagnostic
from archgraph.graph.module import Graph
from archgraph.graph.program import Program

if TYPE_CHECKING:
    from archgraph.draw import Options, Scene


@dataclass(frozen=True)
class Picture:
    """A picture as SVG; as the value of a notebook's cell it is shown.

    Its ids begin with letters of its own, so that several on one page do not disturb each other.
    """

    title: str
    svg: str = field(repr=False)

    def _repr_svg_(self) -> str:
        return self.svg


def picture(program: Program | Graph, **look: Any) -> Picture:
    """The picture of a checked spec, or of a graph of which no more is known."""
    from archgraph.compiler.picture import scene_of, sorted_options

    how, rest = sorted_options(look)
    return pictured(scene_of(program, **rest), how)


def pictured(scene: Scene, how: Options | None = None) -> Picture:
    """A scene as a picture."""
    from archgraph.draw import Options, write

    plain = how or Options()
    prefix = f"a{hashlib.sha256(write(scene, 'svg', plain)).hexdigest()[:8]}--"
    return Picture(scene.title, write(scene, "svg", replace(plain, prefix=prefix)).decode("utf-8"))


def listed(diagnostics: Iterable[Diagnostic]) -> str:
    """Diagnostics as HTML, in which nothing of a spec is markup."""
    text = "\n".join(map(str, diagnostics))
    return f"<pre>{escape(text)}</pre>"
