"""Arithmetic: what each sign means, exactly, in float64, and over a param that only data can tell."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archgraph.core.dims import Dim
from archgraph.core.expression import ExpressionError, Name, Number, evaluate, parse

VALUES: dict[str, Number] = {"width": Fraction(8), "vocab": Dim.name("vocab")}


def exact(text: str) -> Number:
    return evaluate(parse(text), lambda name, _: VALUES[name.name], True)


def real(text: str) -> Number:
    return evaluate(parse(text), lambda name, _: float(str(VALUES[name.name])), False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("width - 3 + 1", 6),
        ("+width", 8),
        ("-width", -8),
        ("--width", 8),
        ("+-+width", -8),
        ("width / 3", Fraction(8, 3)),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("2 ** 3 ** 2", 512),
        ("2 ** -2", Fraction(1, 4)),
        ("-2 ** 2", -4),
        ("min(width, 3, 5)", 3),
        ("max(width, 3)", 8),
        ("(width - 3) * 2", 10),
    ],
)
def test_whole_numbers_are_exact(text: str, value: Number) -> None:
    assert exact(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("1 / 3", 1 / 3), ("7.5 // 2", 3.0), ("2 ** 0.5", 2**0.5), ("7 % 2.5", 2.0), ("-width", -8.0)]
)
def test_real_numbers_are_floats(text: str, value: float) -> None:
    found = real(text)
    assert isinstance(found, float)
    assert found == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("vocab + 1", "vocab + 1"),
        ("vocab - 1", "vocab - 1"),
        ("2 * vocab", "2 * vocab"),
        ("-vocab", "-vocab"),
        ("vocab / 2", "vocab/2"),
        ("vocab // 2", "floor(vocab/2)"),
        ("width + vocab", "vocab + 8"),
    ],
)
def test_what_only_data_can_tell_stays_a_name(text: str, shown: str) -> None:
    assert str(exact(text)) == shown


@pytest.mark.parametrize("text", ["vocab ** 2", "min(vocab, 3)", "vocab % 2", "2 / vocab", "vocab // -2", "max(vocab)"])
def test_what_cannot_be_worked_out_before_the_data_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="'auto'") as caught:
        exact(text)
    assert caught.value.kind == "symbolic"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("1 / 0", "zero", "division by zero"),
        ("1 // (2 - 2)", "zero", "division by zero"),
        ("2 ** 100000", "limit", "too large"),
        ("9 ** 9 ** 9", "limit", "too large"),
        ("2 ** (1 / 2)", "root", "exponent must be whole"),
        ("1e4000000000 - 1", "limit", "too many digits"),
        ("1" * 41, "limit", "too many digits"),
        (" * ".join(["2 ** 2000"] * 4), "limit", "too large"),
        ("-" * 2000 + "1", "limit", "nested|longer"),
        ("-" * 200 + "1", "limit", "nested"),
        ("+".join(["1"] * 300), "limit", "longer"),
    ],
)
def test_what_grows_too_large_is_refused(text: str, kind: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words) as caught:
        exact(text)
    assert caught.value.kind == kind


@pytest.mark.parametrize("text", ["10.0 ** 400", "1e308 * 10"])
def test_a_real_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="too large"):
        real(text)


def test_a_root_of_a_negative_number_is_called_that() -> None:
    with pytest.raises(ExpressionError, match="root of a negative number"):
        real("(-8) ** 0.5")


@pytest.mark.parametrize(
    ("text", "words", "at"),
    [
        ("", "not the end", 0),
        ("1 +", "not the end", 3),
        ("(1", "is missing", 2),
        ("min(1, 2", "is missing", 8),
        ("sqrt(2)", "there are min and max", 0),
        ("1 2", "2", 2),
        ("1 + $", "no part|not part", 4),
        (")", r"not '\)'", 0),
    ],
)
def test_what_is_no_arithmetic_is_told_at_its_place(text: str, words: str, at: int) -> None:
    with pytest.raises(ExpressionError, match=words) as caught:
        parse(text)
    assert caught.value.start == at


def test_names_are_looked_up_with_their_places() -> None:
    seen: list[tuple[str, int]] = []

    def lookup(name: Name, _: bool) -> Number:
        seen.append((name.name, name.at))
        return Fraction(1)

    assert evaluate(parse("a * (bc + a)"), lookup, True) == 2
    assert seen == [("a", 0), ("bc", 5), ("a", 10)]
