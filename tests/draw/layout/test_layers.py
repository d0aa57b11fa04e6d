"""The layered plan: sound for any graph, and quick for a large one."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, pairwise
from time import process_time

import pytest

from archgraph.draw import draw, write
from archgraph.draw.layout.grid import apart
from archgraph.draw.layout.layers import layered
from archgraph.draw.layout.turn import flowing
from archgraph.draw.paths import Point
from archgraph.draw.sketch import sketch
from archgraph.graph.module import Graph
from tests.draw.audit import audit
from tests.draw.graphs import ALL, CROSS_ATTENTION, SHARED_CODE, graph


def random_graph(seed: int, size: int, *, fan: int = 2, window: int = 4) -> Graph:
    """A connected graph of operations without a prediction, so outside the family.

    Each operation reads up to `fan` of the `window` before it.
    """
    chance = random.Random(seed)
    edges = []
    for index in range(size):
        sources = ["x", *(f"n{earlier}" for earlier in range(index))]
        near = dict.fromkeys(chance.choices(sources[-window:], k=fan))
        edges += [f"{source}>n{index}.p{port}" for port, source in enumerate(near)]
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


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("size", "fan", "window"), [(8, 2, 4), (14, 3, 8), (12, 6, 12)])
def test_random_graphs_are_drawn_soundly(size: int, fan: int, window: int, seed: int) -> None:
    assert audit(write(draw(random_graph(seed, size, fan=fan, window=window)), "svg")) == []


@pytest.mark.parametrize("seed", range(4))
def test_random_graphs_with_loops_are_drawn_soundly(seed: int) -> None:
    subject = random_graph(seed, 8)
    back = graph("Loop", "", "", "n7>n2.state!delay")
    assert audit(write(draw(replace(subject, wires=subject.wires + back.wires)), "svg")) == []


def test_wires_that_need_not_cross_do_not() -> None:
    ladder = "x>a0 x>b0 " + " ".join(f"a{i}>a{i + 1} b{i}>b{i + 1}" for i in range(5)) + " a5>c b5>c.p c>h"
    names = " ".join(f"{side}{i}" for i in range(6) for side in "ba") + " c"
    found = sketch(graph("Ladder", "x:input h:hidden", names, ladder))
    ways = list(layered(found).ways.values())
    stretches = [[(a, b) for a, b in pairwise(way) if a != b] for way in ways]
    upright = [pair for way in stretches for pair in way if pair[0][0] == pair[1][0]]
    level = [pair for way in stretches for pair in way if pair[0][1] == pair[1][1]]
    assert not [1 for one in upright for other in level if _cross(one, other)]


def _cross(upright: tuple[Point, Point], level: tuple[Point, Point]) -> bool:
    (x, low), (_, high) = sorted(upright)
    (left, y), (right, _) = sorted(level)
    return low < y < high and left < x < right


def test_chain_is_one_straight_line() -> None:
    plan = layered(sketch(graph("Chain", "x:input h:hidden", "a b c", "x>a a>b b>c c>h")))
    assert {len(way) for way in plan.ways.values()} == {2}


def test_variable_that_feeds_one_part_stands_level_with_its_port() -> None:
    plan = layered(sketch(SHARED_CODE))
    assert {len(plan.ways[name]) for name in ("x-encoder", "encoder-k", "predictor-h")} == {2}


def test_wire_with_a_small_jog_is_made_straight_by_moving_all_that_is_in_line_with_it() -> None:
    # The wire of x passes many columns, and ends at the lower port of the last part.
    found = graph("Passing", "x:input h:hidden", "a b c d e", "x>a a>b b>c a>d.p0 b>d.p1 c>d.p2 d>e.p0 x>e.p1 e>h")
    plan = layered(sketch(found))
    bends = {name: sum(a[1] != b[1] for a, b in pairwise(way)) for name, way in plan.ways.items()}
    heights = [abs(a[1] - b[1]) for way in plan.ways.values() for a, b in pairwise(way) if a[0] == b[0]]
    assert bends["x-e"] == 0
    assert min(heights) > 0.5


@pytest.mark.parametrize("seed", range(8))
def test_no_way_holds_a_point_twice(seed: int) -> None:
    ways = layered(sketch(random_graph(seed, 14, fan=3, window=8))).ways.values()
    assert all(a != b for way in ways for a, b in pairwise(way))


def test_part_with_many_inputs_is_high_enough_for_all_of_them() -> None:
    names = [f"n{i}" for i in range(9)]
    edges = " ".join(f"x>{name} {name}>total.p{i}" for i, name in enumerate(names)) + " total>h"
    drawn = graph("Wide", "x:input h:hidden", " ".join(names) + " total", edges)
    plan = layered(sketch(drawn))
    ends = sorted(plan.ways[f"{name}-total"][-1][1] for name in names)
    assert min(b - a for a, b in pairwise(ends)) >= 0.25 - 1e-9
    assert plan.places["total"].bottom < ends[0] < ends[-1] < plan.places["total"].top
    assert audit(write(draw(drawn), "svg")) == []


def test_layers_that_flow_left_are_the_mirror_image() -> None:
    drawn = sketch(random_graph(2, 12))
    right = layered(drawn)
    left = flowing(drawn, "left")
    assert left.ways == {name: tuple((-x, y) for x, y in way) for name, way in right.ways.items()}
    assert audit(write(draw(random_graph(2, 12), direction="left"), "svg")) == []


@pytest.mark.parametrize(("direction", "sign"), [("up", 1), ("down", -1)])
def test_wires_turn_with_the_layers(direction: str, sign: int) -> None:
    drawn = sketch(random_graph(2, 12))
    plan = flowing(drawn, direction)
    assert set(plan.ways) == set(layered(drawn, upright=True).ways)
    for link in drawn.links:
        (_, start), (_, end) = plan.ways[link.name][0], plan.ways[link.name][-1]
        assert start == plan.places[link.source].y + sign * plan.places[link.source].height / 2
        assert end == pytest.approx(plan.places[link.target].y - sign * plan.places[link.target].height / 2)


@pytest.mark.parametrize("direction", ["right", "left", "up", "down"])
@pytest.mark.parametrize("seed", range(4))
def test_random_graphs_with_loops_are_sound_in_each_direction(seed: int, direction: str) -> None:
    subject = random_graph(seed, 8, fan=3, window=8)
    back = graph("Loop", "", "", "n7>n2.state!delay")
    whole = replace(subject, wires=subject.wires + back.wires)
    assert audit(write(draw(whole, direction=direction), "svg")) == []


@pytest.mark.parametrize("direction", ["right", "up"])
@pytest.mark.parametrize(("fan", "window"), [(2, 4), (4, 50)])
def test_a_thousand_nodes_take_less_than_5_seconds(fan: int, window: int, direction: str) -> None:
    subject = random_graph(1, 1000, fan=fan, window=window)
    start = process_time()
    write(draw(subject, direction=direction), "svg")
    assert process_time() - start < 5.0
