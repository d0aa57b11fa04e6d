from __future__ import annotations

import pytest

from archgraph.draw import draw, write
from archgraph.draw.errors import PictureError
from archgraph.draw.look import Look
from archgraph.draw.roles import roles
from archgraph.graph.module import Graph
from tests.draw.audit import audit
from tests.draw.graphs import JOINT, OTHERS, SELF_ATTENTION, TRANSFORMER

SIGNS = {"right": (1, 0), "left": (-1, 0), "up": (0, 1), "down": (0, -1)}


def order(subject: Graph, direction: str, names: tuple[str, ...]) -> list[float]:
    """How far along the direction parts stand."""
    dx, dy = SIGNS[direction]
    places = roles(subject, Look(direction=direction)).plan.places
    return [places[name].x * dx + places[name].y * dy for name in names]


@pytest.mark.parametrize("direction", SIGNS)
def test_layers_flow_where_they_are_told(direction: str) -> None:
    found = order(SELF_ATTENTION, direction, ("x", "attention", "h"))
    assert found == sorted(found)
    assert found[0] < found[1] < found[2]


@pytest.mark.parametrize(
    ("direction", "shape"), [("right", "bullet"), ("left", "bullet"), ("up", "dome"), ("down", "dome")]
)
def test_modules_point_the_way_data_flows(direction: str, shape: str) -> None:
    module = roles(SELF_ATTENTION, Look(direction=direction)).plan.places["attention"]
    assert (module.shape, module.direction) == (shape, direction)


@pytest.mark.parametrize("direction", SIGNS)
@pytest.mark.parametrize("name", OTHERS)
def test_turned_pictures_are_sound(name: str, direction: str) -> None:
    assert audit(write(draw(OTHERS[name], direction=direction), "svg")) == []


def test_the_family_keeps_its_plan_and_says_why() -> None:
    assert draw(TRANSFORMER, direction="right") == draw(TRANSFORMER)
    with pytest.raises(PictureError, match="keep the plan of their family, so that its pictures can be compared"):
        draw(TRANSFORMER, direction="up")


def test_inside_modules_data_flows_up() -> None:
    with pytest.raises(PictureError, match="what is inside modules flows up"):
        draw(JOINT, direction="left", depth=1)


def test_an_unknown_direction_lists_the_known() -> None:
    with pytest.raises(ValueError, match="unknown direction 'north'; known are right, up, left, down"):
        draw(JOINT, direction="north")
