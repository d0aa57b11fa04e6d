"""Time through one operation and through one wire: bounds moved, and the path that they came along kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from archgraph.core.lags import Bound, Lags, Step, Transfer, meet, prune
from archgraph.core.source import Span
from archgraph.graph.module import Leaf
from archgraph.graph.operation import Flow, Types
from archgraph.graph.program import Value, Values


def step(bound: Bound, text: str, span: Span | None) -> Bound:
    """The bound with one more step on its path."""
    return replace(bound, path=Step(text, span, str(bound), bound.path))


def crossing(time: Mapping[str, Lags], mark: str) -> dict[str, Lags]:
    """All bounds marked as having crossed something: a predictor, a corruption, a delay."""
    return {
        name: Lags(lags.axis, tuple(replace(b, crossed=b.crossed | {mark}) for b in lags.bounds))
        for name, lags in time.items()
    }


def passing(name: str) -> str:
    """The mark of a way that leads through a computed target; no name of a spec is written so."""
    return f"through {name}"


def through_flow(flow: Flow, time: Mapping[str, Lags], text: str, span: Span) -> dict[str, Lags]:
    """The bounds after one input of an operation became one of its outputs."""
    found: dict[str, Lags] = {}
    for name, lags in time.items():
        if lags.axis is None:
            found[name] = lags
            continue
        transfer, axis = flow.axes[lags.axis]
        bounds = [moved for bound in lags.bounds if (moved := _moved(transfer, bound, text, span))]
        if axis is None:
            bounds = [replace(bound, rate=Fraction(0), start=0) for bound in bounds]
        if bounds:
            found[name] = Lags(axis, prune(bounds))
    return found


def _moved(transfer: Transfer, bound: Bound, text: str, span: Span) -> Bound | None:
    moved = transfer.apply(bound)
    if moved is None or (moved == bound and transfer.kind == "window"):
        return moved
    return step(moved, f"through {text}", span)


@dataclass(frozen=True)
class Revealed:
    """Free axes that only targets bind: whoever mixes over one learns the target's length."""

    axes: Mapping[str, frozenset[str]]

    def seen(self, flow: Flow, value: Value, text: str, span: Span) -> dict[str, Lags]:
        """What a flow learns from the lengths of the axes that it mixes."""
        found: dict[str, Lags] = {}
        for axis, (transfer, _) in zip(value.type.axes, flow.axes, strict=True):
            if transfer.kind != "everything":
                continue
            for name in sorted(axis.names):
                for target in sorted(self.axes.get(name, ())):
                    known = value.time.get(target)
                    marks = {bound.crossed for bound in known.bounds} if known else {frozenset[str]()}
                    words = f"{text} reads how long '{target}' is"
                    bounds = [Bound(Fraction(0), None, 0, crossed=crossed) for crossed in sorted(marks, key=sorted)]
                    found[target] = Lags(None, tuple(step(bound, words, span) for bound in bounds))
        return found


def through_leaf(leaf: Leaf, given: Values, revealed: Revealed, label: str) -> dict[str, dict[str, Lags]]:
    """The time of every output of an operation."""
    types: Types = {port: tuple(value.type for value in values) for port, values in given.items()}
    flows = leaf.op.flow(types)
    parts: dict[str, list[Mapping[str, Lags]]] = {}
    for (port, output), flow in flows.items():
        for value in given.get(port, ()):
            parts.setdefault(output, []).append(through_flow(flow, value.time, label, leaf.span))
            parts[output].append(revealed.seen(flow, value, label, leaf.span))
    found = {output: meet(times) for output, times in parts.items()}
    if leaf.op.corrupts:
        found = {output: crossing(time, "corruption") for output, time in found.items()}
    return found


def delayed(time: Mapping[str, Lags], axis: int, steps: int, span: Span, *, mark: bool) -> dict[str, Lags]:
    """The time of a tensor read `steps` later along `axis`."""
    found: dict[str, Lags] = {}
    text = "delayed by ζ⁻¹" if steps == 1 else f"delayed by {steps} steps"
    for name, lags in time.items():
        if lags.axis != axis:
            found[name] = lags
            continue
        shift = Transfer("delay", steps)
        moved = tuple(step(b, text, span) for bound in lags.bounds if (b := shift.apply(bound)))
        found[name] = Lags(axis, moved)
    return crossing(found, "delay") if mark else found
