"""What things are called in equations: variables as in the picture, modules by a short upright word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Set

from archgraph.draw.equations.pieces import Piece
from archgraph.draw.letters.alphabet import ACCENTS, COMMANDS, GREEK
from archgraph.graph.module import Node
from archgraph.graph.operation import Operation

_WORD = re.compile(r"[A-Za-z0-9]+")
_SHORT = {"encoder": "Enc", "predictor": "Pred", "decoder": "Dec"}


def functions(nodes: Mapping[str, Node], taken: Set[str] = frozenset(), within: str = "") -> dict[str, Piece]:
    """The functions that nodes are, by name: `Enc` for encoder, or a longer word where two would be called alike.

    Args:
        nodes: the nodes of one body.
        taken: what functions elsewhere are called already.
        within: what stands below a name that is taken.
    """
    full = {name: _called(node)[0] for name, node in nodes.items()}
    for level in (1, 2):
        often = Counter(full.values())
        full = {name: tex if often[tex] == 1 else _called(nodes[name])[level] for name, tex in full.items()}
    return {
        name: Piece(f"{{{tex}}}_{{{within}}}" if tex in taken else tex, nodes[name].role or "node")
        for name, tex in full.items()
    }


def _called(node: Node) -> tuple[str, str, str]:
    """What a node can be called, the shortest first: by its label where that is one word, by its name."""
    if node.math:
        return node.math, node.math, node.math
    word = node.label if node.label.isalpha() and node.label.isascii() else node.name
    return _upright(word, _SHORT), _upright(node.name, _SHORT), _upright(node.name, {})


def operation(op: Operation) -> Piece:
    """The function that an operation is, called by its title in one word: `LayerNorm` for layer_norm, `GRU` for gru."""
    title = _camel("_".join(_WORD.findall(op.title())))
    word = title if title[:1].isalpha() else _camel(op.name)
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
