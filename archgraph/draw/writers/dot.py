"""DOT: the graph as text for Graphviz, which places it anew; frames become clusters."""

from __future__ import annotations

from archgraph.draw.scene import Scene
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers.listing import Edge, Listing, Vertex, listing
from archgraph.draw.writers.markup import legal

_FORMS = {"circle": "circle", "rect": "square", "dome": "invhouse"}


def write(scene: Scene, options: Options) -> bytes:
    """The graph of a scene in the DOT language, in UTF-8."""
    found = listing(scene)
    ground = "transparent" if options.transparent else scene.background
    lines = [
        f"digraph {quoted(scene.title)} {{",
        f"  graph [rankdir=LR, bgcolor={quoted(ground)}, label={quoted(scene.title)}, fontcolor={_ink(scene)}];",
        f"  node [fontname=Carlito, fontcolor={_ink(scene)}];",
        f"  edge [color={_ink(scene)}, fontcolor={_ink(scene)}, fontname=Carlito];",
        *_inside(found, "", "  "),
        *(_edge(edge) for edge in found.edges),
        "}",
        "",
    ]
    return "\n".join(lines).encode("utf-8")


def quoted(text: str) -> str:
    """A text that Graphviz shows as it is: no end of the string, no escape of its own, no entity."""
    for character, written in (("\\", "\\\\"), ('"', '\\"'), ("&", "&amp;"), ("\r", " "), ("\n", "\\n")):
        text = text.replace(character, written)
    return f'"{legal(text)}"'


def _ink(scene: Scene) -> str:
    """Black or white, whichever is not the ground."""
    return quoted("#ffffff" if int(scene.background[1:3], 16) < 128 else "#000000")


def _inside(found: Listing, frame: str, indent: str) -> list[str]:
    """What lies in a frame, or for "" on the page."""
    lines = [f"{indent}{_vertex(vertex)}" for vertex in found.vertices if vertex.frame == frame]
    for cluster in found.frames:
        if cluster.frame == frame:
            lines.append(f"{indent}subgraph {quoted(f'cluster_{cluster.id}')} {{")
            lines.append(f"{indent}  graph [label={quoted(cluster.label)}, {_look(cluster)}];")
            lines.extend(_inside(found, cluster.id, f"{indent}  "))
            lines.append(f"{indent}}}")
    return lines


def _vertex(vertex: Vertex) -> str:
    form = _FORMS.get(vertex.form, "box")
    return f"{quoted(vertex.id)} [label={quoted(vertex.label)}, shape={form}, {_look(vertex)}];"


def _look(vertex: Vertex) -> str:
    style = vertex.style
    colour = style.fill if style.stroke == "none" else style.stroke
    paint = [f"color={quoted(colour)}"] if colour != "none" else []
    paint += [f"style=filled, fillcolor={quoted(style.fill)}"] if style.fill != "none" else []
    return ", ".join([*paint, f"tooltip={quoted(vertex.name)}"])


def _edge(edge: Edge) -> str:
    kind = f", label={quoted(edge.kind)}, style=dashed" if edge.kind else ""
    return f"  {quoted(edge.source)} -> {quoted(edge.target)} [tooltip={quoted(edge.name)}{kind}];"


WRITER = Writer("dot", write)
