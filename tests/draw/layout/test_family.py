"""The family's plan: the places that the notation and the lecture slides give."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from archgraph.draw.layout.family import family
from archgraph.draw.layout.route import Route, route
from archgraph.draw.paths import Point
from archgraph.draw.sketch import sketch
from archgraph.graph.module import Graph
from tests.draw import graphs

TRANSFORMER = {
    "x": (0, 0),
    "encoder": (2.5, 0),
    "enc": (7, 0),
    "delay--y-1": (8, 0),
    "y": (10, 0),
    "predictor": (5, 2),
    "C": (10, 2),
    "h": (5, 4),
    "decoder": (7.5, 4),
    "y_tilde": (10, 4),
}
AUTOENCODER = {"R": (3, 4), "h": (5, 4), "decoder": (7.5, 4), "encoder": (7.5, 0), "y": (10, 0), "C": (10, 2)}
DENOISING = {"y_hat": (5, 0), "encoder": (5, 2), "h": (5, 4), "noise": (7.5, 0), "y": (10, 0)}
LATENT = {"z": (5, 4.25), "decoder": (7.5, 4), "predictor": (6, 2), "x": (6, 0), "E": (10, 2)}
RNN = {"h": (5, 4), "delay--h-1-loop": (2.5, 2), "start--delay--h-1-loop": (2.5, 0), "x": (5.5, 0)}
VAE = {"z": (5, 4), "sampler": (5, 2), "mu": (4.5, 0), "v": (5.5, 0), "encoder": (7.5, 0), "U": (4.5, -2)}


@pytest.mark.parametrize(
    ("subject", "centres"),
    [
        (graphs.TRANSFORMER, TRANSFORMER),
        (graphs.AUTOENCODER, AUTOENCODER),
        (graphs.DENOISING, DENOISING),
        (graphs.LATENT, LATENT),
        (graphs.RNN, RNN),
        (graphs.VAE, VAE),
    ],
    ids=["transformer", "autoencoder", "denoising", "latent", "rnn", "vae"],
)
def test_centres_are_those_of_the_slide(subject: Graph, centres: dict[str, tuple[float, float]]) -> None:
    plan = family(sketch(subject))
    assert plan is not None
    for name, (x, y) in centres.items():
        assert (plan.places[name].x, plan.places[name].y) == pytest.approx((x, y), abs=0.1), name


def test_module_that_tells_a_cost_where_to_look_leaves_room_for_the_fork() -> None:
    plan = family(sketch(graphs.MASKED))
    assert plan is not None
    assert (plan.places["C"].x, plan.places["y"].x, plan.places["y_tilde"].x) == (10, 10, 10)
    assert plan.places["noise"].left - plan.places["y_hat"].right == pytest.approx(1.0)


@pytest.mark.parametrize("name", graphs.FAMILY)
def test_family_is_recognised(name: str) -> None:
    assert family(sketch(graphs.FAMILY[name])) is not None


@pytest.mark.parametrize("name", graphs.OTHERS)
def test_other_graphs_are_left_to_the_layers(name: str) -> None:
    assert family(sketch(graphs.OTHERS[name])) is None


@pytest.mark.parametrize(
    ("subject", "shapes"),
    [
        (
            graphs.TRANSFORMER,
            {"encoder": ("bullet", "right"), "enc": ("bullet", "left"), "predictor": ("dome", "up")},
        ),
        (graphs.DENOISING, {"encoder": ("dome", "up"), "noise": ("bullet", "left")}),
        (graphs.RNN, {"delay--h-1-loop": ("bullet", "down")}),
    ],
)
def test_shapes_point_the_way_the_data_flows(subject: Graph, shapes: dict[str, tuple[str, str]]) -> None:
    plan = family(sketch(subject))
    assert plan is not None
    assert {name: (plan.places[name].shape, plan.places[name].direction) for name in shapes} == shapes


def test_delay_touches_its_encoder_without_an_arrow() -> None:
    plan = family(sketch(graphs.TRANSFORMER))
    assert plan is not None
    assert plan.silent == {"delay--y-1-enc"}
    assert plan.places["enc"].right == plan.places["delay--y-1"].left


def test_outputs_of_one_module_touch_and_share_an_arrow() -> None:
    plan = family(sketch(graphs.VAE))
    assert plan is not None
    assert plan.places["mu"].right == plan.places["v"].left
    assert plan.silent == {"encoder-mu"}


def test_shared_parts_of_related_specs_stand_on_the_same_spot() -> None:
    plans = [family(sketch(one)) for one in (graphs.AUTOENCODER, graphs.LANGUAGE_MODEL, graphs.TRANSFORMER)]
    for name in ("h", "decoder", "y_tilde", "C", "y"):
        assert len({plan.places[name] for plan in plans if plan}) == 1


def test_two_computed_sources_of_a_decoder_get_a_column_each() -> None:
    plan = family(sketch(graphs.CONDITIONAL_VAE))
    assert plan is not None
    centres = {name: (plan.places[name].x, plan.places[name].y) for name in ("h", "z", "predictor", "sampler", "x")}
    assert centres == {"z": (5, 3.75), "sampler": (5, 2), "h": (2, 4), "predictor": (2, 2), "x": (2, 0)}


def test_source_on_the_way_to_the_other_stands_in_its_row_and_its_wire_passes_over_the_other() -> None:
    plan = family(sketch(graphs.SHARED_CODE))
    assert plan is not None
    assert (plan.places["k"].y, plan.places["h"].y) == (0, 3.75)
    assert plan.shifts == {"h-decoder": -0.25, "k-decoder": 0.25}


@pytest.mark.parametrize("subject", [graphs.CONDITIONAL_VAE, graphs.TWO_MODULES, graphs.SHARED_CODE])
def test_wires_of_two_columns_do_not_cross(subject: Graph) -> None:
    drawn = sketch(subject)
    plan = family(drawn)
    assert plan is not None
    ways = [way for way in route(drawn, plan) if way.link.target == "decoder"]
    assert crossings(ways) == 0


def crossings(ways: list[Route]) -> int:
    """How often a stretch of one wire meets one of another."""
    pairs = combinations(ways, 2)
    stretches = ((a, b) for one, other in pairs for a in pairwise(one.points) for b in pairwise(other.points))
    return sum(all(_meet(a, b, axis) for axis in (0, 1)) for a, b in stretches)


def _meet(one: tuple[Point, Point], other: tuple[Point, Point], axis: int) -> bool:
    (low, high), (bottom, top) = (sorted(point[axis] for point in stretch) for stretch in (one, other))
    return low <= top and bottom <= high


def _perceiver() -> Graph:
    return graphs.graph(
        "Asked",
        "y:target y_hat:contrastive l:parameter h:hidden q:parameter y_tilde:prediction",
        "noise:corruption bytes:encoder encoder:encoder predictor:predictor decoder:decoder C",
        "y>noise noise>y_hat y_hat>bytes bytes>encoder.context!context l>encoder encoder>h h>predictor.context!context "
        "q>predictor predictor>decoder decoder>y_tilde y>C y_tilde>C",
    )


def test_a_long_way_from_the_target_runs_under_all_the_rest() -> None:
    found = family(sketch(_perceiver()))
    assert found is not None
    row = [found.places[name] for name in ("noise", "y_hat", "bytes")]
    assert {spot.y for spot in row} == {-2.0}
    assert row[0].x > row[1].x > row[2].x
    assert min(spot.bottom for name, spot in found.places.items() if name not in ("noise", "y_hat", "bytes")) > -2.0


def test_a_variable_beside_a_module_with_two_ports_stands_level_with_its_own() -> None:
    subject = sketch(_perceiver())
    found = family(subject)
    assert found is not None
    ways = {way.link.name: way.points for way in route(subject, found)}
    assert len(ways["l-encoder"]) == 2
