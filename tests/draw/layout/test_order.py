"""The order of items in columns: crossings are counted as they are, and taken away."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest

from archgraph.draw.layout.lanes import Lanes
from archgraph.draw.layout.order import crossings, ordered


def random_lanes(seed: int) -> Lanes:
    """Four columns of five parts, each read by some of a later column."""
    chance = random.Random(seed)
    ranks = {f"{'abcd'[rank]}{index}": rank for rank in range(4) for index in range(5)}
    links = [
        (one, other) for one, other in combinations(ranks, 2) if ranks[one] < ranks[other] and chance.random() < 0.2
    ]
    return Lanes.of(ranks, links)


def counted(lanes: Lanes) -> int:
    """All pairs of wires that cross, one by one."""
    spots = {name: index for column in lanes.columns for index, name in enumerate(column)}
    found = 0
    for column in lanes.columns:
        wires = [(spots[name], spots[each]) for name in column for each in lanes.ahead.get(name, ())]
        found += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(wires, 2))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_crossings_are_counted_as_they_are(seed: int) -> None:
    lanes = random_lanes(seed)
    assert crossings(lanes, lanes.columns) == counted(lanes)


def test_order_takes_most_crossings_away() -> None:
    before = [random_lanes(seed) for seed in range(12)]
    after = [ordered(lanes) for lanes in before]
    assert all(counted(new) <= counted(old) for old, new in zip(before, after, strict=True))
    assert sum(map(counted, after)) < 0.6 * sum(map(counted, before))


def test_order_keeps_all_items() -> None:
    lanes = random_lanes(3)
    assert [sorted(column) for column in ordered(lanes).columns] == [sorted(column) for column in lanes.columns]


@pytest.mark.parametrize("seed", range(6))
def test_shuffled_rows_that_need_not_cross_are_untangled(seed: int) -> None:
    chance = random.Random(seed)
    names = [[f"{'abcd'[rank]}{index}" for index in range(5)] for rank in range(4)]
    links = [link for one, other in pairwise(names) for link in zip(one, other, strict=True)]
    shuffled = [name for column in names for name in chance.sample(column, len(column))]
    lanes = Lanes.of({name: "abcd".index(name[0]) for name in shuffled}, links)
    assert counted(lanes) > 0
    assert counted(ordered(lanes)) == 0


def test_lane_stands_in_each_column_that_a_wire_passes() -> None:
    lanes = Lanes.of({"a": 0, "b": 1, "c": 2, "d": 3}, [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")])
    assert [len(column) for column in lanes.columns] == [1, 2, 2, 1]
    assert lanes.chain("a", "d") == ["a", "a~1", "a~2"]
    assert lanes.holder("d", "a") == ""
