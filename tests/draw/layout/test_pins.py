from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, write
from archgraph.draw.errors import PictureError
from archgraph.draw.layout.grid import apart
from archgraph.draw.look import Look
from archgraph.draw.roles import roles
from archgraph.draw.scene import Group, Shape, Words
from archgraph.graph.module import Graph
from archgraph.graph.staging import Staging
from tests.draw.audit import audit
from tests.draw.graphs import SELF_ATTENTION, TRANSFORMER, graph
from tests.draw.walls import walls

Spot = tuple[float, float]


def pinned(subject: Graph, **pins: Spot) -> Graph:
    return replace(subject, staging=Staging(pins=pins))


def places(subject: Graph) -> dict[str, Spot]:
    return {name: (spot.x, spot.y) for name, spot in roles(subject, Look()).plan.places.items()}


def test_a_pinned_part_stands_where_it_is_pinned_and_the_others_stay() -> None:
    before, after = places(TRANSFORMER), places(pinned(TRANSFORMER, h=(5, 5), encoder=(2.5, 1.5)))
    assert (after["h"], after["encoder"]) == ((5, 5), (2.5, 1.5))
    assert {name: spot for name, spot in after.items() if name not in ("h", "encoder")} == {
        name: spot for name, spot in before.items() if name not in ("h", "encoder")
    }


def test_a_delay_goes_along_with_the_module_that_it_touches() -> None:
    found = roles(pinned(TRANSFORMER, enc=(7, -1)), Look())
    assert (found.plan.places["delay--y-1"].x, found.plan.places["delay--y-1"].y) == (8, -1)
    assert "delay--y-1-enc" in found.plan.silent


def test_parts_that_no_longer_touch_are_joined_by_a_wire() -> None:
    twin = pinned(TRANSFORMER, enc=(7, -1), y=(8, -1))
    found = roles(twin, Look())
    assert "delay--y-1-enc" in {way.link.name for way in found.routes}


def test_a_part_in_the_way_of_a_pin_takes_the_next_free_place() -> None:
    found = roles(pinned(TRANSFORMER, x=(5, 2)), Look()).plan.places
    assert all(apart(found["x"], spot) for name, spot in found.items() if name != "x")
    assert (found["predictor"].x, found["predictor"].y) != (5, 2)


def test_layers_take_pins_too() -> None:
    assert places(pinned(SELF_ATTENTION, h=(9, 3)))["h"] == (9, 3)


def test_parts_pinned_on_top_of_each_other_are_refused_with_both_places() -> None:
    with pytest.raises(PictureError, match=r"'h' at \[5, 4\] and 'decoder' at \[5.5, 4.5\]"):
        draw(pinned(TRANSFORMER, h=(5, 4), decoder=(5.5, 4.5)))


def test_pins_that_leave_no_way_for_a_wire_are_refused() -> None:
    wall = graph("Wall", "x:input h:hidden", "f g", "x>f f>g g>h")
    with pytest.raises(PictureError, match="no way for the wire from 'f' to 'g'"):
        draw(pinned(wall, f=(0, 0), g=(1, 0)))


@pytest.mark.parametrize("spot", [(5, 5), (4, 4), (-1, 4), (6, 3.5)])
def test_pinned_pictures_are_sound(spot: Spot) -> None:
    assert audit(write(draw(pinned(TRANSFORMER, h=spot)), "svg")) == []


def test_wires_keep_out_of_shapes_that_are_pinned_close() -> None:
    assert audit(write(draw(pinned(TRANSFORMER, encoder=(2.5, 2))), "svg")) == []


def centres(subject: Graph, depth: int) -> dict[str, Spot]:
    """The middles of the outlines on the page, y downward."""
    groups = (item for item in draw(subject, depth=depth).items if isinstance(item, Group))
    boxes = {group.id: next((i.box for i in group.items if isinstance(i, Shape)), None) for group in groups}
    return {id: ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for id, box in boxes.items() if box}


@pytest.mark.parametrize("depth", [1, 2])
def test_opened_modules_keep_the_rows_and_columns_of_the_pins(depth: int) -> None:
    subject = pinned(TRANSFORMER, x=(0, 4), encoder=(2.5, 4), h=(5, 4), predictor=(5, 1))
    found = centres(subject, depth)
    assert found["x"][1] == pytest.approx(found["encoder"][1]) == pytest.approx(found["h"][1])
    assert found["x"][0] < found["encoder"][0] < found["h"][0]
    assert found["h"][0] == pytest.approx(found["predictor"][0], abs=1.0)
    assert found["h"][1] < found["predictor"][1]


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("pins", [{"encoder": (2.5, 1.5)}, {"h": (5, 6)}, {"x": (0, 4), "enc": (7, -1)}])
def test_opened_modules_of_pinned_pictures_are_sound(pins: dict[str, Spot], depth: int) -> None:
    svg = write(draw(pinned(TRANSFORMER, **pins), depth=depth), "svg")
    assert audit(svg) + walls(svg) == []


def test_pins_on_one_spot_are_refused_at_each_depth() -> None:
    with pytest.raises(PictureError, match=r"'h' at \[5, 4\] and 'decoder' at \[5.5, 4.5\]"):
        draw(pinned(TRANSFORMER, h=(5, 4), decoder=(5.5, 4.5)), depth=1)


@pytest.mark.parametrize("spot", [(14, 0), (15, -1), (12, 4)])
def test_opened_modules_of_a_wide_pinned_picture_stay_on_a_slide_with_a_smaller_heading(spot: Spot) -> None:
    whole = program(Path(__file__).parents[3] / "specs" / "models" / "detr.yaml").graph
    scene = draw(pinned(whole, h=spot), depth=1)
    assert (scene.width, scene.height) == (960.0, 540.0)
    assert min(item.size for item in scene.walk() if isinstance(item, Words)) >= 9.0
    svg = write(scene, "svg")
    assert audit(svg) + walls(svg) == []
