"""Steps whose shapes no place changes: equal to the others, and one graph under torch.compile for all places."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, fx

import archgraph
from archgraph.nn.generation import Causal
from tests.compiler import test_stream as dynamic
from tests.compiler import test_stream_ahead as ahead
from tests.compiler import test_stream_front as front
from tests.compiler.test_stream import CAUSAL, B, T, inputs, story
from tests.emit.samples import STORY

SPECS = {
    "behind": dynamic.BEHIND,
    "cycle": dynamic.FED,
    **{name: ahead.AHEAD.replace("LAYERS", layers) for name, layers in ahead.LAYERS.items()},
    "later": ahead.LATER.replace("LAYERS", "{gru: 4}"),
    "unread": ahead.UNREAD.replace("LAYERS", "{gru: 4}"),
    "along": ahead.ALONG.replace(", PAD", "").replace("LAYERS", f"{ahead.BOTH_WAYS}, {ahead.LAYERS['window']}"),
    "tokens": front.TOKENS,
    **{f"fed {name}": spec for name, spec in front.SPECS.items()},
}


def given_to(model: Causal, spec: str) -> tuple[dict[str, Any], Tensor]:
    """What a model of one of the specs is given, and a target."""
    torch.manual_seed(0)
    real = "real[T" in spec
    size = 2 if "real[T, 2]" in spec else 3
    y = torch.randn(B, T, size, dtype=torch.float64) if real else torch.randint(3, 9, (B, T))
    given: dict[str, Any] = {}
    if "  x:" in spec:
        given["x"] = torch.randn(B, T, 3, dtype=torch.float64) if real else torch.randint(0, 7, (B, 4))
    return given | ({"s": torch.randn(B, 4, dtype=torch.float64)} if "  s:" in spec else {}), y


def differences(model: Causal, given: dict[str, Any], y: Tensor, compiled: Any) -> list[float]:
    """How far steps by a place that is a tensor are from those by a number."""
    found, read = [], max(model.settled, 2) - 1
    with torch.no_grad():
        one, other = (model.stream(**given, batch=B, capacity=T, compiled=call) for call in (None, compiled))
        for stream in (one, other):
            stream.read(y[:, :read])
        for place in range(read, T - 1):
            left, right = one.step(y[:, place]), other.step(y[:, place])
            found.append(float((left - right).abs().max()))
    return found


@pytest.mark.parametrize("name", CAUSAL)
def test_steps_by_a_tensor_equal_those_by_a_number(name: str) -> None:
    model = story(name).double()
    given, y = inputs(model)
    assert max(differences(model, given, y.clamp(max=model.target.symbols - 2), model.step)) < 1e-12


@pytest.mark.parametrize("name", SPECS)
def test_so_do_those_in_place_behind_ahead_and_with_something_in_front(name: str) -> None:
    model = archgraph.compile(SPECS[name], seed=0).eval().double()
    assert isinstance(model, Causal)
    assert max(differences(model, *given_to(model, SPECS[name]), model.static_step)) < 1e-12


@pytest.mark.parametrize("name", ["language_model", "transformer", "models/llama3", "models/t5", "tokens", "window"])
def test_all_places_are_one_graph(name: str) -> None:
    model = archgraph.compile(SPECS[name], seed=0).eval().double() if name in SPECS else story(name).double()
    assert isinstance(model, Causal)
    given, y = given_to(model, SPECS[name]) if name in SPECS else inputs(model)
    graphs = []

    def count(graph: fx.GraphModule, _: Any) -> Any:
        graphs.append(graph)
        return graph.forward

    torch.compiler.reset()
    compiled = torch.compile(model.static_step, backend=count, fullgraph=True, dynamic=False)
    assert max(differences(model, given, y, compiled)) < 1e-12
    assert len(graphs) == 1
    other = archgraph.compile(STORY / "language_model.yaml", variant="tiny").eval()
    with pytest.raises(ValueError, match="compiled is the step of another model"):
        other.stream(batch=B, compiled=compiled)


def test_generation_takes_its_steps_so() -> None:
    model, places = story("transformer"), []

    def step(y: Tensor, first: Tensor, state: dict[str, Any]) -> Tensor:
        places.append(int(first))
        return model.step(y, first, state)

    given, _ = inputs(model)
    assert torch.equal(
        model.generate(**given, max_length=6, stop=-1, compiled=step), model.generate(**given, max_length=6, stop=-1)
    )
    assert places == [1, 2, 3, 4, 5]
