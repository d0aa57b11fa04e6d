"""Searches for ways: what they expect to come is never more than what comes, so that the cheapest way is found."""

from __future__ import annotations

from random import Random

import pytest

from archgraph.draw.layout.grid import Place
from archgraph.draw.layout.ports import inlets, outlets
from archgraph.draw.layout.search import search
from archgraph.draw.layout.traffic import Ends, Traffic


def crowd(seed: int) -> Traffic:
    """Shapes that keep apart, and wires among them."""
    random = Random(seed)
    spots = [(x, y) for x in range(0, 15, 3) for y in range(0, 12, 3)]
    shapes = [("circle", 1.0, "right"), ("rect", 1.0, "right"), ("dome", 2.26, "up"), ("bullet", 2.0, "left")]
    places = {}
    for index, (x, y) in enumerate(random.sample(spots, 9)):
        shape, width, direction = random.choice(shapes)
        places[f"p{index}"] = Place(x + random.choice((0.0, 0.5)), float(y), width, 1.0, shape, direction)
    traffic = Traffic(places)
    for index in range(6):
        x, y = random.choice(spots)
        traffic.add(f"p{index % 3}", ((x + 1.5, y - 3.0), (x + 1.5, y + 4.0)))
    return traffic


@pytest.mark.parametrize("seed", range(40))
def test_way_is_as_cheap_as_that_of_a_search_that_expects_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    traffic, ends = crowd(seed), Ends("p0", "p1", "p0", "p1")
    ports = [(start, end) for start in outlets(traffic.places["p0"]) for end in inlets(traffic.places["p1"], 0.25)]
    found = search(ends, ports, traffic=traffic)
    monkeypatch.setattr("archgraph.draw.layout.search._Channels._ahead", lambda self, state: 0.0)
    surely = search(ends, ports, traffic=traffic)
    assert (found is None) == (surely is None)
    if found and surely:
        # Off the grid, ways count for a little more than they cost.
        assert traffic.cost(ends, found) == pytest.approx(traffic.cost(ends, surely), rel=2e-3)
