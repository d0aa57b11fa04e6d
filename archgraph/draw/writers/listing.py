"""What a scene shows as plain lists, for formats that lay a graph out themselves."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from archgraph.draw.letters.alphabet import ACCENTS, COMMANDS, STYLES
from archgraph.draw.paths import Box
from archgraph.draw.scene import Group, Line, Scene, Shape, Style, Symbol, Words

_FRAMES = ("container", "plate")
_NODES = ("variable", "node", "delay", "switch")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
# What the names of wires may say at their end.
_KINDS = ("context", "no gradient", "context, no gradient")


@dataclass(frozen=True)
class Vertex:
    """Something that wires join: `form` is the kind of its shape, `frame` the inmost frame around it, "" for none."""

    id: str
    name: str
    label: str
    kind: str
    form: str
    style: Style
    frame: str = ""


@dataclass(frozen=True)
class Edge:
    """A wire; `kind` says what is special about it."""

    source: str
    target: str
    name: str
    kind: str = ""


@dataclass(frozen=True)
class Listing:
    """Vertices and edges in the order of the scene; frames, which hold vertices and frames, from the outside in."""

    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...]
    frames: tuple[Vertex, ...] = ()


def listing(scene: Scene) -> Listing:
    """The lists of a scene; wires between anything but its vertices end in vertices of their own, without labels."""
    groups = [item for item in scene.walk() if isinstance(item, Group)]
    boxes = {group.id: _box(group) for group in groups if group.kind in _FRAMES}
    frames = [_vertex(group, boxes) for group in groups if group.kind in _FRAMES]
    vertices = {group.id: _vertex(group, boxes) for group in groups if group.kind in _NODES}
    wires = (edge for group in groups if group.kind == "wire" for edge in _edges(group))
    touching = (Edge(*ends, f"{ends[0]} to {ends[1]}") for ends in scene.touching if set(ends) <= vertices.keys())
    edges = (*wires, *touching)
    for edge in edges:
        for id in (edge.source, edge.target):
            vertices.setdefault(id, Vertex(id, id, "", "node", "circle", Style()))
    frames.sort(key=lambda frame: -_area(boxes[frame.id]))
    return Listing(tuple(vertices.values()), edges, tuple(frames))


def plain(tex: str) -> str:
    r"""A symbol as text.

    >>> plain(r"\tilde{\boldsymbol{y}}_{1}"), plain(r"\zeta^{-1}")
    ('ỹ₁', 'ζ⁻¹')
    """
    parts = [token for token in _TOKEN.findall(tex) if not token.isspace()][::-1]
    found = ""
    while parts:
        found += _piece(parts)
    return found


def _piece(parts: list[str]) -> str:
    """The next atom as text, with what marks it."""
    token = parts.pop()
    if token == "{":
        inner = ""
        while parts and parts[-1] != "}":
            inner += _piece(parts)
        if parts:
            parts.pop()
        return inner
    if token in ("_", "^") and parts:
        inner = _piece(parts)
        shifted = inner.translate(_RAISED if token == "^" else _LOWERED)
        return shifted if not set(shifted) & set(inner) else token + inner
    name = token[1:]
    if token.startswith("\\") and name in STYLES:
        return _piece(parts) if parts else ""
    if token == r"\sqrt":
        return f"√{_piece(parts) if parts else ''}"
    if token.startswith("\\") and name in ACCENTS:
        return _accented(_piece(parts) if parts else "", ACCENTS[name])
    return COMMANDS.get(name, name) if token.startswith("\\") else token


def _accented(base: str, accent: str) -> str:
    return unicodedata.normalize("NFC", base[:1] + accent + base[1:])


def _vertex(group: Group, boxes: dict[str, Box]) -> Vertex:
    shape = _shape(group)
    return Vertex(
        group.id,
        group.name,
        _label(group),
        group.kind,
        shape.kind if shape else "",
        shape.style if shape else Style(),
        _frame(group.id, _box(group), boxes),
    )


def _label(group: Group) -> str:
    said = [item.text for item in group.items if isinstance(item, Words)]
    return " ".join(said or [plain(item.tex) for item in group.items if isinstance(item, Symbol)])


def _frame(id: str, box: Box, boxes: dict[str, Box]) -> str:
    """The smallest frame around a box."""
    around = [frame for frame, other in boxes.items() if frame != id and _holds(other, box)]
    return min(around, key=lambda frame: _area(boxes[frame])) if around else ""


def _shape(group: Group) -> Shape | None:
    return next((item for item in group.items if isinstance(item, Shape)), None)


def _box(group: Group) -> Box:
    shape = _shape(group)
    return shape.box if shape else (0.0, 0.0, 0.0, 0.0)


def _holds(outer: Box, inner: Box) -> bool:
    low = outer[0] <= inner[0] and outer[1] <= inner[1]
    return low and inner[2] <= outer[2] and inner[3] <= outer[3] and _area(inner) < _area(outer)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _edges(group: Group) -> list[Edge]:
    kind = next((kind for kind in _KINDS if group.name.endswith(f" ({kind})")), "")
    return [Edge(item.source, item.target, group.name, kind) for item in group.items if isinstance(item, Line)]
