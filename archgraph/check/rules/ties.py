"""Ties that name nothing, or join tensors of different shapes."""

from __future__ import annotations

import re

from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault
from archgraph.core.dims import Dim
from archgraph.core.source import Span
from archgraph.core.suggest import hint
from archgraph.graph.module import Tie
from archgraph.graph.program import Program

FAULT = Fault(
    "AG057",
    "a tie that does not hold",
    story="""
A tie makes several learned tensors one: the first path owns it, the others use it. A path is what the state dict
calls the tensor: the node, the layers inside, the tensor's own name; `*` stands for every copy of a repeat. A path
that names nothing ties nothing, and tensors of different shapes cannot be one.

Run `archgraph summary` to see the names and the shapes.
""",
    bad="""
archgraph: 1
variables:
  y: {kind: target, type: "tokens(8)[T]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
tie:
  - [encoder.embedding.tokens, decoder.linear.wait]
""",
    good="""
archgraph: 1
variables:
  y: {kind: target, type: "tokens(8)[T]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
tie:
  - [encoder.embedding.tokens, decoder.linear.weight]
""",
)


def find(program: Program, into: Collector) -> None:
    """Record tied paths that name no learned tensor, and ties of tensors whose shapes differ."""
    if not program.graph.ties or into.failed:
        return
    found = [(path, parameter) for path, facts in program.leaves() for parameter in facts.parameters()]
    shapes = {f"{path}.{parameter.name}": parameter.shape for path, parameter in found}
    tied = {f"{path}.{name}" for path, facts in program.leaves() for name in facts.leaf.op.tieable}
    shapes |= program.learned
    for tie in program.graph.ties:
        _judge(tie, shapes, into)
        _able(tie, shapes, tied, into)


def _able(tie: Tie, shapes: dict[str, tuple[Dim, ...]], tied: set[str], into: Collector) -> None:
    """Record tensors that cannot be another one's: operations say which of theirs can."""
    named = [
        (name, span)
        for path, span in zip(tie.paths, _spans(tie), strict=True)
        for name in shapes
        if _matches(path, name)
    ]
    for name, span in named[1:]:
        if name not in tied:
            into.add(
                FAULT,
                f"'{name}' cannot be tied to another tensor",
                span,
                hint="tokens of an embedding can, weight and bias of a linear map; or let this one stand first",
            )


def _judge(tie: Tie, shapes: dict[str, tuple[Dim, ...]], into: Collector) -> None:
    first: tuple[str, tuple[Dim, ...]] | None = None
    for path, span in zip(tie.paths, _spans(tie), strict=True):
        named = [name for name in shapes if _matches(path, name)]
        if not named:
            near = [name for name in shapes if name.partition(".")[0] == path.partition(".")[0]]
            into.add(FAULT, f"'{path}' names no learned tensor", span, hint=hint(path, near or list(shapes)))
            continue
        first = first or (path, shapes[named[0]])
        other = next((name for name in named if shapes[name] != first[1]), None)
        if other:
            into.add(
                FAULT,
                f"'{first[0]}' is {_shown(first[1])}, and '{other}' is {_shown(shapes[other])}",
                span,
                hint="tie tensors of one shape",
            )


def _matches(path: str, name: str) -> bool:
    return bool(re.fullmatch(re.escape(path).replace(r"\*", r"\d+"), name))


def _shown(shape: tuple[Dim, ...]) -> str:
    return f"({', '.join(str(axis) for axis in shape)})"


def _spans(tie: Tie) -> list[Span]:
    """Where each path stands: the first is known, the others follow it in the text."""
    source, at, found = tie.span.source, tie.span.start, []
    for path in tie.paths:
        start = source.text.find(path, at)
        found.append(Span(source, start, start + len(path)) if start >= 0 else tie.span)
        at = start + len(path) if start >= 0 else at
    return found


RULE = Rule(FAULT, find)
