"""The layered plan: sound for any graph, and quick for a large one."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from archgraph.draw import draw, write
from archgraph.draw.grid import apart
from archgraph.draw.layers import layered
from archgraph.draw.sketch import sketch
from archgraph.graph.module import Graph
from tests.draw.audit import audit
from tests.draw.graphs import ALL, CROSS_ATTENTION, graph


def random_graph(seed: int, size: int) -> Graph:
    """A connected graph of operations without a prediction, so outside the family."""
    chance = random.Random(seed)
    edges = []
    for index in range(size):
        sources = ["x", *(f"n{earlier}" for earlier in range(index))]
        edges += [f"{source}>n{index}" for source in dict.fromkeys(chance.choices(sources[-4:], k=2))]
    return graph(
        "Random",
        "x:input h:hidden",
        " ".join(f"n{i}" for i in range(size)),
        " ".join(edges) + f" n{size - 1}>h",
    )


@pytest.mark.parametrize("name", ALL)
def test_no_two_places_overlap(name: str) -> None:
    plan = layered(sketch(ALL[name]))
    assert all(apart(one, other, 0.4) for one, other in combinations(plan.places.values(), 2))


def test_data_flows_right() -> None:
    found = sketch(CROSS_ATTENTION)
    places = layered(found).places
    assert all(places[link.source].right < places[link.target].left for link in found.links)


@pytest.mark.parametrize("seed", range(6))
def test_random_graphs_are_drawn_soundly(seed: int) -> None:
    assert audit(write(draw(random_graph(seed, 8)), "svg")) == []
