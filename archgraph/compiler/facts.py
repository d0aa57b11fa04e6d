"""What is known of each thing of a picture besides how it looks: the types of tensors, the numbers that are learned."""

from __future__ import annotations

from collections import defaultdict

from archgraph.core.dims import Dim
from archgraph.graph.program import Program


def facts(program: Program) -> tuple[tuple[str, str], ...]:
    """A line or two for each variable and each node, by name and path; of copies, for each."""
    found = {name: str(value.type) for name, value in program.variables.items()}
    counts = _counts(program)
    for path, node in program.nodes():
        lines = [f"{_port(port)}{value.type}" for port, value in node.results.items()]
        if path in counts:
            lines.append(counts.pop(path))
        if lines:
            found[path] = "\n".join(lines)
    return (*found.items(), *counts.items())


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
