"""Arguments of the wrong kind are named before any work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import archgraph
from tests.emit.samples import STORY

LANGUAGE = STORY / "language_model.yaml"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "dtype in words": ({"dtype": "bf16"}, "dtype is 'bf16', and must be one of real numbers, such as torch.bfloat16"),
    "whole numbers": ({"dtype": torch.int64}, "dtype is torch.int64, and must be one of real numbers"),
    "a type of Python": ({"dtype": float}, "dtype is <class 'float'>"),
    "recompute in words": ({"recompute": "no"}, "recompute is 'no', and must be True or False"),
    "half a seed": ({"seed": 1.5}, "seed is 1.5, and must be a whole number"),
    "a yes": ({"seed": True}, "seed is True, and must be a whole number"),
    "weights by number": ({"weights": 3}, "weights are of type int, and must be the path of a folder or a file"),
    "a variant by number": ({"variant": 3}, "variant is 3, and must be the name of one"),
    "a list of params": ({"params": [1]}, "params are of type list, and must be a mapping"),
    "a param by number": ({"params": {1: 2}}, "params have the name 1, and a name must be a string"),
    "a device": ({"device": "cuda"}, "no argument 'device'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_compile_names_the_argument(name: str) -> None:
    options, message = WRONG[name]
    with pytest.raises(TypeError, match=message):
        archgraph.compile(LANGUAGE, **options)


def test_a_seed_has_limits() -> None:
    with pytest.raises(ValueError, match="seed is 1180591620717411303424, and must be from -9223372036854775808"):
        archgraph.compile(LANGUAGE, seed=2**70)


@pytest.mark.parametrize("function", [archgraph.check, archgraph.compile, archgraph.emit, archgraph.summary])
def test_a_spec_is_a_path_text_bytes_or_a_stream(function: Callable[..., Any]) -> None:
    for wrong in (3, None, {"archgraph": 1}):
        with pytest.raises(TypeError, match=f"the spec is of type {type(wrong).__name__}, and must be a path"):
            function(wrong)


def test_streaming_source_is_asked_for_by_yes_or_no() -> None:
    with pytest.raises(TypeError, match="stream is 'no', and must be True or False"):
        archgraph.emit(LANGUAGE, variant="tiny", stream="no")  # type: ignore[arg-type]
