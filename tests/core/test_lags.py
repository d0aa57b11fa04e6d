"""Bounds on the past: what each operation makes of them, which cover which, and how they are told."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archgraph.core.lags import EVERYTHING, FIRST, PAST, POINTWISE, Bound, Lags, Transfer, meet, prune
from archgraph.core.limits import BOUNDS


def bound(rate: float = 1, offset: float | None = 0, start: int = 0, segment: int | None = None, *marks: str) -> Bound:
    return Bound(Fraction(rate), None if offset is None else Fraction(offset), start, None, frozenset(marks), segment)


@pytest.mark.parametrize(
    ("transfer", "before", "after"),
    [
        (POINTWISE, bound(1, -1, 1), bound(1, -1, 1)),
        (EVERYTHING, bound(1, -1, 1), bound(1, None)),
        (EVERYTHING, bound(0, 3), bound(0, 3)),
        (Transfer("delay", 2), bound(), bound(1, -2, 2)),
        (Transfer("delay", 2), bound(1, None), bound(1, None, 2)),
        (Transfer(ahead=2), bound(1, -3, 3), bound(1, -1, 1)),
        (Transfer(rate=2, ahead=1), bound(1, None, 4), bound(2, None, 2)),
        (Transfer("patch", 4), bound(1, -4, 4), bound(4, -1, 1)),
        (Transfer("patch", 4), bound(1, None, 4), bound(4, None, 1)),
        (Transfer("upsample", 4), bound(4, -1, 1), bound(1, -1, 4)),
        (Transfer("upsample", 2, ahead=1), bound(2, None, 1), bound(1, None, 1)),
        (Transfer("fixed", ahead=3), bound(1, -1, 1), bound(0, 2)),
        (Transfer("fixed", ahead=3), bound(1, None, 1), bound(0, None)),
        (FIRST, bound(1, -1, 1), None),
    ],
)
def test_operations_move_bounds(transfer: Transfer, before: Bound, after: Bound | None) -> None:
    assert transfer.apply(before) == after


TWO = (2, None)


@pytest.mark.parametrize(
    ("transfer", "before", "after"),
    [
        (POINTWISE, bound(1, -1, 1, 1), (bound(1, -1, 1, 1),)),
        (PAST, bound(1, -1, 1, 1), (bound(1, -1, 1, 1), bound(1, None, 0, 0))),
        (PAST, bound(0, 3, 0, 1), (bound(0, 3, 0, 1), bound(0, 3, 0, 0))),
        (PAST, bound(1, -1, 1, 0), (bound(1, -1, 1, 0),)),
        (PAST, bound(0, 3), (bound(0, 3),)),
        (PAST, bound(1, 0), (bound(1, None),)),
        (Transfer(ahead=2), bound(1, 0, 0, 0), (bound(1, 2, 0, 0), bound(0, 1, 0, 1))),
        (Transfer(ahead=2), bound(1, -2, 2, 0), (bound(1, 0, 0, 0),)),
        (Transfer("placed", places=(0, 1)), bound(0, 3), (bound(0, 3, 0, 0), bound(0, 3, 0, 1))),
        (Transfer("placed", places=(0, 1)), bound(1, 0, 0, 1), (bound(1, 0, 0, 1),)),
        (Transfer("taken", places=(0,)), bound(1, -1, 1, 0), (bound(1, -1, 1),)),
        (Transfer("taken", places=(0,)), bound(1, -1, 1, 1), ()),
        (Transfer("taken", keeps=False, places=(1,)), bound(1, 0, 0, 1), (bound(0, 0),)),
        (Transfer("taken", keeps=False, places=(1,)), bound(1, -1, 1, 1), ()),
    ],
)
def test_operations_move_bounds_from_segment_to_segment(
    transfer: Transfer, before: Bound, after: tuple[Bound, ...]
) -> None:
    assert transfer.through(before, TWO, divided=True) == after


@pytest.mark.parametrize(
    ("transfer", "before", "after"),
    [
        (Transfer("patch", 2), bound(1, 0, 0, 0), bound(2, -1, 1)),
        (EVERYTHING, bound(1, 0, 0, 0), bound(1, None)),
        (Transfer(rate=2), bound(0, 3), bound(0, 3)),
        (Transfer(rate=2), bound(1, 3), bound(1, None)),
        (Transfer(rate=2), bound(1, None, 0, 0), bound(2, None, 1)),
        (FIRST, bound(1, 0, 0, 0), None),
        (FIRST, bound(1, 0, 0, 1), bound(0, 0)),
    ],
)
def test_an_axis_that_becomes_one_counts_from_its_beginning(
    transfer: Transfer, before: Bound, after: Bound | None
) -> None:
    assert transfer.through(before, TWO, divided=False) == ((after,) if after else ())


def test_behind_a_segment_of_unknown_length_nothing_can_be_counted() -> None:
    assert Transfer(rate=2).through(bound(1, -1, 1, 0), (None, None), divided=False) == (bound(1, None),)


@pytest.mark.parametrize(
    ("one", "other", "covers"),
    [
        (bound(), bound(1, -1, 1), True),
        (bound(1, -1, 1), bound(), False),
        (bound(1, None), bound(1, 5), True),
        (bound(1, 5), bound(1, None), False),
        (bound(1, 0, 0, None, "delay"), bound(), False),
        (bound(1, 0, 0, 1), bound(1, 0, 0, 0), False),
        (bound(1, 0), bound(1, 0, 0, 1), True),
        (bound(0, 9), bound(1, 0), False),
    ],
)
def test_a_bound_covers_what_allows_no_more(one: Bound, other: Bound, covers: bool) -> None:
    assert one.covers(other) == covers


@pytest.mark.parametrize(
    ("found", "words", "leaks"),
    [
        (bound(), "sees up to t", True),
        (bound(1, -1, 1), "sees up to t - 1", False),
        (bound(1, 2), "sees up to t + 2", True),
        (bound(2, -3, 3), "sees up to 2 t - 3", True),
        (bound(0, 3), "sees up to 3", True),
        (bound(0, 3, 4), "sees up to 3", False),
        (bound(1, None), "sees all of it", True),
    ],
)
def test_a_bound_tells_how_far_it_sees_and_whether_that_is_too_far(found: Bound, words: str, leaks: bool) -> None:
    assert str(found) == words
    assert found.leaks == leaks


def test_too_many_bounds_become_one_of_each_kind_that_sees_all() -> None:
    many = [bound(1, -3 * place, BOUNDS * 3 - place * 2, 0, "delay") for place in range(BOUNDS + 1)]
    assert len(prune(many[:BOUNDS])) == BOUNDS
    assert prune(many) == (bound(1, None, 0, None, "delay"),)


def test_bounds_along_different_axes_cannot_be_compared() -> None:
    found = meet(
        [{"y": Lags(0, (bound(1, -1, 1),))}, {"y": Lags(1, (bound(1, -2, 2),)), "x": Lags(None, (bound(0, 1),))}]
    )
    assert found == {"y": Lags(None, (bound(0, None),)), "x": Lags(None, (bound(0, 1),))}
    assert meet([{"y": Lags(0, (bound(1, -1, 1),))}, {"y": Lags(None, (bound(0, 1),))}])["y"].axis == 0
