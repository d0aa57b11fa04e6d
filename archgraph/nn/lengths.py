"""Lengths that a model makes of those it is given: which of them cannot be, and what would do instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from archgraph.nn.given import Observed

NEAR = 10_000  # how far off a length that would do is looked for

Terms = tuple[tuple[int, int, tuple[Any, ...]], ...]


class Made(NamedTuple):
    """A length made of others: as it is written, and as a sum of terms.

    A term is a numerator, a denominator, and factors: names of axes, or (rounding, terms, divisor).
    """

    text: str
    terms: Terms

    def names(self) -> set[str]:
        """The axes that it is made of."""
        return _names(self.terms)


def check_made(made: Iterable[Made], variables: Iterable[Observed], given: Mapping[str, Any]) -> None:
    """Refuse what is given where a length made of its own is not whole, or below 1.

    Raises:
        ValueError: it names the argument, its length, what is made of it, and lengths near by that would do.
    """
    owners: dict[str, tuple[str, int]] = {}
    for variable in variables:
        for place, axis in enumerate(variable.axes, 1):
            if isinstance(axis, str) and variable.name in given:
                owners.setdefault(axis, (variable.name, given[variable.name].shape[place]))
    sizes = {axis: size for axis, (_, size) in owners.items()}
    known = [length for length in made if length.names() <= sizes.keys()]
    for length in known:
        found = _value(length.terms, sizes)
        if found.denominator == 1 and found >= 1:
            continue
        axis = next(axis for axis in sizes if axis in length.names())
        name, size = owners[axis]
        must = "at least 1" if found.denominator == 1 else "whole"
        others = "".join(f", {other} = {sizes[other]}" for other in sorted(length.names() - {axis}))
        wrong = f"{name} has {size} positions along {axis}, and {length.text} must be {must}{others}"
        raise ValueError(wrong + _near(known, axis, sizes))


def _near(made: list[Made], axis: str, sizes: Mapping[str, int]) -> str:
    """The next lengths of an axis, down and up, of which all that is made is whole and not below 1."""
    size = sizes[axis]
    own = [length for length in made if axis in length.names()]
    down = next((n for n in range(size - 1, max(size - NEAR, 0), -1) if _do(own, {**sizes, axis: n})), None)
    more = next((n for n in range(size + 1, size + NEAR) if _do(own, {**sizes, axis: n})), None)
    found = " or ".join(str(n) for n in (down, more) if n is not None)
    return f"; {found} would do" if found else ""


def _do(made: list[Made], sizes: Mapping[str, int]) -> bool:
    return all(value.denominator == 1 and value >= 1 for value in (_value(each.terms, sizes) for each in made))


def _value(terms: Terms, sizes: Mapping[str, int]) -> Fraction:
    total = Fraction(0)
    for numerator, denominator, factors in terms:
        product = Fraction(numerator, denominator)
        for factor in factors:
            product *= sizes[factor] if isinstance(factor, str) else _rounded(factor, sizes)
        total += product
    return total


def _rounded(factor: tuple[str, Terms, int], sizes: Mapping[str, int]) -> int:
    rounding, terms, divisor = factor
    value = _value(terms, sizes) / divisor
    return ceil(value) if rounding == "ceil" else floor(value)


def _names(terms: Terms) -> set[str]:
    found: set[str] = set()
    for _, _, factors in terms:
        for factor in factors:
            found |= {factor} if isinstance(factor, str) else _names(factor[1])
    return found
