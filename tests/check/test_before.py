"""What stands before the first step: initial values and start symbols of variables that are computed or delayed."""

from __future__ import annotations

import torch

import archgraph
from archgraph.compiler import check
from tests.check.specs import codes, varied

MASKED = """archgraph: 1
variables:
  x: {kind: input, type: "tokens(8)[T]"}
  c: {kind: hidden, type: "tokens(8)[T]", start: 5}
  h: hidden
nodes:
  m: {role: corruption, op: {token_masking: {rate: 0.5, symbol: 7}}}
  e: {role: encoder, op: {embedding: 4}}
edges:
  - x -> m -> c -[delay]-> e -> h
"""


def test_computed_symbols_have_a_start_symbol_of_their_own() -> None:
    model = archgraph.compile(MASKED, seed=0)
    out = model(x=torch.tensor([[1, 2]]), corrupt=False)
    torch.testing.assert_close(out.h[0, 0], model.state_dict()["e.tokens"][5])
    assert codes(varied(MASKED, (", start: 5", ""))) == ["AG092"]


def test_a_variable_that_is_delayed_twice_without_a_start_symbol_is_told_once() -> None:
    twice = varied(MASKED, ("  - x", "  - x -[delay 2]-> f -> g\n  - x"), ("  h: ", "  g: hidden\n  h: "))
    twice = varied(twice, (", start: 5", ""), ("  e: ", "  f: {role: encoder, op: {embedding: 4}}\n  e: "))
    found = check(varied(twice, ("x -> m -> c -[delay]-> e", "x -[delay]-> m -> c -> e"))).diagnostics
    assert [(item.code, item.span.text) for item in found] == [("AG092", "x")]


BEGUN = """archgraph: 1
variables:
  x: {kind: input, type: "real[S, T, 4]"}
  first: {kind: input, type: "real[S, 4]"}
  h: hidden
nodes:
  a: {op: relu}
  e: {op: relu}
edges:
  - x -[delay]-> e -> h
  - first -> a -[initial]-> x
"""


def test_an_initial_value_is_not_judged_where_the_delay_has_no_axis() -> None:
    assert codes(BEGUN) == ["AG055"]


def test_an_initial_value_that_is_itself_broken_is_not_judged() -> None:
    one = varied(BEGUN, ('"real[S, T, 4]"', '"real[T, 4]"'))
    assert codes(varied(one, ("a: {op: relu}", "a: {op: {linear: 3}}"))) == ["AG078"]
    assert codes(varied(one, ("a: {op: relu}", "a: {op: {self_attention: {heads: 3}}}"))) == ["AG071"]
