"""The picture of a difference: both graphs laid out once, what came, went and changed told without colour."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from itertools import permutations
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, formats, write
from archgraph.draw.compare import compared, union
from archgraph.draw.scene import Group, Line, Scene, Shape, Words
from archgraph.draw.sketch import sketch
from archgraph.draw.theme import THEMES
from archgraph.graph.module import Graph
from archgraph.report.difference import difference
from tests.draw.audit import audit
from tests.draw.graphs import (
    AUTOENCODER,
    CONDITIONAL,
    DENOISING,
    FAMILY,
    JOINT,
    LANGUAGE_MODEL,
    RNN,
    TRANSFORMER,
    TWO_HEADS,
    VAE,
)

SPECS = Path(__file__).parents[2] / "specs"


def groups(scene: Scene) -> dict[str, Group]:
    return {item.id: item for item in scene.items if isinstance(item, Group)}


def signs(scene: Scene) -> dict[str, str]:
    """The sign beside each part or wire that has one."""
    return {
        id.removeprefix("badge--"): item.text
        for id, group in groups(scene).items()
        for item in group.items
        if group.kind == "badge" and isinstance(item, Words)
    }


def test_delay_and_predictor_appear_on_the_way_from_autoencoder_to_language_model() -> None:
    scene = compared(AUTOENCODER, LANGUAGE_MODEL, ())
    assert signs(scene) == {"delay--y-1": "+", "predictor": "+", "R": "–"}
    wires = {item.id for item in scene.items if isinstance(item, Group) and item.kind == "wire"}
    assert not {"y-encoder", "encoder-h"} & wires


def test_nothing_moves_whichever_graph_comes_first() -> None:
    there, back = compared(LANGUAGE_MODEL, CONDITIONAL, ()), compared(CONDITIONAL, LANGUAGE_MODEL, ())
    boxes = [
        {item.id: item.box for item in scene.walk() if isinstance(item, Shape) and "--" not in item.id}
        for scene in (there, back)
    ]
    assert boxes[0].keys() == boxes[1].keys()
    assert signs(there) == {name: "+" for name in signs(back)}
    assert set(signs(back).values()) == {"–"}


def test_parts_of_both_stand_where_they_stand_in_the_picture_of_the_larger() -> None:
    alone, together = draw(TRANSFORMER, legend=False, title=""), compared(LANGUAGE_MODEL, TRANSFORMER, (), title="")
    boxes = [{item.id: item.box for item in scene.walk() if isinstance(item, Shape)} for scene in (alone, together)]
    shared = {name for name in ("y/shape", "C/shape", "h/shape", "decoder/shape", "predictor/shape")}
    steps = {
        tuple(round(a - b, 6) for a, b in zip(boxes[0][name][:2], boxes[1][name][:2], strict=True)) for name in shared
    }
    assert len(steps) == 1


def test_what_changed_in_place_has_a_tilde_and_its_usual_lines() -> None:
    scene = compared(TRANSFORMER, TRANSFORMER, {"predictor"})
    assert signs(scene) == {"predictor": "~"}
    plain = groups(draw(TRANSFORMER))["predictor"].items[0]
    changed = groups(scene)["predictor"].items[0]
    assert isinstance(plain, Shape)
    assert isinstance(changed, Shape)
    assert changed.style == plain.style


def test_graphs_that_are_the_same_have_no_signs_and_no_legend() -> None:
    scene = compared(TRANSFORMER, TRANSFORMER, ())
    assert signs(scene) == {}
    assert not [group for group in groups(scene).values() if group.kind == "legend"]


@pytest.mark.parametrize("theme", THEMES)
def test_what_came_and_went_can_be_told_without_colour(theme: str) -> None:
    scene = compared(AUTOENCODER, LANGUAGE_MODEL, (), theme=theme)
    found = groups(scene)
    lines = {name: found[name].items[0] for name in ("predictor", "R", "decoder")}
    styles = {name: line.style for name, line in lines.items() if isinstance(line, Shape)}
    assert styles["predictor"].width > 1.5 * THEMES[theme].weight("predictor") * 2.58
    assert styles["R"].dash == (3.0, 4.0)
    assert styles["R"].width < 2.58 * THEMES[theme].weight("regulariser")
    assert styles["decoder"].width == pytest.approx(2.58 * THEMES[theme].weight("decoder"))


def test_names_and_description_say_what_became_of_each_part() -> None:
    scene = compared(AUTOENCODER, LANGUAGE_MODEL, ())
    assert groups(scene)["predictor"].name == "predictor, added"
    assert groups(scene)["badge--R"].name == "regulariser R: removed"
    assert scene.description.endswith("predictor added; delay of y by one step added; regulariser R removed.")
    assert [group.name for id, group in groups(scene).items() if id.startswith("legend")] == ["+: added", "–: removed"]


def test_wire_that_came_between_parts_that_stay_has_a_sign_of_its_own() -> None:
    before = replace(TRANSFORMER, wires=tuple(wire for wire in TRANSFORMER.wires if not wire.context))
    assert signs(compared(before, TRANSFORMER, ())) == {"encoder-predictor": "+"}
    wire = groups(compared(TRANSFORMER, before, ()))["encoder-predictor"].items[0]
    assert isinstance(wire, Line)
    assert wire.style.dash


@pytest.mark.parametrize(("before", "after"), sorted(permutations(FAMILY, 2)))
def test_union_holds_all_parts_of_both_and_links_of_different_names(before: str, after: str) -> None:
    old, new = sketch(FAMILY[before]), sketch(FAMILY[after])
    whole = union(old, new)
    assert set(whole.parts) == {*old.parts, *new.parts}
    assert len({link.name for link in whole.links}) == len(whole.links)


PAIRS = [(AUTOENCODER, VAE), (DENOISING, AUTOENCODER), (RNN, TRANSFORMER), (JOINT, TWO_HEADS), (VAE, LANGUAGE_MODEL)]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_difference_has_sound_geometry(before: Graph, after: Graph) -> None:
    assert audit(write(compared(before, after, {"y", "decoder"}), "svg")) == []


SHIPPED = [
    ("story/language_model", "models/gpt2"),
    ("story/pronunciation", "models/gpt2"),
    ("story/transformer", "models/t5"),
    ("models/bahdanau", "story/transformer"),
]


@pytest.mark.parametrize(("before", "after"), SHIPPED)
def test_difference_of_specs_with_repeats_and_other_names_has_sound_geometry(before: str, after: str) -> None:
    graphs = [program(SPECS / f"{name}.yaml").graph for name in (before, after)]
    assert audit(write(compared(*graphs, {"y", "encoder", "predictor", "decoder"}), "svg")) == []


ALL = sorted(SPECS.glob("*/*.yaml"))
SAMPLE = random.Random(23).sample(sorted(permutations(ALL, 2)), 24)


@cache
def shipped(path: Path) -> Graph:
    return program(path).graph


@pytest.mark.parametrize(("before", "after"), SAMPLE, ids=lambda path: path.stem)
def test_difference_of_any_two_specs_has_sound_geometry(before: Path, after: Path) -> None:
    graphs = shipped(before), shipped(after)
    scene = compared(*graphs, difference(*graphs).touched())
    assert audit(write(scene, "svg")) == []
    assert (scene.width, scene.height) == (960.0, 540.0)


HARD = [
    ("story/autoencoder", "models/detr"),
    ("models/t5", "story/rnn_seq2seq"),
    ("models/perceiver_io", "story/language_model"),
    ("models/bahdanau", "models/gpt2"),
    ("story/sparse_autoencoder", "story/rnn"),
]


@pytest.mark.parametrize(("before", "after"), HARD)
def test_wires_of_both_graphs_keep_off_each_other_counts_and_signs(before: str, after: str) -> None:
    graphs = [shipped(SPECS / f"{name}.yaml") for name in (before, after)]
    assert audit(write(compared(*graphs, difference(*graphs).touched()), "svg")) == []


def test_plan_of_the_family_is_left_where_it_leads_wires_about() -> None:
    graphs = [shipped(SPECS / f"{name}.yaml") for name in ("models/t5", "models/bahdanau")]
    boxes = {item.id: item.box for item in compared(*graphs, ()).walk() if isinstance(item, Shape)}
    # In layers all that feeds h stands before it; the plan of the family has no room there for the other maker.
    assert max(boxes["stack/shape"][2], boxes["predictor/shape"][2]) < boxes["h/shape"][0]


def test_sign_of_a_repeated_module_keeps_off_its_count() -> None:
    graph = program(SPECS / "models" / "gpt2.yaml").graph
    found = groups(compared(graph, graph, {"predictor"}))
    plate, sign = (found[id].items[0] for id in ("predictor--plate", "badge--predictor"))
    assert isinstance(plate, Shape) and isinstance(sign, Shape)
    assert sign.box[3] < plate.box[1] or sign.box[0] > plate.box[2]


def test_difference_is_written_in_every_format_and_the_same_each_time() -> None:
    for suffix in formats():
        if suffix != "pptx":
            once, again = (write(compared(AUTOENCODER, LANGUAGE_MODEL, ()), suffix) for _ in range(2))
            assert once == again


def test_unknown_theme_lists_the_known() -> None:
    with pytest.raises(ValueError, match="unknown theme 'pink'; known are dark"):
        compared(AUTOENCODER, LANGUAGE_MODEL, (), theme="pink")


def test_what_touches_is_joined_in_formats_that_lay_out_anew() -> None:
    difference = compared(LANGUAGE_MODEL, TRANSFORMER, ())
    assert ("delay--y-1", "enc") in difference.touching
