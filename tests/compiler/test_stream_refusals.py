"""What a stream or a generation cannot work with is named with its limit, before any work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from archgraph.nn.streaming import Causal
from tests.compiler.test_stream import story

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
