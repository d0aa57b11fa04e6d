"""What a spec costs before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archgraph.compiler.reading import SpecLike
    from archgraph.graph.program import Program
    from archgraph.report.cost import Cost, Stream


def cost(
    spec: SpecLike,
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    lengths: Mapping[str, int] | None = None,
    batch: int = 1,
) -> Cost:
    """FLOPs, activations and cache of a spec, as formulas in its free axes and as numbers.

    Args:
        spec: a path, a stream, bytes, or text.
        variant: one of the spec's variants.
        params: params set from outside.
        lengths: the sizes of free axes that the numbers are for; 64 for those not given.
        batch: the samples that the numbers are for.

    Raises:
        SpecError: the spec has errors.
        ValueError: a length or a batch below 1, or a length of what is no free axis.
    """
    from archgraph.compiler.api import program
    from archgraph.report.cost import cost as costs

    found = program(spec, variant=variant, params=params)
    return costs(found, sizes=lengths or {}, batch=batch, stream=streamed(found))


def streamed(program: Program) -> Stream:
    """What goes step by step in a program, or why nothing does."""
    from archgraph.emit.source import refusal
    from archgraph.emit.steps.causal import predicted
    from archgraph.report.cost import Stream

    if reason := refusal(program):
        return Stream(reason=reason)
    target, prediction = predicted(program)
    return Stream(target.name, prediction.name)
