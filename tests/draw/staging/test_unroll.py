from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import built, draw, write
from archgraph.draw.errors import PictureError
from archgraph.draw.look import Look
from archgraph.draw.roles import Roles, roles
from archgraph.draw.scene import Group, Symbol
from archgraph.graph.module import Graph
from tests.draw.audit import audit
from tests.draw.graphs import AUTOENCODER, RNN, TRANSFORMER, graph

STORY = Path(__file__).parents[3] / "specs" / "story"
TIMED = ("rnn", "language_model", "transformer", "rnn_seq2seq", "conditional_predictive")


def spec(name: str) -> Graph:
    return program(STORY / f"{name}.yaml").graph


def opened(subject: Graph, steps: int = 3, **look: object) -> Roles:
    return roles(subject, Look(unroll=steps, **look))  # type: ignore[arg-type]


def pairs(found: Roles) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in found.sketch.links}


def test_each_delay_joins_a_step_to_the_next() -> None:
    found = pairs(opened(spec("rnn")))
    assert {("h--1", "delay--h-1-loop--1"), ("delay--h-1-loop--1", "predictor--2")} <= found
    assert {("h--2", "delay--h-1-loop--2"), ("delay--h-1-loop--2", "predictor--3")} <= found
    assert not any(source == "h--3" and "delay" in target for source, target in found)


def test_the_first_step_reads_an_initial_value() -> None:
    assert ("start--h-0", "predictor--1") in pairs(opened(spec("rnn")))
    assert ("start--y-0", "enc--1") in pairs(opened(spec("transformer")))


def test_an_initial_value_that_is_computed_is_read_by_the_first_step() -> None:
    tail = "h>decoder decoder>y_tilde y>C y_tilde>C"
    subject = graph(
        "Begun",
        "x:input y:target h:hidden y_tilde:prediction",
        "first:encoder predictor:predictor decoder:decoder C",
        f"x>first first>h!initial y>predictor!delay h>predictor.state!delay predictor>h {tail}",
    )
    assert ("first", "predictor--1") in pairs(opened(subject))


def test_a_longer_delay_reaches_further() -> None:
    subject = graph("Two", "x:input h:hidden", "f", "x>f h>f.state!delay2 f>h")
    found = pairs(opened(subject, 4))
    assert {("start--h-1", "f--1"), ("start--h-0", "f--2"), ("h--1", "delay--h-2-loop--1")} <= found
    assert ("delay--h-2-loop--2", "f--4") in found


def test_what_has_another_axis_is_drawn_once() -> None:
    found = opened(spec("transformer"))
    assert {"x", "encoder"} <= found.sketch.parts.keys()
    assert {("encoder", f"predictor--{step}") for step in (1, 2, 3)} <= pairs(found)


def test_symbols_carry_the_number_of_their_step() -> None:
    groups = [item for item in draw(spec("rnn"), unroll=2).items if isinstance(item, Group)]
    symbols = {group.id: each.tex for group in groups for each in group.items if isinstance(each, Symbol)}
    assert symbols["h--2"] == r"\boldsymbol{h}_{2}"
    assert symbols["y_tilde--1"] == r"\tilde{\boldsymbol{y}}_{1}"
    assert symbols["C--2"] == "C_{2}"


def test_steps_run_from_left_to_right_and_look_alike() -> None:
    places = opened(spec("rnn")).plan.places
    steps = [places[f"h--{step}"].x for step in (1, 2, 3)]
    assert steps == sorted(steps)
    for name in ("x", "predictor", "h", "decoder", "y_tilde", "C", "y"):
        assert places[f"{name}--2"].x - places[f"{name}--1"].x == pytest.approx(steps[1] - steps[0])
        assert places[f"{name}--2"].y == places[f"{name}--1"].y
    assert places["h--1"].x < places["delay--h-1-loop--1"].x < places["h--2"].x


def test_wires_run_alike_in_all_steps_after_the_first() -> None:
    found = opened(spec("rnn_seq2seq"), 5)
    ways = {way.link.name: way.points for way in found.routes}
    pitch = found.plan.places["h--3"].x - found.plan.places["h--2"].x
    for name in ("predictor-h", "h-decoder", "y-C", "delay--y-1-enc", "h-delay--h-1-loop"):
        for step in (3, 4, 5):
            moved = [(x + (step - 2) * pitch, y) for x, y in ways[f"{name}--2"]]
            assert list(ways[f"{name}--{step}"]) == [pytest.approx(point) for point in moved]


def test_names_of_links_are_unique() -> None:
    for name in TIMED:
        links = [link.name for link in opened(spec(name), 3).sketch.links]
        assert len(set(links)) == len(links)


def test_in_use_predictions_feed_the_next_step() -> None:
    found = pairs(opened(spec("transformer"), use="generate"))
    assert {("y_tilde--1", "delay--y-1--1"), ("delay--y-1--1", "enc--2"), ("start--y_tilde-0", "enc--1")} <= found


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("steps", [1, 2, 4])
def test_unrolled_pictures_are_sound(name: str, steps: int) -> None:
    assert audit(write(draw(spec(name), unroll=steps), "svg")) == []


def test_a_build_shows_a_step_in_time_at_a_time() -> None:
    subject = spec("rnn")
    scenes = built(draw(subject, unroll=3), subject, unroll=3)
    assert len(scenes) == 3
    second = {item.id for item in scenes[1].items}
    assert {"h--2", "delay--h-1-loop--1"} <= second
    assert not {"h--3", "delay--h-1-loop--2"} & second


def test_the_legend_names_the_variables_once() -> None:
    legend = [item.id for item in draw(spec("rnn"), unroll=3).items if item.id.startswith("legend--")]
    assert legend == ["legend--x", "legend--y", "legend--h", "legend--y_tilde"]


def test_a_copy_may_be_highlighted() -> None:
    assert "Highlighted:" in draw(RNN, unroll=2, highlight="h--1 -> h--2").description


def test_a_graph_without_delays_is_refused() -> None:
    with pytest.raises(PictureError, match="nothing is delayed here"):
        draw(AUTOENCODER, unroll=3)


def test_unrolling_is_for_the_roles() -> None:
    with pytest.raises(PictureError, match="depth 0"):
        draw(TRANSFORMER, unroll=3, depth=1)
