"""Mermaid: the graph as the text of a flowchart, for pages that draw those; frames become subgraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archgraph.draw.scene import Scene
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers.listing import Edge, Listing, Vertex, listing
from archgraph.draw.writers.markup import legal

_FORMS = {"circle": ("((", "))"), "rect": ("[", "]")}
_MODULE = ("([", "])")
_NAME = re.compile(r"[a-z]+")
# Signs of ASCII may mean something to Mermaid, to its Markdown or to the page; a hyphen inside a word does not.
_SIGN = re.compile(r"(?!(?<=[A-Za-z0-9])-[A-Za-z0-9])[^A-Za-z0-9 ,\u0080-\U0010ffff]")


def write(scene: Scene, options: Options) -> bytes:
    """The graph of a scene as a flowchart from left to right, in UTF-8."""
    found = listing(scene)
    everything = (*found.vertices, *found.frames)
    pen = _Pen({vertex.id: f"n{number}" for number, vertex in enumerate(everything, 1)})
    lines = [
        "flowchart LR",
        f"  accTitle: {escape(scene.title)}",
        *pen.inside(found, "", "  "),
        *map(pen.edge, found.edges),
    ]
    ground = "none" if options.transparent else scene.background
    styles = {vertex.style.name: vertex for vertex in everything if _NAME.fullmatch(vertex.style.name)}
    for name, vertex in sorted(styles.items()):
        lines.append(f"  classDef {_class(name)} {_look(vertex, ground)}")
        members = [pen.names[each.id] for each in everything if each.style.name == name]
        lines.append(f"  class {','.join(members)} {_class(name)}")
    return "\n".join([*lines, ""]).encode("utf-8")


def escape(text: str) -> str:
    """A text in which Mermaid finds no quotes, Markdown, markup or link: all signs are written as their numbers."""
    return _SIGN.sub(lambda found: f"#{ord(found[0])};", legal(text))


@dataclass(frozen=True)
class _Pen:
    """Writes lines; `names` are those of vertices in the text, with numbers since their own may mean something."""

    names: dict[str, str]

    def inside(self, found: Listing, frame: str, indent: str) -> list[str]:
        """What lies in a frame, or for "" on the page."""
        lines = [f"{indent}{self.vertex(vertex)}" for vertex in found.vertices if vertex.frame == frame]
        for each in found.frames:
            if each.frame == frame:
                lines.append(f'{indent}subgraph {self.names[each.id]}["{escape(each.label)}"]')
                lines.extend(self.inside(found, each.id, f"{indent}  "))
                lines.append(f"{indent}end")
        return lines

    def vertex(self, vertex: Vertex) -> str:
        """The line of a vertex: its name, and its label in the brackets of its form."""
        opening, closing = _FORMS.get(vertex.form, _MODULE)
        return f'{self.names[vertex.id]}{opening}"{escape(vertex.label) or " "}"{closing}'

    def edge(self, edge: Edge) -> str:
        """The line of an edge, dashed with its kind where it has one."""
        arrow = f'-. "{edge.kind}" .->' if edge.kind else "-->"
        return f"  {self.names[edge.source]} {arrow} {self.names[edge.target]}"


def _class(name: str) -> str:
    return f"kind_{name}"


def _look(vertex: Vertex, ground: str) -> str:
    style = vertex.style
    fill = style.fill if style.fill != "none" else ground
    colour = style.stroke if style.stroke != "none" else style.fill
    return f"stroke:{colour},fill:{fill},color:{colour}"


WRITER = Writer("mmd", write)
