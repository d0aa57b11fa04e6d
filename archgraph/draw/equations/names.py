"""What things are called in equations: variables as in the picture, modules by a short upright word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set

from archgraph.draw.alphabet import ACCENTS, COMMANDS, GREEK
from archgraph.draw.equations.pieces import Piece
from archgraph.graph.module import Node
from archgraph.graph.operation import Operation

_SHORT = {"encoder": "Enc", "predictor": "Pred", "decoder": "Dec"}


def functions(nodes: Mapping[str, Node], taken: Set[str] = frozenset(), within: str = "") -> dict[str, Piece]:
    """The functions that nodes are, by name: `Enc` for encoder, or the whole word where two would be called alike.

    Args:
        nodes: the nodes of one body.
        taken: what functions elsewhere are called already.
        within: what stands below a name that is taken.
    """
    words = {
        name: node.label if node.label.isalpha() and node.label.isascii() else name for name, node in nodes.items()
    }
    short = {name: node.math or _upright(words[name], _SHORT) for name, node in nodes.items()}
    often = Counter(short.values())
    full = {name: tex if often[tex] == 1 else _upright(name, {}) for name, tex in short.items()}
    return {
        name: Piece(f"{{{tex}}}_{{{within}}}" if tex in taken else tex, nodes[name].role or "node")
        for name, tex in full.items()
    }


def operation(op: Operation) -> Piece:
    """The function that an operation is, called as its class: `LayerNorm` for layer_norm, `GRU` for gru."""
    title = op.title()
    word = title if title.isascii() and title.isalnum() else _camel(op.name)
    return Piece(rf"\mathrm{{{'Causal' if op.arguments().get('causal') else ''}{word}}}")


def _upright(name: str, known: Mapping[str, str]) -> str:
    """An upright word for a name, the parts that say what it is about below it."""
    parts = [part for part in name.split("_") if part]
    role = next((part for part in parts if part.lower() in known), None)
    head = known[role.lower()] if role else _camel(name)
    below = [_lowered(part) for part in parts if part != role] if role else []
    return rf"\mathrm{{{head}}}" + (rf"_{{{','.join(below)}}}" if below else "")


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _lowered(part: str) -> str:
    if part.isdigit():
        return part
    if len(part) == 1:
        return rf"\boldsymbol{{{part}}}"
    if part in GREEK and part in COMMANDS and part not in ACCENTS:
        return rf"\boldsymbol{{\{part}}}"
    return rf"\mathrm{{{part}}}"
