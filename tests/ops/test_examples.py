"""The example of every operation is YAML that the reader takes, and its numbers may be arithmetic."""

from __future__ import annotations

import pytest

from archgraph.core.diagnostic import Collector
from archgraph.core.source import Source
from archgraph.graph.module import Leaf, Net
from archgraph.graph.operation import Operation
from archgraph.lang.build import Choice, load
from archgraph.lang.read import read
from archgraph.ops import Operations

SPEC = """archgraph: 1
name: one
params: {{size: 4}}
variables:
  x: {{kind: input, type: "real[T, 8]"}}
nodes:
  node:
    layers:
      - {layer}
edges:
  - x -> node
"""


def read_layer(layer: str) -> Operation:
    into = Collector()
    graph = load(read(Source("spec.yaml", SPEC.format(layer=layer)), into).root, Operations(), Choice(), into)
    faults = [item.message for item in into if "port" not in item.message and "edge" not in item.message]
    assert faults == []
    assert graph is not None
    body = graph.nodes["node"].body
    assert isinstance(body, Net)
    first = next(iter(body.nodes.values())).body
    assert isinstance(first, (Leaf, Net))
    while isinstance(first, Net):
        first = list(first.nodes.values())[-1].body
    return first.op


@pytest.mark.parametrize("cls", list(Operations()), ids=lambda cls: cls.name)
def test_example_parses(cls: type[Operation]) -> None:
    assert isinstance(read_layer(cls.example), cls)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("split: {mu: size // 2, v: 2 * size}", {"parts": {"mu": 2, "v": 8}}),
        ("conv1d: {channels: 2 * size, kernel: size - 1}", {"channels": 8, "kernel": 3}),
        (
            "rearrange: {pattern: (t p) d -> t (p d), sizes: {p: size}}",
            {"pattern": "(t p) d -> t (p d)", "sizes": {"p": 4}},
        ),
        ("gru: size + 1", {"width": 5}),
        ("gaussian_noise: 1 / size", {"std": 0.25}),
        ("gaussian_noise: 1", {"std": 1.0}),
        ("token_masking: {rate: 0.5 / size, symbol: size}", {"rate": 0.125, "symbol": 4}),
        ("expand: T", {"axis": "T"}),
        ("pooling: max", {"kind": "max"}),
    ],
)
def test_numbers_may_be_arithmetic_and_words_are_words(layer: str, expected: dict[str, object]) -> None:
    assert read_layer(layer).arguments() == expected
