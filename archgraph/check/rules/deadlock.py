"""Targets that see each other at the same step."""

from __future__ import annotations

from archgraph.check.pairs import Pair, open_to, pairs
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.graph.program import Program

FAULT = Fault(
    "AG093",
    "targets that wait for each other",
    story="""
A prediction may depend on another target at the same step: first the one is predicted, then, given it, the other.
But when each needs the other at the same step there is no order to take the steps in. Training would work, since
both targets are known then, and generation never could.

Decide which comes first, and delay the other on its way to that one.
""",
    bad="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  w: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
  w_tilde: prediction
nodes:
  predict_y: {role: predictor, layers: [concat, {linear: 4}]}
  predict_w: {role: predictor, layers: [concat, {linear: 4}]}
  C_y: {role: cost, op: squared_error}
  C_w: {role: cost, op: squared_error}
edges:
  - y -[delay]-> predict_y
  - w -> predict_y -> y_tilde
  - w -[delay]-> predict_w
  - y -> predict_w -> w_tilde
  - y, y_tilde -> C_y
  - w, w_tilde -> C_w
""",
    good="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  w: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
  w_tilde: prediction
nodes:
  predict_y: {role: predictor, layers: [concat, {linear: 4}]}
  predict_w: {role: predictor, layers: [concat, {linear: 4}]}
  C_y: {role: cost, op: squared_error}
  C_w: {role: cost, op: squared_error}
edges:
  - y, w -[delay]-> predict_y -> y_tilde
  - w -[delay]-> predict_w
  - y -> predict_w -> w_tilde
  - y, y_tilde -> C_y
  - w, w_tilde -> C_w
""",
)


def find(program: Program, into: Collector) -> None:
    """Record one shortest circle of targets each of which is needed by the next at the same step."""
    every = list(pairs(program))
    names = {pair.own for pair in every}
    known = {pair.own: pair for pair in every if pair.predicts or _predicted(pair, names)}
    needs = {name: [other for other in known if other != name and _needs(pair, other)] for name, pair in known.items()}
    circle = _circle(needs)
    if not circle:
        return
    first, *others = (known[name] for name in circle)
    shown = ", ".join(f"'{a}' needs '{b}'" for a, b in zip(circle, [*circle[1:], circle[0]], strict=True))
    into.add(
        FAULT,
        f"these targets wait for each other at the same step: {shown}",
        first.span,
        hint=f"decide which comes first, and delay the other on its way to '{first.name}'",
        notes=tuple(Note(f"'{pair.name}' waits too", pair.span) for pair in others),
    )


def _predicted(pair: Pair, targets: set[str]) -> bool:
    """Whether a path from another target, step by step, crosses a predictor."""
    lags = [pair.prediction.time[name] for name in sorted(targets) if name in pair.prediction.time]
    return any("predictor" in bound.crossed and lag.axis is not None for lag in lags for bound in lag.bounds)


def _needs(pair: Pair, other: str) -> bool:
    lags = pair.prediction.time.get(other)
    return lags is not None and any(open_to(bound) for bound in lags.bounds)


def _circle(needs: dict[str, list[str]]) -> list[str]:
    """A shortest circle, breadth first from each name; empty if there is none."""
    best: list[str] = []
    for start in needs:
        front, seen = [[start]], {start}
        while front:
            way = front.pop(0)
            if start in needs[way[-1]]:
                best = way if not best or len(way) < len(best) else best
                break
            for name in needs[way[-1]]:
                if name not in seen:
                    seen.add(name)
                    front.append([*way, name])
    return best


RULE = Rule(FAULT, find)
