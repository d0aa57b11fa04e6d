"""What a stream or a generation cannot work with is named with its limit, before any work."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import pytest
import torch

import archgraph
from archgraph.nn import room
from archgraph.nn.choice import Choice, choose
from archgraph.nn.generation import Causal
from tests.compiler.test_stream import model_of, story
from tests.emit.samples import STORY, executed, model_class

X, Y = torch.randint(3, 16, (2, 5)), torch.randint(3, 16, (2, 4))
REFUSED: dict[str, tuple[Callable[[Causal], Any], str]] = {
    "source ids": (lambda m: m.generate(x=X + 60, max_length=3), r"x holds \d+, and there are 64 symbols"),
    "no source": (lambda m: m.generate(max_length=3), "x is missing: the prediction depends on it"),
    "no source of a stream": (lambda m: m.stream(batch=2), "x is missing"),
    "no input": (lambda m: m.stream(x=X, z=X), "'z' is no input of the prediction: it takes x"),
    "a prompt to a stream": (lambda m: m.stream(x=X, y=Y), "'y' is no input of the prediction: it takes x"),
    "one axis": (lambda m: m.stream(x=X[0]), r"x has shape \(5,\), and must have 2 axes, the batch first"),
    "prompt of one axis": (lambda m: m.generate(x=X, y=Y[0], max_length=3), r"y has shape \(4,\), and must have 2"),
    "prompt of real numbers": (lambda m: m.generate(x=X, y=Y / 2, max_length=3), "y holds torch.float32"),
    "a list": (lambda m: m.stream(x=[[3]]), "x is of type list, and must be a tensor"),
    "step of two axes": (lambda m: m.stream(x=X).step(Y), r"y has shape \(2, 1, 4\), and must have 2 axes"),
    "stop": (lambda m: m.generate(x=X, max_length=3, stop=64), "stop is 64, and there are 64 symbols"),
    "endless heat": (lambda m: m.generate(x=X, max_length=3, temperature=float("inf")), "temperature is inf"),
    "half a symbol": (lambda m: m.generate(x=X, max_length=3, top_k=1.5), "top_k is 1.5, and must be a whole"),
    "half a length": (lambda m: m.generate(x=X, max_length=2.5), "max_length is 2.5, and must be a whole number"),
    "a yes": (lambda m: m.generate(x=X, max_length=True), "max_length is True, and must be a whole number"),
    "heat in words": (lambda m: m.generate(x=X, max_length=3, temperature="hot"), "temperature is 'hot', and must be"),
    "stop in words": (lambda m: m.generate(x=X, max_length=3, stop="."), "stop is '.', and must be a whole number"),
    "a seed": (lambda m: m.generate(x=X, max_length=3, generator=3), "generator is of type int"),
    "no step": (lambda m: m.stream(x=X, compiled=3), "compiled is of type int"),
    "a model for a step": (lambda m: m.stream(x=X, compiled=m), "compiled is of type Transformer, and must be a step"),
    "a call for a step": (lambda m: m.stream(x=X, compiled=m.energy), "compiled is the model's energy, and must be"),
    "a step of another": (
        lambda m: m.generate(x=X, max_length=3, compiled=deepcopy(m).static_step),
        "compiled is the step of another model: compile the static_step of this one",
    ),
    "yes and no": (lambda m: m.stream(x=X > 5), "x holds torch.bool, and must hold symbols"),
    "no sources": (lambda m: m.generate(x=X[:0], max_length=3), "x has no samples"),
    "one prompt": (lambda m: m.generate(x=X, y=Y[:1], max_length=3), "y has 1 samples, and x 2"),
    "no room": (lambda m: m.stream(x=X, capacity=0), "capacity is 0, and must be above 0"),
    "half a room": (lambda m: m.stream(x=X, capacity=2.5), "capacity is 2.5, and must be a whole number"),
    "half a batch": (lambda m: m.stream(x=X, batch=2.0), "batch is 2.0, and must be a whole number"),
    "a step in a list": (lambda m: m.stream(x=X).step([3, 4]), "y is of type list, and must be a tensor"),
    "rows in a list": (lambda m: m.stream(x=X).select([0]), "rows is of type list, and must be a tensor"),
    "rows that are not there": (lambda m: m.stream(x=X).select(torch.tensor([0, 2])), "rows hold 2, and the stream"),
    "rows of truth": (lambda m: m.stream(x=X).select(torch.tensor([True])), "rows have shape .* torch.bool"),
    "no rows": (lambda m: m.stream(x=X).select(torch.zeros(0, dtype=torch.long)), r"rows have shape \(0,\)"),
    "lengths alone": (lambda m: m.generate(x=X, lengths=torch.tensor([3, 3]), max_length=3), "lengths are of type"),
    "lengths of padding": (
        lambda m: m.generate(x=X, lengths={"x": torch.tensor([3, 3])}, max_length=3),
        "lengths of x are given, and it ends where its padding begins",
    ),
    "lengths of nothing": (
        lambda m: m.generate(x=X, lengths={"y": torch.tensor([3, 3])}, max_length=3),
        "lengths of 'y' are given, and 'y' is not",
    ),
    "half lengths": (
        lambda m: m.generate(x=X, y=Y, lengths={"y": torch.tensor([3.5, 3])}, max_length=3),
        "lengths of y hold torch.float32, and must be whole numbers",
    ),
    "no length": (lambda m: m.generate(x=X, max_length=None), "max_length is None, and must be a whole number"),
    "no width": (lambda m: m.generate(x=X, beams=None, max_length=3), "beams is None, and must be a whole number"),
    "too wide a search": (
        lambda m: m.generate(x=X, max_length=2, beams=5000),
        "beams is 5000, and there are 4096 sequences of 2 symbols",
    ),
    "a corruption": (lambda m: m.stream(x=X, corrupt=True), "'corrupt' is no argument of the prediction"),
    "long lengths": (
        lambda m: m.generate(x=X, y=Y, lengths={"y": torch.tensor([4, 9])}, max_length=3),
        "a length of y is 9, and it has 4 positions",
    ),
    "few lengths": (
        lambda m: m.generate(x=X, y=Y, lengths={"y": torch.tensor([4])}, max_length=3),
        r"lengths of y have shape \(1,\), and there are 2 samples",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_with_the_argument_and_its_limit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call, message = REFUSED[name]
    model, steps = story("transformer"), list[object]()
    monkeypatch.setattr(type(model), "step", lambda *given: steps.append(given))
    with pytest.raises(ValueError, match=message):
        call(model)
    assert not steps


def static(y: Any = None, first: Any = None, state: Any = None) -> Callable[[Causal], Any]:
    """A step in place with one thing that is wrong."""

    def call(model: Causal) -> Any:
        known = model.start(2, 8, x=X)
        place = torch.tensor(1) if first is None else first
        return model.static_step(known["before"] if y is None else y, place, known if state is None else state)

    return call


STATIC: dict[str, tuple[Callable[[Causal], Any], str]] = {
    "a number for a place": (static(first=1), "first is of type int, and must be a tensor"),
    "half a place": (static(first=torch.tensor(1.5)), r"first has shape \(\) and holds torch.float32: give a place"),
    "places": (static(first=torch.tensor([1, 1])), r"first has shape \(2,\)"),
    "too early a place": (static(first=torch.tensor(0)), "first is 0, and steps have one shape from place 1 on"),
    "the first place past the capacity": (
        static(first=torch.tensor(8)),
        "first is 8, and the capacity is 8 steps: the last that can be read is at place 7",
    ),
    "a piece past the capacity": (static(y=torch.full((2, 2), 5), first=torch.tensor(7)), "the capacity is 8 steps"),
    "no positions": (static(y=Y[:, :0]), "there is nothing to read: y has no positions"),
    "few samples": (static(y=Y[:1, :1]), "y has 1 samples, and the state 2"),
    "no axis": (static(y=Y[:, 0]), r"y has shape \(2,\), and must have 2 axes, the batch first"),
    "ids": (static(y=Y[:, :1] + 60), r"y holds \d+, and there are 64 symbols"),
    "real numbers": (static(y=Y[:, :1] / 2), "y holds torch.float32, and must hold symbols"),
    "no state": (static(state={}), "state is of type dict, and must be what start"),
    "a state of another kind": (static(state=[1]), "state is of type list, and must be what start"),
}


@pytest.mark.parametrize("name", STATIC)
def test_a_step_in_place_refuses_what_it_cannot_work_with(name: str) -> None:
    call, message = STATIC[name]
    with pytest.raises(ValueError, match=message):
        call(story("transformer"))


BY_LENGTHS = """
archgraph: 1
name: by_lengths
variables:
  x: {kind: input, type: "real[S, 3]", pad: lengths}
  y: {kind: target, type: "tokens(9)[T]", pad: lengths, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  source: {role: encoder, op: {linear: 4}}
  enc: {role: encoder, op: {embedding: 4}}
  predictor: {role: predictor, layers: [{gru: 4}, {residual: [{cross_attention: {heads: 2}}]}]}
  decoder: {role: decoder, op: {linear: 9}}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> source -[context]-> predictor
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ([5, 3], "lengths of x is of type list, and must be a tensor"),
        (torch.tensor([9, 3]), "a length of x is 9, and it has 5 positions"),
        (torch.tensor([-1, 3]), "a length of x is -1"),
        (torch.tensor([5, 3, 3]), r"lengths of x have shape \(3,\), and there are 2 samples"),
    ],
)
def test_lengths_of_a_source_are_held_to_it(lengths: Any, message: str) -> None:
    model = model_of(BY_LENGTHS)
    for call in (model.stream, partial(model.generate, max_length=2)):
        with pytest.raises(ValueError, match=message):
            call(x=torch.randn(2, 5, 3), lengths={"x": lengths})


