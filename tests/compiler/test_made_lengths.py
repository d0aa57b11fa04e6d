"""Lengths that a model makes of those it is given: what cannot be is told by the argument, with what would do."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import archgraph
from archgraph.emit.steps.causal import ATTRIBUTES
from archgraph.nn.generation import Causal, Refusing
from tests.compiler.test_stream import model_of

BODY = """
archgraph: 1
name: made
dims: {dims}
variables: {{x: {{kind: input, type: "real[{axes}]"}}, y: {{kind: target, type: "class(3)[]"}}, y_tilde: prediction}}
nodes:
  {name}: {{role: encoder, layers: [{layers}, {{linear: 8}}, {{pooling: mean}}, {{linear: 3}}]}}
  C: {{role: cost, op: cross_entropy}}
edges: ["x -> {name} -> y_tilde", "y, y_tilde -> C"]
"""
PATCHES = '{rearrange: {pattern: "(t p) d -> t (p d)", sizes: {p: 4}}}'
SQUARES = '{rearrange: {pattern: "c (h p) (w q) -> h (p w q c)", sizes: {p: 2, q: 2}}}'
VALID = "{conv1d: {channels: 8, kernel: 5, padding: valid}}"
STRIDED = "{conv1d: {channels: 8, kernel: 3, stride: 2, padding: same}}"
WRONG: dict[str, tuple[str, str, tuple[int, ...], str]] = {
    "patches": (PATCHES, "T, 8", (10, 8), r"^x has 10 positions along T, and T/4 must be whole; 8 or 12 would do$"),
    "the first patch": (PATCHES, "T, 8", (3, 8), "x has 3 positions along T, and T/4 must be whole; 4 would do"),
    "rows of squares": (SQUARES, "3, H, 4", (3, 5, 4), "x has 5 positions along H, and H/2 must be whole; 4 or 6"),
    "shorter than a kernel": (
        VALID,
        "T, 8",
        (4, 8),
        "x has 4 positions along T, and T - 4 must be at least 1; 5 would",
    ),
    "patches of what was halved": (
        f"{STRIDED}, {PATCHES}",
        "T, 8",
        (9, 8),
        r"x has 9 positions along T, and ceil\(T/2\)/4 must be whole; 8 or 15 would do",
    ),
}


def made(layers: str, axes: str, *, name: str = "encoder", dims: str = "{}") -> str:
    return BODY.format(layers=layers, axes=axes, name=name, dims=dims)


@pytest.mark.parametrize("case", WRONG)
def test_names_the_argument_its_length_and_what_would_do(case: str) -> None:
    layers, axes, shape, message = WRONG[case]
    model = archgraph.compile(made(layers, axes), seed=0)
    for call in (model, model.energy):
        with pytest.raises(ValueError, match=message):
            call(x=torch.randn(2, *shape), y=torch.zeros(2, dtype=torch.int64))


def test_lengths_that_would_do_do() -> None:
    model = archgraph.compile(made(f"{STRIDED}, {PATCHES}", "T, 8"), seed=0)
    for size in (7, 8, 15, 16):
        assert model(x=torch.randn(2, size, 8)).y_tilde.shape == (2, 3)


def test_a_fixed_length_is_no_name() -> None:
    model = archgraph.compile(made(PATCHES, "T, 8", dims="{T: 8}"), seed=0)
    with pytest.raises(ValueError, match=r"x has the shape \(2, 10, 8\), and must have \(2, 8, 8\)"):
        model(x=torch.randn(2, 10, 8))


STREAMING = """
archgraph: 1
name: streaming
variables:
  x: {kind: input, type: "real[S, 8]"}
  y: {kind: target, type: "tokens(9)[T]", start: 1}
  y_tilde: prediction
nodes:
  cut: {op: {rearrange: {pattern: "(t p) d -> t (p d)", sizes: {p: 4}}}}
  enc: {role: encoder, layers: [{embedding: 32}]}
  predictor: {role: predictor, layers: [{cross_attention: {heads: 2}}, {linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges: ["x -> cut -[context]-> predictor", "y -[delay]-> enc -> predictor -> y_tilde", "y, y_tilde -> C"]
"""


def test_a_stream_and_generation_name_it_too() -> None:
    model = model_of(STREAMING)
    x = torch.randn(2, 6, 8)
    for call in (model.stream, lambda **given: model.generate(max_length=3, **given)):
        with pytest.raises(ValueError, match="x has 6 positions along S, and S/4 must be whole; 4 or 8 would do"):
            call(x=x)
    assert model.generate(max_length=3, x=x[:, :4]).shape == (2, 3)


@pytest.mark.parametrize("name", ["observed", "made", "named", "explain", "positions", "limit", "check_given"])
def test_what_runs_a_model_takes_no_name_from_its_nodes(name: str) -> None:
    model = archgraph.compile(made(PATCHES, "T, 8", name=name), seed=0)
    assert model(x=torch.randn(2, 8, 8)).y_tilde.shape == (2, 3)


@pytest.mark.parametrize("kind", [Causal, Refusing])
def test_all_names_of_what_runs_a_model_are_known_or_no_names(kind: type[Any]) -> None:
    assert {name for name in dir(kind) if not name.startswith("_")} - set(dir(torch.nn.Module)) <= ATTRIBUTES
