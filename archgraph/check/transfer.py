"""Time through one operation and through one wire: bounds moved, and the path that they came along kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING, Bound, Lags, Step, Transfer, meet, prune
from archgraph.core.source import Span
from archgraph.graph.module import Leaf
from archgraph.graph.operation import Flow, Types
from archgraph.graph.program import Value, Values
from archgraph.graph.types import UNKNOWN, TensorType


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


def through_flow(flow: Flow, value: Value, out: TensorType, text: str, span: Span) -> dict[str, Lags]:
    """The bounds of an input after it became an output of that type."""
    found: dict[str, Lags] = {}
    for name, lags in value.time.items():
        if lags.axis is None:
            found[name] = _stood(flow, lags)
            continue
        transfer, axis = flow.axes[lags.axis]
        if name.startswith(UNKNOWN) and transfer.kind in ("placed", "taken"):
            transfer = EVERYTHING  # on a cycle: a step holds one position, with nothing in front of it
        before, after = value.type.axes[lags.axis], None if axis is None else out.axes[axis]
        bounds = [moved for b in lags.bounds for moved in _moved(transfer, b, (before, after), (text, span))]
        if axis is None:
            bounds = [replace(bound, rate=Fraction(0), start=0, segment=None) for bound in bounds]
        if bounds:
            found[name] = Lags(axis, prune(bounds))
    return found


def _stood(flow: Flow, lags: Lags) -> Lags:
    """What moves with no axis, after it came to stand at some segments of one."""
    if flow.stands is None:
        return lags
    axis, places = flow.stands
    return Lags(axis, tuple(replace(bound, segment=place) for bound in lags.bounds for place in places))


def _moved(
    transfer: Transfer, bound: Bound, axes: tuple[Dim, Dim | None], place: tuple[str, Span]
) -> tuple[Bound, ...]:
    """The bounds on an axis that became another, or is gone."""
    (before, after), (text, span) = axes, place
    lengths = tuple(part.size.constant for part in before.parts)
    found = transfer.through(bound, lengths, divided=after is not None and bool(after.segments))
    quiet = (bound,) if transfer.kind == "window" else ()
    return tuple(each if each in quiet else step(each, f"through {text}", span) for each in found)


class Revealed(NamedTuple):
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


def through_leaf(
    leaf: Leaf, given: Values, results: Mapping[str, TensorType], revealed: Revealed, label: str
) -> dict[str, dict[str, Lags]]:
    """The time of every output of an operation."""
    types: Types = {port: tuple(value.type for value in values) for port, values in given.items()}
    flows = leaf.op.flow(types)
    parts: dict[str, list[Mapping[str, Lags]]] = {}
    for (port, output), flow in flows.items():
        for value in given.get(port, ()):
            parts.setdefault(output, []).append(through_flow(flow, value, results[output], label, leaf.span))
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
            aside = (step(b, "delayed along another axis", span) for b in lags.bounds)
            found[name] = lags if lags.axis is None else Lags(lags.axis, tuple(aside))
            continue
        shift = Transfer("delay", steps)
        moved = tuple(step(b, text, span) for bound in lags.bounds if (b := shift.apply(bound)))
        found[name] = Lags(axis, moved)
    return crossing(found, "delay") if mark else found
