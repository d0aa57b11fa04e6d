"""Arithmetic over params by a grammar of our own: `+ - * / // % **`, brackets, `min` and `max`. Nothing else.

Whole-number fields are computed exactly, with fractions; real fields in float64. Names of `auto` params stay symbols.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import NamedTuple, Union

from archgraph.core.dims import Dim
from archgraph.core.limits import DIGITS, POWER, TERMS

_TOKEN = re.compile(
    r"\s*(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(\*\*|//|[-+*/%(),]))",
    re.ASCII,  # digits of other scripts are letters to those who read them
)
_DEPTH = 40

Number = Union[Fraction, float, Dim]


class ExpressionError(Exception):
    """Arithmetic that cannot be read or computed; `start` and `stop` are offsets in its text, `kind` says which."""

    def __init__(self, message: str, start: int, stop: int, kind: str = "syntax") -> None:
        super().__init__(message)
        self.message, self.start, self.stop, self.kind = message, start, stop, kind


@dataclass(frozen=True)
class Literal:
    """A number as written."""

    text: str
    at: int


@dataclass(frozen=True)
class Name:
    """A param."""

    name: str
    at: int


@dataclass(frozen=True)
class Call:
    """An operator, `min` or `max` with its operands."""

    operator: str
    operands: tuple[Expression, ...]
    at: int


Expression = Union[Literal, Name, Call]


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


FUNCTIONS = ("min", "max")
ROUNDING = ("ceil", "floor")


def parse(text: str, *, lengths: bool = False) -> Expression:
    """The expression that `text` writes; one of lengths may round, `ceil(T/2)`; raises ExpressionError."""
    return _Parser(text, FUNCTIONS + ROUNDING if lengths else FUNCTIONS).whole()


def names(expression: Expression) -> Iterator[Name]:
    """Every name in an expression, in order."""
    if isinstance(expression, Name):
        yield expression
    elif isinstance(expression, Call):
        for operand in expression.operands:
            yield from names(operand)


class _Parser:
    """Precedence climbing over a list of tokens."""

    _levels = ({"+", "-"}, {"*", "/", "//", "%"})

    def __init__(self, text: str, functions: tuple[str, ...]) -> None:
        self.text, self.functions = text, functions
        self.tokens = list(islice(self._tokens(), TERMS + 1))
        if len(self.tokens) > TERMS:
            raise ExpressionError(f"longer than {TERMS} numbers, names and signs", 0, len(text), "limit")
        self.at = 0
        self.depth = 0

    def _tokens(self) -> Iterator[_Token]:
        at = 0
        while at < len(self.text.rstrip()):
            found = _TOKEN.match(self.text, at)
            if not found:
                start = at + len(self.text[at:]) - len(self.text[at:].lstrip())
                raise ExpressionError(f"'{self.text[start]}' is not part of arithmetic", start, start + 1)
            kind = "number" if found[1] else "name" if found[2] else "sign"
            group = found[1] or found[2] or found[3]
            yield _Token(kind, group, found.end() - len(group))
            at = found.end()
        yield _Token("end", "", len(self.text))

    def whole(self) -> Expression:
        """The whole text as one expression."""
        found = self._level(0)
        token = self.tokens[self.at]
        if token.kind != "end":
            raise ExpressionError(f"'{token.text}' is not expected here", token.at, token.at + len(token.text))
        return found

    def _accept(self, *texts: str) -> _Token | None:
        token = self.tokens[self.at]
        if token.kind == "sign" and token.text in texts:
            self.at += 1
            return token
        return None

    def _level(self, level: int) -> Expression:
        if level == len(self._levels):
            return self._signed()
        left = self._level(level + 1)
        while token := self._accept(*self._levels[level]):
            left = Call(token.text, (left, self._level(level + 1)), token.at)
        return left

    def _signed(self) -> Expression:
        self.depth += 1
        if self.depth > _DEPTH:
            raise ExpressionError(f"nested more than {_DEPTH} deep", self.tokens[self.at].at, len(self.text), "limit")
        token = self._accept("-", "+")
        found = Call("negate", (self._signed(),), token.at) if token and token.text == "-" else None
        if token and not found:
            found_plain = self._signed()
            self.depth -= 1
            return found_plain
        result: Expression = found if found else self._power()
        self.depth -= 1
        return result

    def _power(self) -> Expression:
        base = self._atom()
        token = self._accept("**")
        return Call("**", (base, self._signed()), token.at) if token else base

    def _atom(self) -> Expression:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "number":
            return _literal(token)
        if token.kind == "name":
            return self._call(token) if self._accept("(") else Name(token.text, token.at)
        if token.text == "(":
            inner = self._level(0)
            self._close(token)
            return inner
        shown = f"'{token.text}'" if token.text else "the end"
        raise ExpressionError(
            f"a number or name is expected, not {shown}", token.at, token.at + max(1, len(token.text))
        )

    def _call(self, token: _Token) -> Expression:
        if token.text not in self.functions:
            *others, last = self.functions
            raise ExpressionError(
                f"'{token.text}' is not a function; there are {', '.join(others)} and {last}",
                token.at,
                token.at + len(token.text),
            )
        operands = [self._level(0)]
        while self._accept(","):
            operands.append(self._level(0))
        self._close(token)
        return Call(token.text, tuple(operands), token.at)

    def _close(self, opening: _Token) -> None:
        if not self._accept(")"):
            token = self.tokens[self.at]
            raise ExpressionError("')' is missing", token.at, token.at + max(1, len(token.text)))


def _literal(token: _Token) -> Literal:
    """A number that is not too long to be worked out exactly; its exponent counts as what it stands for."""
    digits, _, exponent = token.text.lower().partition("e")
    if len(digits) > DIGITS or len(exponent) > 6 or abs(int(exponent or 0)) * 4 > POWER:
        raise ExpressionError("the number has too many digits", token.at, token.at + len(token.text), "limit")
    return Literal(token.text, token.at)


Lookup = Callable[[Name, bool], Number]


def evaluate(expression: Expression, lookup: Lookup, exact: bool) -> Number:
    """The value: a Fraction (or Dim, where a symbol is inside) if `exact`, else a float."""
    if isinstance(expression, Literal):
        return Fraction(expression.text) if exact else float(expression.text)
    if isinstance(expression, Name):
        return lookup(expression, exact)
    operands = [evaluate(operand, lookup, exact) for operand in expression.operands]
    try:
        value = _apply(expression.operator, operands)
    except ZeroDivisionError:
        raise ExpressionError("division by zero", expression.at, expression.at + 1, "zero") from None
    except OverflowError:
        raise ExpressionError("the number grows too large", expression.at, expression.at + 1, "limit") from None
    except ArithmeticError:
        message = "a root is no exact number: the exponent must be whole" if exact else "a root of a negative number"
        raise ExpressionError(message, expression.at, expression.at + 1, "root") from None
    except TypeError:
        raise ExpressionError(
            "this cannot be worked out while a param is 'auto'", expression.at, expression.at + 1, "symbolic"
        ) from None
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > POWER:
        raise ExpressionError("the number grows too large", expression.at, expression.at + 1, "limit")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("the number grows too large", expression.at, expression.at + 1, "limit")
    return value


def _apply(operator: str, values: list[Number]) -> Number:
    if any(isinstance(value, Dim) for value in values):
        return _symbolic(operator, values)
    numbers = [value for value in values if not isinstance(value, Dim)]
    if operator in ("min", "max"):
        return (min if operator == "min" else max)(numbers)
    if operator in ROUNDING:
        return Fraction((math.ceil if operator == "ceil" else math.floor)(numbers[0]))
    if operator == "negate":
        return -numbers[0]
    return _PLAIN[operator](numbers[0], numbers[1])


_Plain = Union[Fraction, float]


def _power(base: _Plain, exponent: _Plain) -> _Plain:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if exponent.denominator != 1:
            raise ArithmeticError
        if abs(exponent) * bits > POWER:
            raise OverflowError
        return Fraction(base ** int(exponent))
    value = float(base) ** float(exponent)
    if isinstance(value, complex):
        raise ArithmeticError
    return float(value)


_PLAIN: Mapping[str, Callable[[_Plain, _Plain], _Plain]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: Fraction(a // b) if isinstance(a, Fraction) and isinstance(b, Fraction) else float(a // b),
    "%": lambda a, b: a % b,
    "**": _power,
}


def _symbolic(operator: str, values: list[Number]) -> Number:
    dims = [value if isinstance(value, Dim) else Dim.number(Fraction(value)) for value in values]
    if operator in ROUNDING and len(dims) == 1:
        return dims[0].whole(operator)
    if operator == "negate":
        return dims[0] * -1
    if operator == "+":
        return dims[0] + dims[1]
    if operator == "-":
        return dims[0] - dims[1]
    if operator == "*":
        return dims[0] * dims[1]
    divisor = dims[1].constant if len(dims) == 2 else None
    if operator in ("/", "//", "%") and divisor == 0:
        raise ZeroDivisionError
    if operator == "/" and divisor:
        return dims[0].exactly(divisor)
    if operator == "//" and divisor and divisor > 0:
        return dims[0].rounded(divisor, "floor")
    raise TypeError(operator)
