"""What a graph is, by a table of cases with precedence."""

from __future__ import annotations

from archgraph.graph.program import Program


def classify(program: Program) -> str:
    """The name of the family that a program belongs to."""
    return "model"
