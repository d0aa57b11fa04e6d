"""Sizes of axes: whole numbers, names and arithmetic over them, in a normal form.

A `Dim` is a polynomial with rational coefficients over atoms. An atom is a free axis (`T`), a symbolic param
(`vocab`), or a rounded quotient (`ceil(T/2)`). Two dims are equal exactly when their normal forms are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil, floor, gcd, lcm
from typing import NamedTuple, Union


@dataclass(frozen=True)
class Quotient:
    """A rounded quotient as an atom: `ceil` or `floor` of `numerator / divisor`."""

    rounding: str
    numerator: Dim
    divisor: int

    def fixed(self, sizes: Mapping[str, int]) -> Dim:
        """The quotient without rounding, where its names have sizes: by so much more or less it divides."""
        top = self.numerator.fixed(sizes)
        if not top.names <= sizes.keys():
            return top.rounded(self.divisor, self.rounding)
        left = top.value(sizes) % self.divisor
        more = self.divisor - left if left and self.rounding == "ceil" else -left
        return (top + Dim.number(more)).exactly(self.divisor)

    @property
    def settled(self) -> Dim:
        """The same size as whole terms and the floor of what is left; a quotient of a quotient is one."""
        top, divisor = self.numerator.settled, self.divisor
        if self.rounding == "ceil":
            top = top + (divisor - 1)
        inner = [m[0] for m, value in top.terms if len(m) == 1 and isinstance(m[0], Quotient) and value == 1]
        if len(inner) == 1:
            top = inner[0].numerator + (top - Dim((((inner[0],), Fraction(1)),))) * inner[0].divisor
            divisor *= inner[0].divisor
        scale = lcm(*(value.denominator for _, value in top.terms))
        return _floor((top * scale).terms, divisor * scale)

    def __str__(self) -> str:
        inner = f"{self.numerator}" if self.numerator.is_atom else f"({self.numerator})"
        return f"{self.rounding}({inner}/{self.divisor})"


Atom = Union[str, Quotient]
Monomial = tuple[Atom, ...]


class Segment(NamedTuple):
    """A stretch of an axis; what others were put in front of has no name of its own, unless its size is one."""

    name: str
    size: Dim

    def __str__(self) -> str:
        if not self.name or self.size == Dim.name(self.name):
            return f"{self.size}"
        return self.name if self.size.constant == 1 else f"{self.name}({self.size})"


@dataclass(frozen=True)
class Dim:
    """A size as a sum of terms; build with `number`, `name`, `joined` and the operators.

    `segments`, of an axis that things were put in front of, are its stretches in order; arithmetic forgets them.
    """

    terms: tuple[tuple[Monomial, Fraction], ...]
    segments: tuple[Segment, ...] = ()

    @staticmethod
    @lru_cache(maxsize=4096)  # widths and counts come again and again
    def number(value: int | Fraction) -> Dim:
        """The constant `value`."""
        return Dim((((), Fraction(value)),) if value else ())

    @staticmethod
    def name(name: str) -> Dim:
        """The free axis or symbolic param called `name`."""
        return Dim((((name,), Fraction(1)),))

    @staticmethod
    def joined(segments: tuple[Segment, ...]) -> Dim:
        """The axis of these stretches, one behind the other."""
        return Dim(sum((segment.size for segment in segments), Dim(())).terms, segments)

    @staticmethod
    def of(terms: Mapping[Monomial, Fraction]) -> Dim:
        """The sum of the given terms in normal form."""
        kept = {monomial: value for monomial, value in terms.items() if value}
        return Dim(tuple(sorted(kept.items(), key=lambda item: (len(item[0]), [str(a) for a in item[0]]))))

    @property
    def parts(self) -> tuple[Segment, ...]:
        """The stretches; an axis that nothing was put in front of is one, named after its size where that is a name."""
        return self.segments or (Segment(str(self) if self == Dim.name(str(self)) else "", self),)

    @property
    def constant(self) -> int | None:
        """The whole number that this dim is, or None if it depends on a name."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and not self.terms[0][0] and self.terms[0][1].denominator == 1:
            return int(self.terms[0][1])
        return None

    @property
    def is_atom(self) -> bool:
        """Whether the dim is one name or one number, so that it needs no brackets."""
        return len(self.terms) <= 1 and all(len(m) <= 1 and (c == 1 or not m) for m, c in self.terms)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every free name inside."""
        found: set[str] = set()
        for monomial, _ in self.terms:
            for atom in monomial:
                found |= {atom} if isinstance(atom, str) else atom.numerator.names
        return frozenset(found)

    def __add__(self, other: Dim | int) -> Dim:
        one, two = self.constant, _dim(other).constant
        if one is not None and two is not None:  # the common case, and terms are slow
            return Dim.number(one + two)
        terms = dict(self.terms)
        for monomial, value in _dim(other).terms:
            terms[monomial] = terms.get(monomial, Fraction(0)) + value
        return Dim.of(terms)

    def __sub__(self, other: Dim | int) -> Dim:
        return self + _dim(other) * -1

    def __mul__(self, other: Dim | int) -> Dim:
        one, two = self.constant, _dim(other).constant
        if one is not None and two is not None:  # the common case, and terms are slow
            return Dim.number(one * two)
        terms: dict[Monomial, Fraction] = {}
        for left, a in self.terms:
            for right, b in _dim(other).terms:
                monomial = tuple(sorted(left + right, key=str))
                terms[monomial] = terms.get(monomial, Fraction(0)) + a * b
        return Dim.of(terms)

    __radd__ = __add__
    __rmul__ = __mul__

    def exactly(self, divisor: int) -> Dim:
        """The quotient by `divisor`, which must divide it whenever sizes are known."""
        if divisor == 1:
            return self
        return self * Dim.number(Fraction(1, divisor))

    def rounded(self, divisor: int, rounding: str = "ceil") -> Dim:
        """The quotient by `divisor`, rounded (`ceil` or `floor`) where it does not divide."""
        quotient = self.exactly(divisor)
        if divisor == 1 or (quotient.constant is not None):
            return quotient
        if self.constant is not None:
            value = Fraction(self.constant, divisor)
            return Dim.number(ceil(value) if rounding == "ceil" else floor(value))
        return Dim((((Quotient(rounding, self, divisor),), Fraction(1)),))

    def whole(self, rounding: str) -> Dim:
        """The dim rounded (`ceil` or `floor`), where its terms are fractions."""
        divisor = lcm(*(value.denominator for _, value in self.terms))
        return (self * divisor).rounded(divisor, rounding)

    @cached_property
    def settled(self) -> Dim:
        """The same size with every rounded quotient in one form: two dims are equal for all sizes if these are."""
        total = Dim(())
        for monomial, coefficient in self.terms:
            product = Dim.number(coefficient)
            for atom in monomial:
                product = product * (Dim.name(atom) if isinstance(atom, str) else atom.settled)
            total = total + product
        return total if total.terms == self.terms else total.settled

    def fixed(self, sizes: Mapping[str, int]) -> Dim:
        """The dim with quotients of names that have sizes written without rounding: `ceil(T/2)` of 7 is (T + 1)/2."""
        if self.segments:
            return Dim.joined(tuple(Segment(each.name, each.size.fixed(sizes)) for each in self.segments))
        total = Dim(())
        for monomial, coefficient in self.terms:
            product = Dim.number(coefficient)
            for atom in monomial:
                product = product * (Dim.name(atom) if isinstance(atom, str) else atom.fixed(sizes))
            total = total + product
        return total

    def value(self, sizes: Mapping[str, int]) -> Fraction:
        """The number under the given sizes; raises KeyError for a name that has none."""
        total = Fraction(0)
        for monomial, coefficient in self.terms:
            product = coefficient
            for atom in monomial:
                product *= sizes[atom] if isinstance(atom, str) else _quotient(atom, sizes)
            total += product
        return total

    def replace(self, names: Mapping[str, Dim]) -> Dim:
        """The dim with names replaced by other dims."""
        if not self.names & names.keys():
            return self
        if self.segments:
            return Dim.joined(tuple(Segment(each.name, each.size.replace(names)) for each in self.segments))
        total = Dim(())
        for monomial, coefficient in self.terms:
            product = Dim.number(coefficient)
            for atom in monomial:
                if isinstance(atom, str):
                    product = product * names.get(atom, Dim.name(atom))
                else:
                    product = product * atom.numerator.replace(names).rounded(atom.divisor, atom.rounding)
            total = total + product
        return total

    @property
    def shown(self) -> str:
        """The stretches as in types, `cls | T`; the size where there is but one."""
        return " | ".join(str(segment) for segment in self.segments) or str(self)

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        parts = [_term(monomial, value) for monomial, value in sorted(self.terms, key=lambda item: -len(item[0]))]
        return " + ".join(parts).replace("+ -", "- ")


def _floor(terms: tuple[tuple[Monomial, Fraction], ...], divisor: int) -> Dim:
    """The floor of whole terms over a divisor: what divides stands outside, the rest has no common factor."""
    outside = Dim.of({monomial: Fraction(value // divisor) for monomial, value in terms})
    left = {monomial: int(value % divisor) for monomial, value in terms}
    common = gcd(divisor, *(value for monomial, value in left.items() if monomial))
    rest = Dim.of({monomial: Fraction(value // common) for monomial, value in left.items()})
    return outside + rest.rounded(divisor // common, "floor")


def _dim(value: Dim | int) -> Dim:
    return value if isinstance(value, Dim) else Dim.number(value)


def _quotient(atom: Quotient, sizes: Mapping[str, int]) -> int:
    value = atom.numerator.value(sizes) / atom.divisor
    return ceil(value) if atom.rounding == "ceil" else floor(value)


def _term(monomial: Monomial, value: Fraction) -> str:
    if not monomial:
        return str(value)
    body = " * ".join(str(atom) for atom in monomial)
    top = "" if abs(value.numerator) == 1 else f"{abs(value.numerator)} * "
    bottom = "" if value.denominator == 1 else f"/{value.denominator}"
    return f"{'-' if value < 0 else ''}{top}{body}{bottom}"
