"""An attention opened: the maps of queries, keys and values, the softargmax of their scores, and what it reads.

Queries stand on the axis, keys and values at their left, from where a context comes. All is in u, the lowest edge at
y = 0 until the frame is set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from archgraph.draw.paths import Point
from archgraph.graph.operation import Operation

_MAP = (0.8, 0.7)
_STEP = 1.15
_WIDE = _STEP + _MAP[0] + 0.6
_BOX = 0.65
_SUM = 21.4 / 60.0
_FEED = 0.12
_MAPS = 0.42
_LABEL = 0.55
_GAP = 0.35


# The ways of wires by their target and its port.
Ways = dict[tuple[str, str], tuple[Point, ...]]
# The cells that a port of the operation feeds, with their ports.
Inlets = dict[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Cell:
    """A thing inside: `kind` is map (mathematics in a box), box (words in one) or product (a circle)."""

    id: str
    kind: str
    what: str
    title: str
    said: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Opening:
    """What is inside an attention.

    `inlets` names for each port of the operation the cells that it feeds, with their ports; `inner` are the wires from
    cell to cell, with the port of the latter; `outlet` is the cell that gives the output. `dots` are branch dots by the
    cell over them, `fixed` the ways of wires by target and port, `tails` those of what comes from outside at the left.
    `labels` are symbols beside the wires, with the left end of their line.
    """

    cells: tuple[Cell, ...]
    inlets: Inlets
    inner: tuple[tuple[str, str, str], ...]
    outlet: str
    dots: dict[str, Point]
    fixed: Ways
    tails: Ways
    labels: tuple[tuple[str, str, Point], ...]


def opening(path: str, op: Operation) -> Opening | None:
    """The inside of an operation that is an attention; None for another."""
    if op.name == "self_attention":
        return _dot_product(path, _softargmax(op), crossing=False)
    if op.name == "cross_attention" and op.arguments().get("score") == "additive":
        return _additive(path)
    return _dot_product(path, _softargmax(op), crossing=True) if op.name == "cross_attention" else None


def _softargmax(op: Operation) -> str:
    return "causal softargmax" if op.arguments().get("causal") else "softargmax"


def _dot_product(path: str, words: str, *, crossing: bool) -> Opening:
    """V softargmax(K^T q), mapped."""
    q, k, v = (_map(path, part, name, -_STEP * place) for place, (part, name) in enumerate(_PARTS))
    score = _wide(f"{path}--softargmax", words, "softargmax of the scores of keys and queries", _above(q, _LABEL))
    product = _product(path, score.y + _BOX / 2 + _GAP + _SUM / 2)
    out = Cell(f"{path}.out", "map", "node", "map of the output", r"\boldsymbol{W}_{o}", 0.0, 0.0, *_MAP)
    out = replace(out, y=product.y + _SUM / 2 + _GAP + _MAP[1] / 2)
    inner = (
        (q.id, score.id, "in"),
        (k.id, score.id, "keys"),
        (score.id, product.id, "in"),
        (v.id, product.id, "values"),
    )
    fixed: Ways = {
        **_raised(q, k, score),
        (product.id, "in"): ((0.0, score.y + _BOX / 2), (0.0, product.y - _SUM / 2)),
        (product.id, "values"): ((v.x, v.y + _MAP[1] / 2), (v.x, product.y), (-_SUM / 2, product.y)),
        (out.id, "in"): ((0.0, product.y + _SUM / 2), (0.0, out.y - _MAP[1] / 2)),
    }
    labels = tuple(_label(cell, tex) for cell, tex in ((q, "q"), (k, "K"), (v, "V")))
    cells, wires = (q, k, v, score, product, out), (*inner, (product.id, out.id, "in"))
    inlets: Inlets = {"in": ((q.id, "in"),)}
    if not crossing:
        inlets["in"] = ((q.id, "in"), (k.id, "in"), (v.id, "in"))
        fixed |= {(cell.id, "in"): ((0.0, _FEED), (cell.x, _FEED), (cell.x, _MAPS)) for cell in (k, v)}
        return Opening(cells, inlets, wires, out.id, {q.id: (0.0, _FEED)}, fixed, {}, labels)
    inlets["context"] = ((v.id, "context"), (k.id, "context"))
    fixed[k.id, "context"] = ((v.x, _FEED), (k.x, _FEED), (k.x, _MAPS))
    tails: Ways = {(v.id, "context"): ((v.x, _FEED), (v.x, _MAPS))}
    return Opening(cells, inlets, wires, out.id, {v.id: (v.x, _FEED)}, fixed, tails, labels)


def _additive(path: str) -> Opening:
    """The context itself, weighted by the softargmax of w^T tanh(q + K)."""
    q, k = (_map(path, part, name, -_STEP * place) for place, (part, name) in enumerate(_PARTS[:2]))
    tanh = _wide(
        f"{path}.score", r"\boldsymbol{w}^{\top}\mathrm{tanh}", "scores of keys and queries", _above(q, _LABEL)
    )
    tanh = replace(tanh, kind="map", what="node")
    score = _wide(f"{path}--softargmax", "softargmax", "softargmax of the scores", tanh.y + _BOX / 2 + _GAP)
    product = _product(path, score.y + _BOX / 2 + _GAP + _SUM / 2)
    away = -2 * _STEP
    inner = (
        (q.id, tanh.id, "in"),
        (k.id, tanh.id, "keys"),
        (tanh.id, score.id, "in"),
        (score.id, product.id, "in"),
    )
    fixed: Ways = {
        **_raised(q, k, tanh),
        (score.id, "in"): ((0.0, tanh.y + _BOX / 2), (0.0, score.y - _BOX / 2)),
        (product.id, "in"): ((0.0, score.y + _BOX / 2), (0.0, product.y - _SUM / 2)),
        (k.id, "context"): ((away, _FEED), (k.x, _FEED), (k.x, _MAPS)),
    }
    tails: Ways = {(product.id, "values"): ((away, _FEED), (away, product.y), (-_SUM / 2, product.y))}
    inlets = {"in": ((q.id, "in"),), "context": ((product.id, "values"), (k.id, "context"))}
    labels = (_label(q, "q"), _label(k, "K"), (f"{path}--values", "V", (away, q.y + _MAP[1] / 2)))
    dots = {product.id: (away, _FEED)}
    return Opening((q, k, tanh, score, product), inlets, inner, product.id, dots, fixed, tails, labels)


_PARTS = (("q", "queries"), ("k", "keys"), ("v", "values"))


def _map(path: str, part: str, name: str, x: float) -> Cell:
    tex = rf"\boldsymbol{{W}}_{{{part}}}"
    return Cell(f"{path}.{part}", "map", "node", f"map of the {name}", tex, x, _MAPS + _MAP[1] / 2, *_MAP)


def _wide(id: str, words: str, title: str, low: float) -> Cell:
    """A box over keys and queries."""
    return Cell(id, "box", "predictor", title, words, -_STEP / 2, low + _BOX / 2, _WIDE, _BOX)


def _product(path: str, y: float) -> Cell:
    return Cell(f"{path}--read", "product", "hidden", "product of values and weights", "", 0.0, y, _SUM, _SUM)


def _above(cell: Cell, gap: float) -> float:
    return cell.y + cell.height / 2 + gap


def _raised(q: Cell, k: Cell, box: Cell) -> Ways:
    """The wires from queries and keys straight up into a box."""
    low, high = q.y + _MAP[1] / 2, box.y - box.height / 2
    return {(box.id, "in"): ((q.x, low), (q.x, high)), (box.id, "keys"): ((k.x, low), (k.x, high))}


def _label(cell: Cell, tex: str) -> tuple[str, str, Point]:
    """The symbol of what a map gives, at the right of its wire."""
    return f"{cell.id}--value", tex, (cell.x, cell.y + cell.height / 2)
