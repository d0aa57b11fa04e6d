from __future__ import annotations

from archgraph.draw.sketch import sketch
from archgraph.draw.staging.story import Steps, story
from archgraph.graph.module import Graph
from tests.draw.graphs import ALL, LATENT, RNN, SEQ2SEQ, TRANSFORMER, VAE


def told(subject: Graph, *builds: tuple[str, ...]) -> Steps:
    return story(sketch(subject), builds)


def flat(steps: Steps) -> list[str]:
    return [name for step in steps for name in step]


def test_the_transformer_is_told_from_its_observations_to_its_cost() -> None:
    assert told(TRANSFORMER) == (
        ("x",),
        ("y",),
        ("encoder",),
        ("enc", "delay--y-1"),
        ("predictor",),
        ("h",),
        ("decoder",),
        ("y_tilde",),
        ("C",),
    )


def test_a_loop_is_a_step_of_its_own_after_what_it_feeds_back() -> None:
    steps = told(RNN)
    loop = ("delay--h-1-loop", "start--delay--h-1-loop", "switch--delay--h-1-loop")
    assert steps[steps.index(("h",)) + 1] == loop


def test_a_latent_comes_right_before_what_reads_it() -> None:
    order = flat(told(LATENT))
    assert order.index("z") == order.index("decoder") - 1


def test_objectives_come_last() -> None:
    assert flat(told(VAE))[-3:] == ["C", "U", "V"]


def test_every_part_has_one_step() -> None:
    for subject in ALL.values():
        parts = sketch(subject).parts
        assert sorted(flat(told(subject))) == sorted(parts)


def test_nothing_comes_before_what_it_reads() -> None:
    for subject in ALL.values():
        order = flat(told(subject))
        for wire in subject.wires:
            if not wire.delay and not wire.initial:
                assert order.index(wire.source.owner) < order.index(wire.target.owner)


def test_the_author_names_the_steps_and_the_rest_is_there_from_the_first() -> None:
    steps = told(TRANSFORMER, ("x", "encoder"), ("predictor", "h"), ("C",))
    assert set(steps[0]) == {"x", "encoder", "y", "enc", "decoder", "y_tilde", "delay--y-1"}
    assert steps[1:] == (("predictor", "h"), ("C",))


def test_a_delay_comes_with_the_step_that_reads_it_and_a_loop_when_it_is_closed() -> None:
    steps = told(SEQ2SEQ, ("x", "y"), ("enc",), ("predictor",), ("h",))
    assert "delay--y-1" in steps[1]
    assert {"delay--h-1-loop", "switch--delay--h-1-loop"} <= set(steps[3])


def test_names_of_parts_that_are_not_drawn_are_passed_over() -> None:
    assert told(RNN, ("nobody",)) == told(RNN)
