"""Steps along a line cost what each of them costs alone."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from archgraph.draw.layout.grid import Place
from archgraph.draw.layout.lines import Line
from archgraph.draw.layout.traffic import Ends, Traffic


def scene(random: Random) -> Traffic:
    places = {
        f"p{index}": Place(random.randrange(20), random.randrange(20), random.choice((1.0, 2.0)), 1.0, "rect")
        for index in range(12)
    }
    traffic = Traffic(places)
    for index in range(15):
        x, y, reach = random.randrange(40) / 2, random.randrange(40) / 2, random.randrange(1, 6)
        end = (x + reach, y) if random.random() < 0.5 else (x, y + reach)
        traffic.add(f"p{index % 12}", ((x, y), end))
    traffic.ends.clear()
    return traffic


@pytest.mark.parametrize("seed", range(20))
def test_steps_along_a_line_cost_what_each_costs_alone(seed: int) -> None:
    random = Random(seed)
    traffic = scene(random)
    spots = [index / 2 for index in range(-2, 44)]
    at = random.randrange(80) / 4
    for level in (True, False):
        found = traffic.steps(Ends("p0", "p1", "p0", "p1"), Line(list(spots), at, level))
        for (low, high), price in zip(pairwise(spots), found, strict=True):
            step = ((low, at), (high, at)) if level else ((at, low), (at, high))
            alone = traffic.cost(Ends("p0", "p1", "p0", "p1"), step)
            # Wires of one source side by side: `cost` sees them in the cells that a step touches alone.
            assert price == pytest.approx(alone) or 0.0 < price - alone <= 6.0
