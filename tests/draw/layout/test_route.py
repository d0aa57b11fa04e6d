"""Wires: ports, corners, and the way round what stands between."""

from __future__ import annotations

from itertools import pairwise

import pytest

from archgraph.draw.layout.family import family
from archgraph.draw.layout.grid import Place, Plan, dome
from archgraph.draw.layout.plan import plan
from archgraph.draw.layout.ports import inlets, offsets, outlets
from archgraph.draw.layout.route import route
from archgraph.draw.layout.traffic import SHAPE, Ends, Traffic
from archgraph.draw.sketch import sketch
from tests.draw.graphs import ALL, RNN, TRANSFORMER, TWO_INPUTS, graph

STRAIGHT = graph("Straight", "x:input h:hidden", "f", "x>f f>h")


def ways(places: dict[str, Place]) -> dict[str, tuple[tuple[float, float], ...]]:
    return {way.link.name: way.points for way in route(sketch(STRAIGHT), Plan(places))}


def test_neighbours_in_a_row_are_joined_straight() -> None:
    places = {"x": Place(0, 0), "f": Place(2.5, 0, 2, 1, "bullet"), "h": Place(5, 0)}
    assert ways(places) == {"x-f": ((0.5, 0), (1.5, 0)), "f-h": ((3.5, 0), (4.5, 0))}


def test_wire_goes_round_a_shape_in_its_way() -> None:
    blocked = graph("Blocked", "x:input w:input h:hidden", "f", "x>f w>h f>h")
    places = {"x": Place(0, 0), "w": Place(2, 0), "f": Place(4.5, 0, 2, 1, "bullet"), "h": Place(7, 0)}
    found = {way.link.name: way.points for way in route(sketch(blocked), Plan(places))}
    traffic = Traffic(places)
    assert all(traffic.cost(Ends("x", "f", "x", "f"), pair) < SHAPE for pair in pairwise(found["x-f"]))
    assert len(found["x-f"]) > 2


@pytest.mark.parametrize("name", ALL)
def test_wires_are_orthogonal_and_end_at_their_parts(name: str) -> None:
    found = sketch(ALL[name])
    places = plan(found)
    for way in route(found, places):
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(way.points))
        target = places.places[way.link.target]
        assert target.left <= way.points[-1][0] <= target.right
        assert target.bottom <= way.points[-1][1] <= target.top


def test_dome_takes_two_inputs_half_a_unit_from_its_middle() -> None:
    found = sketch(TRANSFORMER)
    shifts = offsets(found, family(found) or Plan({}))
    assert (shifts["encoder-predictor"], shifts["enc-predictor"]) == (-0.5, 0.5)


def test_lower_of_two_rows_takes_the_inner_port() -> None:
    found = sketch(TWO_INPUTS)
    shifts = offsets(found, family(found) or Plan({}))
    assert shifts["x_encoder-predictor"] < shifts["w_encoder-predictor"] < shifts["enc-predictor"]


def test_switch_takes_the_fed_back_value_above_the_initial_one() -> None:
    found = sketch(RNN)
    shifts = offsets(found, family(found) or Plan({}))
    loop = "delay--h-1-loop"
    assert shifts[f"{loop}-switch--{loop}"] == 0.5
    assert shifts[f"start--{loop}-switch--{loop}"] == -0.5


def test_module_has_one_outlet_and_a_circle_four() -> None:
    assert [len(outlets(one)) for one in (Place(0, 0), Place(0, 0, 2, 1, "bullet", "left"), dome(0, 0))] == [
        4,
        1,
        1,
    ]
    (tip,) = outlets(Place(0, 0, 2, 1, "bullet", "left"))
    assert (tip.x, tip.y, tip.dx) == (-1.0, 0.0, -1)


def test_flat_side_is_opposite_to_the_tip() -> None:
    (port,) = inlets(Place(0, 0, 2, 1, "bullet", "left"), 0.25)
    assert (port.x, port.y, port.dx) == (1.0, 0.25, 1)
