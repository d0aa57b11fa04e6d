"""Attention by additive scores, opened: the context itself, weighted by the softargmax of w^T tanh(q + K)."""

from __future__ import annotations

from dataclasses import replace

from archgraph.draw.inside.attention import (
    FEED,
    GAP,
    LABEL,
    SUM,
    Opening,
    Ways,
    column,
    label,
    learned,
    product,
    up,
    wide,
)


def additive(path: str) -> Opening:
    """The inside of the attention at a path; its keys are mapped, and its values the context as it is."""
    q, k = learned(path, 0), learned(path, 1)
    tanh = wide(f"{path}.score", r"\boldsymbol{w}^{\top}\mathrm{tanh}", "scores of keys and queries", q.top + LABEL)
    tanh = replace(tanh, kind="map", what="node")
    score = wide(f"{path}--softargmax", "softargmax", "softargmax of the scores", tanh.top + GAP)
    read = product(path, score.top + GAP)
    away = column(2)
    inner = (
        (q.id, tanh.id, "in"),
        (k.id, tanh.id, "keys"),
        (tanh.id, score.id, "in"),
        (score.id, read.id, "in"),
    )
    fixed: Ways = {
        (tanh.id, "in"): up(q.x, q.top, tanh.bottom),
        (tanh.id, "keys"): up(k.x, k.top, tanh.bottom),
        (score.id, "in"): up(0.0, tanh.top, score.bottom),
        (read.id, "in"): up(0.0, score.top, read.bottom),
        (k.id, "context"): ((away, FEED), (k.x, FEED), (k.x, k.bottom)),
    }
    tails: Ways = {(read.id, "values"): ((away, FEED), (away, read.y), (-SUM / 2, read.y))}
    inlets = {"in": ((q.id, "in"),), "context": ((read.id, "values"), (k.id, "context"))}
    labels = (label(q, "q"), label(k, "K"), (f"{path}--values", "V", (away, q.top)))
    return Opening((q, k, tanh, score, read), inlets, inner, read.id, {read.id: (away, FEED)}, fixed, tails, labels)
