"""Names in the emitted source: none stands for two things, whatever a spec calls its variables."""

from __future__ import annotations

import torch

from archgraph.compiler import compile as build
from archgraph.compiler import emit

FORKED = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h_a: hidden
  g: hidden
nodes:
  a: {op: relu}
  b: {op: tanh}
  c: {op: add}
edges:
  - x -> a -> b -> h_a
  - a -> c
  - h_a -> c -> g
"""


def test_a_variable_called_as_the_result_of_a_node_leaves_that_result_alone() -> None:
    x = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    out = build(FORKED)(x=x)
    assert torch.equal(out.g, x.relu() + x.relu().tanh())


def test_variables_called_as_what_the_file_uses_are_told_apart() -> None:
    spec = FORKED.replace("h_a", "F").replace(" g", " F_").replace(" -> c -> g", " -> c -> F_")
    x = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    out = build(spec)(x=x)
    assert torch.equal(out.F, x.relu().tanh())
    assert torch.equal(out.F_, x.relu() + x.relu().tanh())


TIED = """archgraph: 1
variables:
  x: {kind: input, type: "tokens(8)[T]"}
  model: {kind: input, type: "real[T, 4]"}
  h: hidden
  g: hidden
nodes:
  e: {layers: [{embedding: 4}, {repeat: 1, layers: [{linear: 4}]}]}
  s: {op: add}
  d: {layers: [{linear: 4}]}
edges:
  - x -> e -> h
  - model, h -> s -> d -> g
tie: [[e.repeat.0.linear.weight, d.linear.weight]]
"""


def test_a_variable_called_model_leaves_the_path_of_a_tied_weight_alone() -> None:
    assert "model_2: Any = self" in emit(TIED)
    found, model = build(TIED), torch.randn(1, 2, 4, generator=torch.Generator().manual_seed(0))
    out, held = found(x=torch.tensor([[1, 2]]), model=model), found.state_dict()
    expected = (out.h + model) @ held["e.repeat.0.linear.weight"].T + held["d.linear.bias"]
    torch.testing.assert_close(out.g, expected)


MANY = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
LISTED
nodes:
  a: {layers: [{split: {WIDTHS}}]}
edges:
EDGES
"""


def test_the_shapes_of_a_class_with_many_outputs_are_listed_one_a_line() -> None:
    names = [f"part_{letter}" for letter in "abcdefghij"]
    spec = (
        MANY.replace("LISTED", "\n".join(f"  {name}: hidden" for name in names))
        .replace("WIDTHS", ", ".join(f"{name}: 1000" for name in names))
        .replace("4]", "10000]")
        .replace("EDGES", "\n".join(["  - x -> a", *(f"  - a.{name} -> {name}" for name in names)]))
    )
    text = emit(spec)
    assert '    """1 in, 10 out.\n\n    x (B, T, 10000)\n    to (B, T, 1000),\n    (B, T, 1000),' in text
    assert all(len(line) <= 120 for line in text.split("\n"))
