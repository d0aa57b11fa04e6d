"""Sizes: equal exactly where their normal forms are, whatever they were made by."""

from __future__ import annotations

import pytest

from archgraph.core.dims import Dim, Segment

T, S, ONE = Dim.name("T"), Dim.name("S"), Dim.number(1)
CLS = Dim.joined((Segment("cls", ONE), *T.parts))


@pytest.mark.parametrize(
    ("size", "shown", "value"),
    [
        (T + S - T, "S", 5),
        ((T + 1) * (S + 1), "S * T + S + T + 1", 78),
        (T * 3 - T, "2 * T", 24),
        (T.exactly(4), "T/4", 3),
        (T.exactly(4) * 4, "T", 12),
        (S.rounded(2), "ceil(S/2)", 3),
        (S.rounded(2, "floor"), "floor(S/2)", 2),
        ((S + 1).rounded(4), "ceil((S + 1)/4)", 2),
        (Dim.number(7).rounded(2), "4", 4),
        (Dim.number(7).rounded(2, "floor"), "3", 3),
        (Dim.number(8).rounded(2), "4", 4),
        (T - T, "0", 0),
        (S - T, "S - T", -7),
    ],
)
def test_arithmetic_has_a_normal_form_and_a_value(size: Dim, shown: str, value: int) -> None:
    assert size.value({"T": 12, "S": 5}) == value
    assert str(size) == shown


def test_names_are_replaced_inside_quotients_too() -> None:
    size = (T + S).rounded(2) + S * T
    found = size.replace({"T": Dim.number(4)})
    assert found == (S + 4).rounded(2) + S * 4
    assert found.replace({"S": Dim.number(3)}).constant == 16
    assert S.replace({"T": ONE}) is S


def test_an_axis_of_segments_is_as_long_as_they_are_and_not_the_same_as_a_sum() -> None:
    assert CLS.terms == (T + 1).terms
    assert T + 1 != CLS
    assert (T + 1 == CLS) is False
    assert (CLS.shown, str(CLS)) == ("cls | T", "T + 1")
    assert CLS.names == {"T"}


def test_segments_are_kept_where_names_are_replaced_and_lost_in_arithmetic() -> None:
    assert CLS.replace({"T": Dim.number(4)}).shown == "cls | T(4)"
    assert CLS.exactly(1) is CLS
    assert (CLS + 1).segments == ()


@pytest.mark.parametrize(
    ("segment", "shown"),
    [
        (Segment("T", T), "T"),
        (Segment("m", S), "m(S)"),
        (Segment("r", Dim.number(4)), "r(4)"),
        (Segment("cls", ONE), "cls"),
        (Segment("", Dim.number(196)), "196"),
    ],
)
def test_a_segment_is_written_as_in_types(segment: Segment, shown: str) -> None:
    assert str(segment) == shown


def test_an_axis_in_one_piece_is_one_segment_named_if_it_is_a_name() -> None:
    assert T.parts == (Segment("T", T),)
    assert (T + 1).parts == (Segment("", T + 1),)
    assert CLS.parts == CLS.segments


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (S.rounded(2).rounded(2), S.rounded(4)),
        (S.rounded(2), (S + 1).rounded(2, "floor")),
        ((S + 2).rounded(2), S.rounded(2) + 1),
        ((S * 2).rounded(4), S.rounded(2)),
        ((S * 3).rounded(2, "floor"), S + S.rounded(2, "floor")),
        (S.exactly(2).rounded(2), (S + 2).rounded(4, "floor")),
        ((S.rounded(3) * 2 + 1).rounded(2), S.rounded(3) + 1),
    ],
)
def test_sizes_that_are_equal_for_all_data_settle_in_one_form(one: Dim, other: Dim) -> None:
    assert one != other
    assert one.settled == other.settled
    assert all(one.settled.value({"S": n}) == one.value({"S": n}) for n in range(0, 48, 4))


def test_what_is_settled_stays_so_and_is_as_long_as_before() -> None:
    size = ((T * 2 + S + 5).rounded(3) + T - 4).rounded(4, "floor") * S
    assert size.settled.settled == size.settled
    for n in range(40):
        assert size.settled.value({"T": n, "S": 2 * n + 1}) == size.value({"T": n, "S": 2 * n + 1})
