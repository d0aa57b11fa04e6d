from __future__ import annotations

import pytest

from archgraph.draw import draw, write
from archgraph.draw.errors import PictureError
from archgraph.draw.look import Look
from archgraph.draw.roles import roles
from archgraph.draw.scene import Group
from archgraph.draw.sketch import Sketch, sketch
from archgraph.draw.staging.use import generating
from archgraph.graph.module import Graph
from tests.draw.audit import audit
from tests.draw.graphs import (
    AUTOENCODER,
    CLASSIFIER,
    DENOISING,
    LANGUAGE_MODEL,
    LATENT,
    RNN,
    SELF_ATTENTION,
    TRANSFORMER,
    VAE,
)


def used(subject: Graph) -> Sketch:
    return generating(sketch(subject))


def pairs(found: Sketch) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in found.links}


def test_the_prediction_is_fed_back_in_the_place_of_the_target() -> None:
    found = used(TRANSFORMER)
    assert ("y_tilde", "delay--y-1") in pairs(found)
    assert not {"y", "C"} & found.parts.keys()
    assert found.parts["delay--y-1"].title == "delay of y_tilde by one step"


def test_what_is_left_stands_where_it_stands_in_training() -> None:
    train, use = (roles(TRANSFORMER, Look(use=use)).plan for use in ("train", "generate"))
    assert use.places == {name: spot for name, spot in train.places.items() if name not in ("y", "C")}
    assert "delay--y-1-enc" in use.silent


def test_the_wire_back_runs_down_the_column_of_the_target() -> None:
    way = next(each for each in roles(TRANSFORMER, Look(use="generate")).routes if each.link.source == "y_tilde")
    assert way.points == ((10.0, 3.5), (10.0, 0.0), (8.5, 0.0))


def test_a_latent_that_the_target_told_is_left_to_its_prior() -> None:
    assert list(used(VAE).parts) == ["z", "y_tilde", "decoder"]


def test_what_needs_no_target_is_as_before() -> None:
    assert set(used(CLASSIFIER).parts) == {"x", "h", "y_tilde", "encoder", "decoder"}
    assert set(used(LATENT).parts) == {"x", "z", "y_tilde", "predictor", "decoder"}
    assert pairs(used(RNN)) == {pair for pair in pairs(sketch(RNN)) if "C" not in pair}


@pytest.mark.parametrize("subject", [AUTOENCODER, DENOISING])
def test_a_prediction_from_the_target_itself_is_refused(subject: Graph) -> None:
    with pytest.raises(PictureError, match="'y_tilde' cannot be generated: it reads the target of its own step"):
        used(subject)


def test_a_graph_without_a_prediction_is_refused() -> None:
    with pytest.raises(PictureError, match="nothing here predicts"):
        used(SELF_ATTENTION)


def test_the_legend_speaks_of_what_is_drawn() -> None:
    legend = [
        item.id for item in draw(TRANSFORMER, use="generate").items if isinstance(item, Group) and item.kind == "legend"
    ]
    assert legend == ["legend--x", "legend--y_tilde"]


@pytest.mark.parametrize("subject", [TRANSFORMER, LANGUAGE_MODEL, VAE, RNN], ids=lambda subject: subject.name)
@pytest.mark.parametrize("depth", [0, 1])
def test_pictures_in_use_are_sound(subject: Graph, depth: int) -> None:
    assert audit(write(draw(subject, use="generate", depth=depth), "svg")) == []


def test_an_unknown_use_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown use 'test'; known are train, generate"):
        draw(TRANSFORMER, use="test")
