"""How a module is made: in which precision, and what it keeps in training."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._dynamo.testing import CompileCounter

import archgraph
from tests.emit.samples import STORY

TRANSFORMER = STORY / "transformer.yaml"
LANGUAGE = STORY / "language_model.yaml"


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def pair() -> dict[str, Tensor]:
    return {"x": torch.randint(3, 64, (2, 5)), "y": torch.randint(3, 64, (2, 6))}


def trained(model: nn.Module, given: dict[str, Tensor]) -> tuple[int, list[Tensor]]:
    """How many numbers are kept for the gradient, and the gradients."""
    kept: list[int] = []

    def keep(x: Tensor) -> Tensor:
        kept.append(x.numel())
        return x

    torch.manual_seed(1)  # of dropout
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        loss = model(**given).loss
    loss.backward()
    return sum(kept), [parameter.grad for parameter in model.parameters() if parameter.grad is not None]


@pytest.mark.parametrize("name", ["transformer", "transformer_interleaved", "language_model"])
def test_blocks_that_run_again_keep_less_and_give_the_same_gradients(name: str) -> None:
    given = pair() if name != "language_model" else {"y": pair()["y"]}
    options: dict[str, Any] = {"variant": "tiny", "params": {"layers": 3}, "seed": 0}
    whole, again = (archgraph.compile(STORY / f"{name}.yaml", **options, recompute=r) for r in (False, True))
    (most, wanted), (least, found) = trained(whole, given), trained(again, given)
    assert least < 0.4 * most
    assert len(wanted) == len(found)
    for left, right in zip(wanted, found, strict=True):
        torch.testing.assert_close(left, right)
    assert "checkpoint" not in archgraph.emit(STORY / f"{name}.yaml", variant="tiny")


def test_shared_copies_run_again_too() -> None:
    text = """
archgraph: 1
name: shared
variables: {y: {kind: target, type: "real[T, 4]"}, y_tilde: prediction}
nodes:
  encoder: {role: encoder, layers: [{repeat: 3, share: true, layers: [{linear: 4}, tanh]}]}
  decoder: {role: decoder, op: {linear: 4}}
  C: {role: cost, op: squared_error}
edges: ["y -> encoder -> decoder -> y_tilde", "y, y_tilde -> C"]
"""
    y = torch.randn(2, 3, 4)
    whole, again = (archgraph.compile(text, seed=0, recompute=r) for r in (False, True))
    (most, wanted), (least, found) = trained(whole, {"y": y}), trained(again, {"y": y})
    assert least < most
    for left, right in zip(wanted, found, strict=True):
        torch.testing.assert_close(left, right)


def test_weights_in_half_precision_give_costs_in_float32() -> None:
    given = pair()
    half = archgraph.compile(TRANSFORMER, variant="tiny", seed=0, dtype=torch.bfloat16).eval()
    full = archgraph.compile(TRANSFORMER, variant="tiny", seed=0).eval()
    assert {parameter.dtype for parameter in half.parameters()} == {torch.bfloat16}
    out, wanted = half(**given), full(**given)
    assert out.y_tilde.dtype == torch.bfloat16
    assert {out.C.dtype, out.energy.dtype, out.loss.dtype} == {torch.float32}
    torch.testing.assert_close(out.loss, wanted.loss, rtol=0.05, atol=0)
    double = archgraph.compile(TRANSFORMER, variant="tiny", seed=0, dtype=torch.float64)
    assert double(**given).loss.dtype == torch.float64


def test_streams_in_half_precision_follow_the_whole() -> None:
    model: Any = archgraph.compile(LANGUAGE, variant="tiny", seed=0, dtype=torch.bfloat16).eval()
    y = torch.randint(3, 64, (2, 6))
    with torch.no_grad():
        whole, stream = model(y=y).y_tilde, model.stream(batch=2)
        found = [stream.step(), *(stream.step(y[:, t]) for t in range(5))]
    torch.testing.assert_close(torch.stack(found, 1), whole, rtol=0.05, atol=0.05)


CHUNKED = """
archgraph: 1
name: chunked
variables:
  x: {kind: input, type: "real[T, 50]"}
  y: {kind: target, type: "tokens(50)[T]", pad: 0}
  y_tilde: prediction
nodes:
  decoder: {role: decoder, layers: [{linear: 50}]}
  C: {role: cost, op: CROSS}
edges: ["x -> decoder -> y_tilde", "y, y_tilde -> C"]
"""


def test_a_chunked_cross_entropy_is_the_same_and_keeps_no_probabilities() -> None:
    given = {"x": torch.randn(2, 5, 50), "y": torch.randint(3, 50, (2, 5))}
    given["y"][1, 3:] = 0
    models = [
        archgraph.compile(CHUNKED.replace("CROSS", c), seed=0) for c in ("cross_entropy", "{cross_entropy: {chunk: 3}}")
    ]
    (most, wanted), (least, found) = (trained(model, given) for model in models)
    torch.testing.assert_close(models[1](**given).C, models[0](**given).C)
    assert most - least >= 2 * 5 * 50 - 50
    for left, right in zip(wanted, found, strict=True):
        torch.testing.assert_close(left, right)


def test_one_compilation_serves_all_lengths() -> None:
    model, counter = archgraph.compile(TRANSFORMER, variant="tiny", seed=0).eval(), CompileCounter()
    compiled = torch.compile(model, fullgraph=True, dynamic=True, backend=counter)
    for size in (4, 7, 19, 33):
        x, y = torch.randint(3, 64, (3, size + 1)), torch.randint(3, 64, (3, size))
        torch.testing.assert_close(compiled(x=x, y=y).loss, model(x=x, y=y).loss)
    assert counter.frame_count == 1


def test_one_compilation_serves_all_steps() -> None:
    model: Any = archgraph.compile(LANGUAGE, variant="tiny", seed=0).eval()
    counter = CompileCounter()
    step = torch.compile(model.step, fullgraph=True, dynamic=True, backend=counter)
    with torch.no_grad():
        plain, state = model.start(2, 40), model.start(2, 40)
        y = state["before"]
        for place in range(20):
            torch.testing.assert_close(step(y, place, state), model.step(y, place, plain))
            y = torch.randint(3, 64, (2, 1))
    assert counter.frame_count <= 3, "a step at place 0, at place 1, and at any other"