def test_rows_of_different_prompts_end_in_symbols_where_nothing_stops_them() -> None:
    model, y, lengths = model_of(BY_LENGTHS), torch.randint(3, 9, (2, 4)), torch.tensor([4, 1])
    given = {"x": torch.randn(2, 5, 3), "y": y, "lengths": {"y": lengths}}
    found = model.generate(**given, max_length=3, stop=-1)
    assert found.shape == (2, 7)
    assert found.min() >= 0
    alone = model.generate(x=given["x"][1:], y=y[1:, :1], max_length=3, stop=-1)
    assert torch.equal(found[1:, :4], alone)


def test_at_a_temperature_below_all_numbers_the_likeliest_is_drawn() -> None:
    logits = torch.tensor([[1.0, 3.0, 2.0]])
    assert choose(logits, Choice(temperature=1e-60)).tolist() == [1]


def test_a_target_with_another_free_axis_has_no_step_of_one_size() -> None:
    spec = """\
archgraph: 1
name: rows
variables:
  y: {kind: target, type: "real[T, W, 3]"}
  y_tilde: prediction
nodes:
  predictor: {role: predictor, op: {linear: 3}}
  C: {role: cost, op: squared_error}
edges:
  - {from: y, to: predictor, kind: [delay], axis: T}
  - predictor -> y_tilde
  - y, y_tilde -> C
"""
    with pytest.raises(ValueError, match="'y' has 'W' beside 'T': a step has no size"):
        archgraph.compile(spec).stream(batch=2)


def test_a_source_that_stands_alone_names_symbols_that_are_none() -> None:
    module = executed(archgraph.emit(STORY / "transformer.yaml", variant="tiny"))
    model: Any = model_class(module)().eval()
    for wrong in (64, -1):
        with pytest.raises(ValueError, match=f"x holds {wrong}, and there are 64 symbols"):
            model.start(2, 8, torch.full((2, 3), wrong))
    assert model.start(2, 8, torch.full((2, 3), 63))["before"].shape == (2, 1)


def test_a_search_that_there_is_no_memory_for_is_refused_with_the_width_that_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = story("transformer")
    monkeypatch.setattr(room, "memory_of", lambda device: 10**6)
    with pytest.raises(ValueError, match=r"beams is 4000: a search over 8000 rows takes .* GB") as caught:
        model.generate(x=X, max_length=3, beams=4000)
    fits = int(str(caught.value).split("enough for ")[1].split()[0])
    assert 1 <= fits < 4000
    assert model.generate(x=X, max_length=3, beams=fits).shape[0] == 2
    with pytest.raises(ValueError, match=f"enough for {fits} beams"):
        model.generate(x=X, max_length=3, beams=fits + 1)
