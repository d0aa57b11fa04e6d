"""What a cost compares: a target and its prediction, and the bounds of the prediction on that target."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from archgraph.core.lags import Bound
from archgraph.core.source import Span
from archgraph.graph.module import Node, Variable, Wire
from archgraph.graph.program import Program, Value


class Pair(NamedTuple):
    """A target and its prediction at one cost.

    `own` names the variable that the target is in the time analysis; `bounds` are those of the prediction on it.
    """

    cost: Node
    own: str
    target: Value
    prediction: Value
    wire: Wire  # that brings the prediction
    name: str  # of the prediction
    span: Span  # where the prediction is written

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """What the prediction may know of its own target."""
        lags = self.prediction.time.get(self.own)
        return lags.bounds if lags else ()

    @property
    def predicts(self) -> bool:
        """Whether a path from the target to its prediction crosses a predictor, or a delay outside a cycle."""
        return any(bound.crossed & {"predictor", "delay"} for bound in self.bounds)


def open_to(bound: Bound) -> bool:
    """Whether a bound lets the target through too early: it leaks, and no corruption without a delay excuses it."""
    return bound.leaks and not ("corruption" in bound.crossed and "delay" not in bound.crossed)


def pairs(program: Program) -> Iterator[Pair]:
    """Every target with its prediction, in the order of the file; costs that could not be analysed are left out."""
    for cost in program.objectives:
        for (wire, target), (brings, prediction) in _compared(program, cost):
            variable = program.graph.variables.get(brings.source.owner)
            span = variable.span if variable else brings.span
            for own in _owns(program, wire, target):
                yield Pair(cost, own, target, prediction, brings, str(brings.source), span)


Brought = tuple[Wire, Value]


def _compared(program: Program, cost: Node) -> Iterator[tuple[Brought, Brought]]:
    """What a cost compares: what its ports are called after; in a body without such ports, the kinds of its sources."""
    brought = tuple(_brought(program, cost))
    targets = [each for each in brought if each[0].target.port == "target"]
    predictions = [each for each in brought if each[0].target.port == "prediction"]
    if not targets and not predictions and cost.role == "cost":
        targets = [each for each in brought if _kind(program, each[0]) == "target"]
        predictions = [each for each in brought if _kind(program, each[0]) == "prediction"]
    yield from product(targets, predictions)


def _kind(program: Program, wire: Wire) -> str:
    variable = program.graph.variables.get(wire.source.owner)
    return variable.kind if variable else ""


def _brought(program: Program, cost: Node) -> Iterator[Brought]:
    """Every wire into a cost, with the value that it brings."""
    facts = program.net.nodes.get(cost.name)
    ports = {port: iter(values) for port, values in facts.given.items()} if facts else {}
    for wire in program.graph.into(cost.name):
        value = next(ports.get(wire.target.port, iter(())), None)
        if value is not None:
            yield wire, value


def _owns(program: Program, wire: Wire, target: Value) -> tuple[str, ...]:
    """The variable on a target port; where a node feeds it directly, the targets that it is computed from."""
    if wire.source.owner in program.graph.variables:
        return (wire.source.owner,)
    kinds: dict[str, Variable] = program.graph.variables
    return tuple(name for name in target.time if name in kinds and kinds[name].kind == "target")


def upstream(program: Program, name: str) -> frozenset[str]:
    """A member of the top body and all that it is computed from."""
    into: dict[str, list[str]] = {}
    for wire in program.graph.wires:
        into.setdefault(wire.target.owner, []).append(wire.source.owner)
    found, front = {name}, [name]
    while front:
        for source in into.get(front.pop(), ()):
            if source not in found:
                found.add(source)
                front.append(source)
    return frozenset(found)


def idle(bound: Bound) -> bool:
    """Whether a bound is that of a target itself, not of its length alone, that came undelayed and uncorrupted."""
    itself = bound.path is not None and bound.path.chain()[0].text.startswith("'")
    return itself and bound.leaks and not bound.crossed & {"delay", "corruption"}
