"""Steps along a line cost what each of them costs alone."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from archgraph.draw.layout.grid import Place
from archgraph.draw.layout.lines import Lines
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
def test_steps_along_lines_cost_what_each_costs_alone(seed: int) -> None:
    random = Random(seed)
    traffic, ends = scene(random), Ends("p0", "p1", "p0", "p1")
    spots = [index / 2 for index in range(-2, 44)]
    ats = sorted({random.randrange(80) / 4 for _ in range(3)})
    for level in (True, False):
        lines = traffic.charged(ends, Lines(spots, ats, level))
        for index, at in enumerate(ats):
            for (low, high), price in zip(pairwise(spots), lines.prices(index), strict=True):
                step = ((low, at), (high, at)) if level else ((at, low), (at, high))
                alone = traffic.cost(ends, step)
                # Wires of one source side by side: `cost` sees them in the cells that a step touches alone.
                assert price == pytest.approx(alone) or 0.0 < price - alone <= 6.0


def test_lines_are_charged_only_where_a_stretch_is() -> None:
    lines = Lines([0.0, 1.0, 2.0, 4.0], [0.0, 1.0, 2.0], level=True)
    lines.charge(lines.between(0.0, 2.0), 1.0, 3.0, 5.0)
    assert lines.prices(0) == lines.prices(2) == [1.0, 1.0, 2.0]
    assert lines.prices(1) == [1.0, 6.0, 7.0]
