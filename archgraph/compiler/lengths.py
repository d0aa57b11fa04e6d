"""The lengths that a program makes of those it is given, as data for the running model."""

from __future__ import annotations

from typing import Any

from archgraph.core.dims import Atom, Dim
from archgraph.graph.program import Program


def made(program: Program) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Each length that is no name and no number, in the order of the graph: as it is written, and its terms."""
    sizes = {name: Dim.number(size) for name, size in program.graph.sizes.items()}
    leaves = {id(facts): facts for _, facts in program.leaves()}  # copies of a repeat are one object
    axes = dict.fromkeys(
        axis
        for facts in leaves.values()
        for values in (*facts.given.values(), facts.results.values())
        for value in values
        for axis in value.type.axes
        if axis.names
    )
    lengths = {str(axis): terms(axis.replace(sizes)) for axis in axes if axis != Dim.name(str(axis))}
    return tuple((text, found) for text, found in lengths.items() if any(factors for *_, factors in found))


def terms(length: Dim) -> tuple[tuple[int, int, tuple[Any, ...]], ...]:
    """A sum of terms: numerators, denominators, and factors, names or rounded quotients of such sums."""
    return tuple((c.numerator, c.denominator, tuple(map(_factor, factors))) for factors, c in length.terms)


def _factor(atom: Atom) -> Any:
    return atom if isinstance(atom, str) else (atom.rounding, terms(atom.numerator), atom.divisor)
