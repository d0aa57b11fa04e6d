"""What a loop would compute again in each step, and what is the same in each: computed once, before the loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

import archgraph
from archgraph.compiler import program
from archgraph.report.table import table
from tests.emit.samples import STORY

SPEC = """\
archgraph: 1
name: searching
variables:
  x: {kind: input, type: "real[S, 5]", pad: lengths}
  y: {kind: target, type: "real[T, 3]"}
  h: hidden
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 6}]}
  enc: {role: encoder, layers: [{linear: 6}]}
  predictor: {role: predictor, PREDICTOR}
  decoder: {role: decoder, layers: [{linear: 3}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> encoder -[context]-> predictor
  - y -[delay]-> enc -> predictor -> h -> decoder -> y_tilde
  - h -[delay]-> predictor
  - y, y_tilde -> C
"""
ASK = "{cross_attention: {score: additive, hidden: 4}}"
JOIN = "join: {layers: [concat, {linear: 6}]}"
CONTEXT = "context -[context]-> "
INNER = (
    f"{{nodes: {{a: {{op: {ASK}}}, n: {{layers: [{ASK}, tanh]}}}}, "
    f"edges: [in -> a -> n -> out, '{CONTEXT}a', '{CONTEXT}n']}}"
)
# Each with how often a run of six steps maps the context to keys.
PREDICTORS = {
    "a layer": (f"layers: [concat, {{linear: 6}}, {ASK}]", 1),
    "two layers": (f"layers: [concat, {{linear: 6}}, {ASK}, {ASK}]", 2),
    "in a residual": (f"layers: [concat, {{linear: 6}}, {{residual: [{ASK}]}}, tanh]", 1),
    "two groups deep": (
        f"nodes: {{{JOIN}, inner: {INNER}}}, edges: [in -> join -> inner -> out, '{CONTEXT}inner']",
        2,
    ),
    "shared": (
        f"nodes: {{{JOIN}, a: {{op: {ASK}}}, b: {{share: a}}}}, "
        f"edges: [in -> join -> a -> b -> out, '{CONTEXT}a', '{CONTEXT}b']",
        7,  # what is lent is asked in the loop
    ),
    # Left in the loop: each copy has keys of its own; what is mapped inside is not the same as far as is known.
    "in copies": (f"layers: [concat, {{linear: 6}}, {{repeat: 2, layers: [{ASK}]}}]", 12),
    "of a map inside": (
        f"nodes: {{{JOIN}, m: {{op: {{linear: 6}}}}, a: {{op: {ASK}}}}}, "
        f"edges: [in -> join -> a -> out, context -> m, 'm -[context]-> a']",
        6,
    ),
}
EVERY = pytest.mark.parametrize(("predictor", "times"), PREDICTORS.values(), ids=PREDICTORS)


ASKS = {
    "additive": ASK,
    "dot": "{cross_attention: {heads: 2}}",
    "grouped": "{cross_attention: {heads: 2, kv_heads: 1}}",
}
ANY = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)


def asks(model: Any) -> list[Any]:
    """The attentions of a model."""
    return [module for module in model.modules() if type(module).__name__ == "AdditiveAttention"]


def run(text: str, *, again: bool = False) -> tuple[Tensor, list[Tensor], int]:
    """The prediction, every gradient, and how often keys were made; with `again`, each attention makes its own."""
    model: Any = archgraph.compile(text, seed=0).double()
    made: list[object] = []
    for module in asks(model):
        module.k.register_forward_hook(lambda *_: made.append(0))
        if again:
            module.register_forward_pre_hook(lambda _, given, named: (given, {**named, "keys": None}), with_kwargs=True)
    draw = torch.Generator().manual_seed(1)
    x, y = (torch.randn(2, *shape, generator=draw, dtype=torch.float64) for shape in ((5, 5), (6, 3)))
    found = model(x, y, lengths={"x": torch.tensor([5, 2])})
    found.loss.backward()
    return found.y_tilde, [each.grad for each in model.parameters()], len(made)


@EVERY
def test_keys_are_made_once_and_change_nothing(predictor: str, times: int) -> None:
    text = SPEC.replace("PREDICTOR", predictor)
    once, again = run(text), run(text, again=True)
    assert once[2] == times
    assert again[2] >= 6
    assert torch.allclose(once[0], again[0], rtol=0, atol=1e-12)
    for mine, theirs in zip(once[1], again[1], strict=True):
        assert torch.allclose(mine, theirs, rtol=0, atol=1e-12)


def run_dots(text: str, *, again: bool) -> tuple[Tensor, list[Tensor], int]:
    """The same for dot products: how often those of loops made keys and values."""
    model: Any = archgraph.compile(text, seed=0).double()
    looped = [module for module in model.modules() if type(module).__name__.startswith("Looped")]
    made: list[object] = []
    for module in looped:
        module.offer = partial(offering, made, module.offer)
        if again:
            module.register_forward_pre_hook(without_offer, with_kwargs=True)
    draw = torch.Generator().manual_seed(1)
    x, y = (torch.randn(2, *shape, generator=draw, dtype=torch.float64) for shape in ((5, 5), (6, 3)))
    found = model(x, y, lengths={"x": torch.tensor([5, 2])})
    found.loss.backward()
    return found.y_tilde, [each.grad for each in model.parameters()], len(made)


def offering(made: list[object], offer: Callable[[Tensor], Any], context: Tensor, *places: Tensor | None) -> Any:
    """What is offered, counted."""
    made.append(0)
    return offer(context, *places)


def without_offer(_: object, given: Any, named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The arguments of a call that makes its own."""
    return given, {**named, "offered": None}


@EVERY
@pytest.mark.parametrize("ask", list(ASKS.values())[1:], ids=list(ASKS)[1:])
def test_keys_and_values_of_dot_products_are_made_once_and_change_nothing(predictor: str, times: int, ask: str) -> None:
    text = SPEC.replace("PREDICTOR", predictor.replace(ASK, ask))
    once, again = run_dots(text, again=False), run_dots(text, again=True)
    assert once[2] == (times if times in (1, 2, 7) else 0)
    assert again[2] == 7 * once[2] or times == 7
    assert torch.allclose(once[0], again[0], rtol=0, atol=1e-12)
    for mine, theirs in zip(once[1], again[1], strict=True):
        assert torch.allclose(mine, theirs, rtol=0, atol=1e-12)


def test_no_other_source_tells_of_loops() -> None:
    assert "offered" not in archgraph.emit(STORY / "transformer.yaml", variant="tiny")
    assert "offered" in archgraph.emit(SPEC.replace("PREDICTOR", PREDICTORS["a layer"][0].replace(ASK, ASKS["dot"])))


@EVERY
@ANY
def test_steps_equal_the_whole(predictor: str, times: int, ask: str) -> None:
    model: Any = archgraph.compile(SPEC.replace("PREDICTOR", predictor.replace(ASK, ask)), seed=0).double().eval()
    draw = torch.Generator().manual_seed(2)
    x, y = (torch.randn(2, *shape, generator=draw, dtype=torch.float64) for shape in ((5, 5), (6, 3)))
    lengths = {"x": torch.tensor([5, 2])}
    with torch.no_grad():
        stream = model.stream(batch=2, capacity=6, x=x, lengths=lengths)
        found = [stream.step()] + [stream.step(y[:, place]) for place in range(5)]
        assert torch.allclose(torch.stack(found, 1), model(x, y, lengths=lengths).y_tilde, atol=1e-12)


@EVERY
@ANY
def test_flops_are_those_that_torch_counts(predictor: str, times: int, ask: str) -> None:
    text = SPEC.replace("PREDICTOR", predictor.replace(ASK, ask))
    model = archgraph.compile(text, seed=0).eval()
    # torch does not count its fused attention on a CPU
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(torch.randn(1, 5, 5), torch.randn(1, 6, 3))
    assert table(program(text)).flops.value({"S": 5, "T": 6}) == counter.get_total_flops()
