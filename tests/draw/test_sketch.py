"""From graph to parts and links: delays, switches, capitals, pairs."""

from __future__ import annotations

from archgraph.draw.sketch import sketch
from tests.draw.graphs import RNN, SEQ2SEQ, TRANSFORMER, TWO_INPUTS, VAE, graph


def test_delay_becomes_a_part_between_source_and_target() -> None:
    found = sketch(TRANSFORMER)
    assert found.sources("enc") == ("delay--y-1",)
    assert found.sources("delay--y-1") == ("y",)
    assert found.parts["delay--y-1"].tex == r"\zeta^{-1}"


def test_same_delay_of_the_same_source_is_drawn_once() -> None:
    found = sketch(graph("Shared", "y:target a:hidden b:hidden", "one two", "y>one!delay y>two!delay one>a two>b"))
    assert [name for name in found.parts if found.parts[name].sort == "delay"] == ["delay--y-1"]


def test_delays_of_different_length_stay_apart() -> None:
    found = sketch(graph("Two", "y:target a:hidden b:hidden", "one two", "y>one!delay y>two!delay2 one>a two>b"))
    assert found.parts["delay--y-2"].tex == r"\zeta^{-2}"
    assert found.sources("two") == ("delay--y-2",)


def test_delay_on_a_cycle_draws_zero_and_a_switch() -> None:
    found = sketch(RNN)
    assert found.sources("switch--delay--h-1-loop") == ("delay--h-1-loop", "start--delay--h-1-loop")
    start = found.parts["start--delay--h-1-loop"]
    assert (start.tex, start.what) == (r"\boldsymbol{0}", "hidden")


def test_given_initial_value_takes_the_place_of_zero() -> None:
    found = sketch(SEQ2SEQ)
    assert found.sources("switch--delay--h-1-loop") == ("delay--h-1-loop", "first")
    assert not [name for name in found.parts if name.startswith("start--")]


def test_objectives_without_a_letter_take_their_roles() -> None:
    found = sketch(TWO_INPUTS)
    assert (found.parts["R"].tex, found.parts["sparsity"].tex) == ("R", "R_{2}")


def test_outputs_of_one_split_are_a_pair() -> None:
    assert sketch(VAE).pairs == (("mu", "v"),)


def test_context_and_stop_are_kept() -> None:
    found = sketch(graph("Kinds", "x:input h:hidden", "f", "x>f.context!context!stop f>h"))
    assert [(link.context, link.stop, link.port) for link in found.links] == [
        (True, True, "context"),
        (False, False, "in"),
    ]
