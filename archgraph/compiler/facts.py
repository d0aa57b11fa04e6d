"""What is known of each thing of a picture besides how it looks: the types of tensors, the numbers that are learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from archgraph.core.dims import Dim
from archgraph.draw.staging.unroll import copy_of, steps_of
from archgraph.graph.heads import Heads
from archgraph.graph.program import Program
from archgraph.graph.types import TensorType


def facts(program: Program, *, unroll: int = 0) -> tuple[tuple[str, str], ...]:
    """A line or two for each variable and each node, by name and path; of copies, for each.

    Unrolled over steps in time, what stands once for each of them has the type of one.
    """
    found = _told(program, frozenset())
    if not unroll:
        return tuple(found.items())
    once = {name: told for name, told in _told(program, steps_of(program.graph)).items() if "." not in name}
    copies = {copy_of(name, step): told for step in range(1, unroll + 1) for name, told in once.items()}
    return (*found.items(), *copies.items())


def _told(program: Program, steps: frozenset[str]) -> dict[str, str]:
    """What is known of each thing, its types without the axes of some steps."""
    found = {name: str(_of_one(value.type, steps)) for name, value in program.variables.items()}
    counts = _counts(program)
    for path, node in program.nodes():
        lines = [f"{_port(port)}{_of_one(value.type, steps)}" for port, value in node.results.items()]
        if path in counts:
            lines.append(counts.pop(path))
        if lines:
            found[path] = "\n".join(lines)
    return {**found, **counts, **dict(_weights(program, steps))}


def _weights(program: Program, steps: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The type of what each attention makes by its softargmax: heads, queries, keys."""
    for path, facts in program.leaves():
        op = facts.leaf.op
        if isinstance(op, Heads):
            asked, read = facts.given["in"][0].type, (facts.given.get("context") or facts.given["in"])[0].type
            axes = (Dim.number(op.heads), asked.axes[0], read.axes[0])
            yield f"{path}--softargmax", str(_of_one(TensorType("real", axes), steps))


def _of_one(type_: TensorType, steps: frozenset[str]) -> TensorType:
    return type_._replace(axes=tuple(axis for axis in type_.axes if not steps.intersection(axis.names)))


def _port(name: str) -> str:
    return "" if name == "out" else f"{name}: "


def _counts(program: Program) -> dict[str, str]:
    """How many numbers each node learns, with all inside it; those that are shared count where they are owned."""
    totals: dict[str, Dim] = defaultdict(lambda: Dim.number(0))
    for name, parameter in program.parameters():
        parts = name.split(".")
        for length in range(1, len(parts)):
            path = ".".join(parts[:length])
            totals[path] = totals[path] + parameter.count
    return {path: f"{_number(total)} parameters" for path, total in totals.items()}


def _number(total: Dim) -> str:
    return f"{total.constant:,}" if total.constant is not None else str(total)
