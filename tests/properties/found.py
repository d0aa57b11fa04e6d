"""Layers for random graphs, found among the rows of `tests.ops.cases`: a new operation is drawn unasked."""

from __future__ import annotations

import json

from archgraph.graph.operation import Mismatch, Types
from tests.ops.cases import CASES, Case
from tests.ops.site import types

GIVEN: Types = types(x="real[T, 4]")
# These change nothing for sure, take the axis apart, or end a body.
LEFT_OUT = ("dropout", "drop_path", "rearrange", "split", "expand", "prepend", "take", "concat", "add", "multiply")


def kind(case: Case) -> str:
    """What a row is to a stream of four features: pointwise, causal, free or strided; "" where it does not fit."""
    op = case.op
    if op.name in LEFT_OUT or op.objective or op.corrupts or op.wraps or list(case.given) != ["in"]:
        return ""
    try:
        out = op.shape(GIVEN)["out"]
    except Mismatch:
        return ""
    if out.element != "real" or len(out.axes) != 2 or case.given["in"] != types(x="real[T, 8]")["in"]:
        return ""
    transfer, _ = op.flow(GIVEN)["in", "out"].axes[0]
    if out.axes[0] != GIVEN["in"][0].axes[0]:
        return "strided"
    if not transfer.causal:
        return "free"
    return "causal" if op.remembers(GIVEN) else "pointwise"


def layer(case: Case) -> str:
    """A row as YAML, brought back to four features."""
    arguments = case.op.arguments()
    text = f"{{{case.op.name}: {json.dumps(arguments)}}}" if arguments else case.op.name
    features = case.op.shape(GIVEN)["out"].features.constant
    return text if features == 4 else f"{text}, {{linear: 4}}"


def layers(wanted: str) -> tuple[str, ...]:
    """Every layer of a kind, in the order of the rows."""
    return tuple(layer(case) for case in CASES if kind(case) == wanted)
