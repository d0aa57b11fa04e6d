"""Channels: nets change rows without lying on one another, whatever the rows at which they come in and go out."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest

from archgraph.draw.layout.channels import Net, channel

CLEAR = 0.2
Stretch = tuple[tuple[float, float], tuple[float, float]]


def random_nets(seed: int, count: int) -> list[Net]:
    """Nets that come in half a u apart and go out a quarter of a u apart."""
    chance = random.Random(seed)
    starts = chance.sample([0.5 * step for step in range(count * 2)], count)
    rows = chance.sample([0.25 * step for step in range(count * 8)], count * 2)
    cuts = sorted(chance.sample(range(1, len(rows)), count - 1))
    ends = [rows[low:high] for low, high in pairwise([0, *cuts, len(rows)])]
    return [Net(f"n{index}", start, tuple(out)) for index, (start, out) in enumerate(zip(starts, ends, strict=True))]


def laid(nets: list[Net]) -> dict[str, list[Stretch]]:
    """All stretches of each net, from a column at -1 to one beyond the last track."""
    ways, tracks = channel(nets)
    found: dict[str, list[Stretch]] = {net.name: [] for net in nets}
    for net in nets:
        for end in net.ends:
            points = [(-1.0, net.start)]
            for track, row in ways[net.name, end]:
                points += [(track, points[-1][1]), (track, row)]
            points.append((float(tracks), end))
            assert points[-1][1] == points[-2][1]
            found[net.name] += [pair for pair in pairwise(points) if pair[0] != pair[1]]
    return found


def stacked(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches run along each other too near."""
    for axis, near in ((0, 0.5), (1, CLEAR)):
        flat = all(a[axis] == b[axis] for a, b in (one, other))
        low = max(min(p[1 - axis] for p in pair) for pair in (one, other))
        high = min(max(p[1 - axis] for p in pair) for pair in (one, other))
        if flat and abs(one[0][axis] - other[0][axis]) < near and low < high:
            return True
    return False


@pytest.mark.parametrize("seed", range(40))
def test_nets_never_lie_on_one_another(seed: int) -> None:
    found = laid(random_nets(seed, 2 + seed % 9))
    for one, other in combinations(found, 2):
        assert not [(a, b) for a in found[one] for b in found[other] if stacked(a, b)], (one, other)


def test_straight_net_takes_no_track() -> None:
    assert channel([Net("a", 0.0, (0.0,)), Net("b", 1.0, (1.0,))]) == ({("a", 0.0): (), ("b", 1.0): ()}, 0)


def test_nets_that_change_places_turn_around_each_other() -> None:
    nets = [Net("a", 0.0, (2.0,)), Net("b", 2.0, (0.0,))]
    ways, tracks = channel(nets)
    assert tracks == 3
    assert sorted(map(len, ways.values())) == [1, 2]


def test_nets_that_keep_apart_share_a_track() -> None:
    assert channel([Net("a", 0.0, (1.0,)), Net("b", 5.0, (6.0,))])[1] == 1


def test_nets_that_rise_side_by_side_do_not_cross() -> None:
    ways, _ = channel([Net("low", 0.0, (3.0,)), Net("high", 1.0, (4.0,))])
    assert ways["high", 4.0][0][0] < ways["low", 3.0][0][0]
