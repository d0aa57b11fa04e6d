"""Params and the arithmetic over them: an environment answers what a written number means."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite

from archgraph.core.diagnostic import Collector, Edit
from archgraph.core.dims import Dim
from archgraph.core.expression import Expression, ExpressionError, Name, Number, evaluate, names, parse
from archgraph.core.source import Scalar, Sequence, Tree
from archgraph.core.suggest import hint
from archgraph.lang.faults import schema, values
from archgraph.lang.read import describe
from archgraph.lang.screen import find_pasted

# How other programs name a param in a text: $width, ${width}, {{ width }}, params.width.
_FOREIGN = re.compile(r"\$?\{{0,2}\s*(?:params\.)?(\w+)\s*\}{0,2}")
_FAULTS = {"zero": values.ZERO, "limit": values.RANGE, "symbolic": values.AUTO}
_MENDS = {
    "kind": "give that param a number, or write one here",
    "zero": "divide by something else",
    "limit": "use smaller numbers",
    "root": "write the number out",
    "length": 'write it with + - * / //, ceil and floor, as "real[ceil(T/2), 8]"',
    "symbolic": "give the param that is 'auto' a number",
}


ParamValue = int | float | Dim | str | bool | None


class Refused(Exception):
    """A written number that was refused; the diagnostic is recorded."""


@dataclass
class Environment:
    """The params that a body sees. `index` is the number of the copy inside a repeat of `copies`, None outside."""

    params: Dict[str, Scalar]
    into: Collector
    index: int | None = None
    given: Dict[str, ParamValue] = field(default_factory=dict)
    asked_index: bool = False
    busy: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)  # params whose own faults are recorded
    copies: int = 0

    def inner(self, index: int, copies: int) -> Environment:
        """The environment of copy `index` of a repeat."""
        return Environment(self.params, self.into, index, self.given, broken=self.broken, copies=copies)

    def in_turn(self, written: Tree, what: str) -> Tree:
        """What is written, or, of a list inside a repeat, what stands there for this copy; raises Refused."""
        if self.index is None or not isinstance(written, Sequence) or not written.items:
            return written
        if len(written.items) > max(self.copies, 1):
            fact = f"{what} lists {len(written.items)} values, one for each copy in turn, and there are {self.copies}"
            self.into.add(values.RANGE, fact, written.span, hint=f"give at most {self.copies}, or repeat more often")
            raise Refused
        self.asked_index = True
        return written.items[self.index % len(written.items)]

    def knows(self, name: str) -> bool:
        """Whether `name` is a param here."""
        return name in self.params or name in self.given

    @property
    def known(self) -> list[str]:
        """The names of all params."""
        return [*self.given, *self.params]

    def length(self, scalar: Scalar, what: str) -> int | Dim:
        """A written length, in which names that are no params are free axes, and may be rounded; raises Refused."""
        text_ = str(scalar.value)
        try:
            value = evaluate(parse(text_, lengths=True), self._free, exact=True)
        except ExpressionError as error:
            if error.kind == "symbolic" and not all(
                self.knows(name.name) for name in names(parse(text_, lengths=True))
            ):
                error.kind, error.message = "length", "lengths are added, multiplied, and divided by whole numbers"
            self._record(error, scalar, what)
            raise Refused from None
        return self._counted(value, scalar, what)

    def _free(self, name: Name, exact: bool) -> Number:
        return self._lookup(name, exact) if self.knows(name.name) or name.name == "index" else Dim.name(name.name)

    def whole(self, scalar: Scalar, what: str) -> int | Dim:
        """A written whole number, exactly; raises Refused."""
        return self._counted(self._number(scalar, what, exact=True), scalar, what)

    def _counted(self, value: Number, scalar: Scalar, what: str) -> int | Dim:
        if isinstance(value, Dim):
            return value if value.constant is None else value.constant
        endless = isinstance(value, float) and not isfinite(value)
        if endless or Fraction(value).denominator != 1:
            self.into.add(
                values.NOT_WHOLE,
                f"{what} comes to {float(value):g}, and must be a whole number",
                scalar.span,
                hint="use '//' to round down",
            )
            raise Refused
        return int(value)

    def real(self, scalar: Scalar, what: str) -> float:
        """A written real number in float64; raises Refused."""
        value = self._number(scalar, what, exact=False)
        if isinstance(value, Dim):
            self.into.add(values.AUTO, f"{what} depends on a param that is 'auto'", scalar.span, hint="give it a value")
            raise Refused
        return float(value)

    def number(self, scalar: Scalar, what: str) -> int | float | Dim:
        """A written number for any field, whole where it comes to that; raises Refused."""
        value = self._number(scalar, what, exact=True)
        if isinstance(value, Dim):
            return value
        return int(value) if Fraction(value).denominator == 1 else float(value)

    def _number(self, scalar: Scalar, what: str, *, exact: bool) -> Number:
        value = scalar.value
        assert not isinstance(value, Dim), "what is worked out is not written any more"
        if isinstance(value, bool) or value is None:
            self.into.add(
                values.WRONG_KIND,
                f"{what} is {describe(scalar)}, and must be a number",
                scalar.span,
                hint="give a number",
            )
            raise Refused
        if isinstance(value, str):
            return self._arithmetic(scalar, value, what, exact=exact)
        return Fraction(str(value)) if exact and value == value and abs(value) != float("inf") else float(value)

    def _arithmetic(self, scalar: Scalar, value: str, what: str, *, exact: bool) -> Number:
        if find_pasted(value, scalar.span, self.into):
            raise Refused
        try:
            expression = parse(value)
            if scalar.quoted and not any(names(expression)):
                raise ExpressionError(f"{what} is {describe(scalar)}, and must be a number", 0, len(value), "quoted")
            return evaluate(expression, self._lookup, exact)
        except ExpressionError as error:
            self._record(error, scalar, what)
            raise Refused from None

    def _record(self, error: ExpressionError, scalar: Scalar, what: str) -> None:
        if error.kind == "told":
            return
        shift = 1 if scalar.quoted else 0
        span = scalar.span.part(error.start + shift, error.stop + shift)
        if error.kind == "quoted":
            fix = (Edit(scalar.span, str(scalar.value)),)
            self.into.add(values.WRONG_KIND, error.message, scalar.span, hint="remove the quotes", fixes=fix)
        elif error.kind == "name":
            word = error.message.split("'")[1]
            mend = hint(word, self.known) if self.known else f"give it a number: 'params: {{{word}: 32}}'"
            self.into.add(values.UNKNOWN_NAME, error.message, span, hint=mend)
        else:
            fault = _FAULTS.get(error.kind, values.EXPRESSION)
            mend = _MENDS.get(error.kind, "arithmetic is + - * / // % **, min, max over params")
            alone = _FOREIGN.fullmatch(str(scalar.value)) if len(str(scalar.value)) < 200 else None
            mend = f"write '{alone[1]}' alone" if alone and self.knows(alone[1]) else mend
            mend = f"a symbol is a number, as {what[1:-1]}: 1" if what in ("'start'", "'stop'", "'pad'") else mend
            self.into.add(fault, f"{what}: {error.message}", span, hint=mend)

    def _lookup(self, name: Name, exact: bool) -> Number:
        stop = name.at + len(name.name)
        if name.name == "index" and self.index is not None:
            self.asked_index = True
            return Fraction(self.index) if exact else float(self.index)
        if name.name in self.broken:
            raise ExpressionError(f"the param '{name.name}' has a fault", name.at, stop, "told")
        if name.name in self.given:
            value = self.given[name.name]
        elif name.name in self.params:
            return self._param(name, exact)
        else:
            raise ExpressionError(f"'{name.name}' is not a param", name.at, stop, "name")
        if isinstance(value, Dim):
            return value
        if isinstance(value, (str, bool)) or value is None:
            self.broken.add(name.name)  # said once, however often the block uses it
            raise ExpressionError(f"the param '{name.name}' is not a number", name.at, stop, "kind")
        return Fraction(str(value)) if exact else float(value)

    def _param(self, name: Name, exact: bool) -> Number:
        scalar, stop = self.params[name.name], name.at + len(name.name)
        if name.name in self.busy:
            shown = " -> ".join([*self.busy, name.name])
            self.broken |= set(self.busy)
            raise ExpressionError(f"these params need each other: {shown}", name.at, stop)
        if scalar.value == "auto":
            return Dim.name(name.name)
        if isinstance(scalar.value, (bool, Dim)) or scalar.value is None:
            self.broken.add(name.name)  # said once, however often it is used
            raise ExpressionError(f"the param '{name.name}' is {describe(scalar)}, not a number", name.at, stop, "kind")
        if isinstance(scalar.value, float) and not isfinite(scalar.value):
            raise ExpressionError(f"the param '{name.name}' is {scalar.value}, no finite number", name.at, stop, "kind")
        if not isinstance(scalar.value, str):
            return Fraction(str(scalar.value)) if exact else float(scalar.value)
        if self._is_word(scalar):
            self.broken.add(name.name)
            raise ExpressionError(f"the param '{name.name}' is the word '{scalar.value}'", name.at, stop, "kind")
        self.busy.append(name.name)
        try:
            return evaluate(self._inside(name, scalar), self._lookup, exact)
        finally:
            self.busy.pop()

    def _inside(self, name: Name, scalar: Scalar) -> Expression:
        try:
            return parse(str(scalar.value))
        except ExpressionError:
            stop = name.at + len(name.name)
            raise ExpressionError(f"the param '{name.name}' is not a number", name.at, stop) from None

    def word(self, scalar: Scalar) -> ParamValue:
        """A written word; `$name` stands for the param of that name; raises Refused."""
        value = scalar.value
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        name = value[1:]
        if name in self.given and not isinstance(self.given[name], Dim):
            given = self.given[name]
            return given if not isinstance(given, Dim) else None
        if name in self.params:
            return self.params[name].value
        self.into.add(schema.PARAM, f"'{name}' is not a param", scalar.span, hint=hint(name, self.known))
        raise Refused

    def settle(self) -> dict[str, ParamValue]:
        """The value of every param, faults of each recorded; texts that are no arithmetic are words."""
        found: dict[str, ParamValue] = dict(self.given)
        for name, scalar in self.params.items():
            value = self._settled(name, scalar) if name not in self.broken else None
            if value is not None:
                found[name] = value
        return found

    def _settled(self, name: str, scalar: Scalar) -> ParamValue:
        if scalar.value == "auto":
            return Dim.name(name)
        if not isinstance(scalar.value, str):
            return scalar.value
        if self._is_word(scalar):
            return scalar.value
        try:
            return self.number(scalar, f"the param '{name}'")
        except Refused:
            self.broken.add(name)
            return None

    def _is_word(self, scalar: Scalar) -> bool:
        text_ = str(scalar.value)
        return text_.isidentifier() and not self.knows(text_) and text_ != "index"
