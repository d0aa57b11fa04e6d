"""A call that fails says which argument it could not take; one that would be wrong without a word is refused."""

from __future__ import annotations

import copy
import pickle
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch._dynamo.testing import CompileCounter

import archgraph
from tests.compiler.test_stream import model_of, story
from tests.compiler.test_stream_refusals import BY_LENGTHS

X, Y = torch.randint(3, 16, (2, 5)), torch.randint(3, 16, (2, 4))
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a list": ({"y": [[3]]}, "y is of type list, and must be a tensor"),
    "an array": ({"x": np.zeros((2, 5), np.int64)}, "x is of type ndarray, and must be a tensor"),
    "nothing": ({"x": None}, "x is of type NoneType, and must be a tensor"),
    "real numbers": ({"x": X / 2}, "x holds torch.float32, and must hold symbols as whole numbers, torch.int64"),
    "bytes": ({"x": X.to(torch.uint8)}, "x holds torch.uint8, and must hold symbols"),
    "a short target": ({"y": Y.int()}, "y holds torch.int32, and must hold torch.int64"),
    "one axis": ({"y": Y[0]}, r"y has shape \(4,\), and must have 2 axes, the batch first"),
    "a large symbol": ({"x": X + 64}, r"x holds \d+, and there are 64 symbols"),
    "a negative one": ({"y": Y - 70}, r"y holds -\d+, and there are 64 symbols"),
    "one source": ({"x": X[:1]}, r"y has the shape \(2, 4\), and must have \(1, 4\)"),
    "one target": ({"y": Y[:1]}, r"y has the shape \(1, 4\), and must have \(2, 4\)"),
    "another device": ({"y": Y.to("meta")}, "y is on meta, and the model on cpu"),
}


@pytest.mark.parametrize("name", WRONG)
def test_names_the_argument_and_its_limit(name: str) -> None:
    given, message = WRONG[name]
    model = story("transformer")
    for call in (model, model.energy, partial(copy.deepcopy(model)), pickle.loads(pickle.dumps(model))):
        with pytest.raises(ValueError, match=message):
            call(**{"x": X, "y": Y, **given})


LENGTHS: dict[str, tuple[Any, str]] = {
    "too long": ({"x": torch.tensor([9, 3])}, "a length of x is 9, and it has 5 positions"),
    "below none": ({"x": torch.tensor([-1, 3])}, "a length of x is -1"),
    "halves": ({"x": torch.tensor([2.5, 3])}, "lengths of x hold torch.float32"),
    "a list": ({"x": [5, 3]}, "lengths of x is of type list"),
    "of three": ({"x": torch.tensor([5, 3, 3])}, r"lengths of x have shape \(3,\), and there are 2 samples"),
    "of nothing": ({"z": torch.tensor([5, 3])}, "lengths of 'z' are given, and 'z' is not"),
    "alone": (torch.tensor([5, 3]), "lengths are of type Tensor, and must be a dictionary"),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_lengths_that_would_be_taken_without_a_word_are_refused(name: str) -> None:
    lengths, message = LENGTHS[name]
    model, x = model_of(BY_LENGTHS), torch.randn(2, 5, 3)
    y = Y.clamp(max=8)
    with pytest.raises(ValueError, match=message):
        model(x=x, y=y, lengths=lengths)
    with pytest.raises(ValueError, match=message):
        model(x, y, lengths)


def test_real_numbers_are_held_to_their_shape_and_to_the_weights() -> None:
    model, y = model_of(BY_LENGTHS), Y.clamp(max=8)
    with pytest.raises(ValueError, match=r"x has the shape \(2, 5, 4\), and must have \(2, 5, 3\)"):
        model(x=torch.randn(2, 5, 4), y=y)
    with pytest.raises(ValueError, match=r"x has shape \(2, 5, 4\), and must have \(B, S, 3\)"):
        model.stream(x=torch.randn(2, 5, 4))
    for call in (partial(model, y=y), model.stream):
        with pytest.raises(ValueError, match=r"x holds torch\.float64, and the model's weights torch\.float32"):
            call(x=torch.randn(2, 5, 3, dtype=torch.float64))
        with pytest.raises(ValueError, match=r"x holds torch\.int64, and must hold real numbers"):
            call(x=torch.ones(2, 5, 3, dtype=torch.int64))


ALONG = """
archgraph: 1
name: along
variables: {x: {kind: input, type: "real[T, 3]"}, y: {kind: target, type: "real[T, 3]"}, y_tilde: prediction}
nodes: {decoder: {role: decoder, op: {linear: 3}}, C: {role: cost, op: squared_error}}
edges: ["x -> decoder -> y_tilde", "y, y_tilde -> C"]
"""


def test_one_axis_has_one_length() -> None:
    model = archgraph.compile(ALONG, seed=0)
    with pytest.raises(ValueError, match=r"y has the shape \(2, 4, 3\), and must have \(2, 5, 3\)"):
        model(x=torch.randn(2, 5, 3), y=torch.randn(2, 4, 3))


def test_what_fails_for_another_reason_fails_as_it_did() -> None:
    model = story("transformer")
    model.encoder.register_forward_pre_hook(lambda *_: {}["of the hook"])
    with pytest.raises(KeyError, match="of the hook"):
        model(x=X, y=Y)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        model()


def test_what_starts_by_itself_is_held_to_the_batch_too() -> None:
    with pytest.raises(ValueError, match=r"x has the shape \(2, 5\), and must have \(3, 5\)"):
        story("transformer").start(3, 8, X)


def test_torch_compiles_each_model_by_itself() -> None:
    torch.compiler.reset()
    for size in range(12):  # more models than torch compiles of one code, each with a batch of its own
        model = archgraph.compile(ALONG.replace("name: along", f"name: along{size}"), seed=0)
        graphs = CompileCounter()
        compiled = torch.compile(model, fullgraph=True, backend=graphs)
        given = {name: torch.randn(size + 2, 5, 3) for name in "xy"}
        torch.testing.assert_close(compiled(**given).loss, model(**given).loss)
        assert graphs.frame_count == 1
