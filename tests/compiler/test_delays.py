"""What a delay brings in before the first step: an initial value, the start symbol, or zeros."""

from __future__ import annotations

import re

import pytest
import torch

import archgraph

VARIABLES = {
    "x": '{kind: input, type: "real[T, 8]"}',
    "y": '{kind: target, type: "tokens(9)[T]", start: 5}',
    "first": '{kind: input, type: "real[8]"}',
    "s": "hidden",
    "h": "hidden",
}


def spec(nodes: str, *edges: str) -> str:
    """A spec of the variables that the edges name."""
    named = set(re.findall(r"[a-z]+", " ".join(edges)))
    lines = "".join(f"  {name}: {kind}\n" for name, kind in VARIABLES.items() if name in named)
    drawn = "".join(f"  - {edge}\n" for edge in edges)
    return f"archgraph: 1\nparams: {{k: 5}}\nvariables:\n{lines}nodes:\n  {nodes}\nedges:\n{drawn}"


def counted(text: str, **more: torch.Tensor) -> list[float]:
    """What a model makes of 1 to 5, one feature of it."""
    x = torch.arange(1.0, 6).view(1, 5, 1).expand(1, 5, 8)
    found: list[float] = archgraph.compile(text, seed=0)(x=x, **more).h[0, :, 0].tolist()
    return found


@pytest.mark.parametrize("steps", ["2", "k - 3", "min(k, 2)", "max(k // 3, 1, 2)"])
def test_the_steps_of_a_delay_are_arithmetic(steps: str) -> None:
    text = spec("e: {op: relu}", f'"x -[delay {steps}]-> e -> h"')
    assert counted(text) == [0, 0, 1, 2, 3]


def test_a_delay_of_two_steps_repeats_the_initial_value() -> None:
    text = spec("e: {op: relu}", "x -[delay 2]-> e -> h", "first -[initial]-> x")
    assert counted(text, first=torch.full((1, 8), 7.0)) == [7, 7, 1, 2, 3]


def test_a_delay_along_another_axis_begins_with_its_initial_value() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[S, T, 8]"}
  first: {kind: input, type: "real[S, 8]"}
  h: hidden
nodes: {e: {op: relu}}
edges:
  - {from: x, to: e, kind: [delay], axis: T}
  - e -> h
  - first -[initial]-> x
"""
    x, first = torch.rand(2, 3, 4, 8), torch.rand(2, 3, 8)
    h = archgraph.compile(text)(x=x, first=first).h
    torch.testing.assert_close(h, torch.cat((first.unsqueeze(2), x[:, :, :-1]), 2))


def test_no_gradient_comes_back_through_an_initial_value_that_stops_it() -> None:
    for kinds, flows in (("initial", True), ("initial, stop", False)):
        for cycle in (False, True):
            back = "h -[delay]-> e" if cycle else "x -[delay]-> e"
            held = "h" if cycle else "x"
            text = spec("e: {op: add}", "x -> e -> h", back, f'"first -[{kinds}]-> {held}"')
            if cycle:
                text = text.replace("  h: hidden", '  h: {kind: hidden, type: "real[T, 8]"}')
            first = torch.ones(1, 8, requires_grad=True)
            h = archgraph.compile(text)(x=torch.ones(1, 5, 8, requires_grad=True), first=first).h
            h.sum().backward()
            assert (first.grad is not None) == flows, (kinds, cycle)


TOKENS = {
    "through a hidden variable": ("e: {role: encoder, op: {embedding: 4}}", ("y -> s -[delay]-> e -> h",)),
    "in a group": ("g: {nodes: {e: {op: {embedding: 4}}}, edges: ['in -[delay]-> e -> out']}", ("y -> g -> h",)),
    "two groups deep": (
        "g: {nodes: {k: {nodes: {e: {op: {embedding: 4}}}, edges: ['in -[delay]-> e -> out']}}, "
        "edges: [in -> k -> out]}",
        ("y -> g -> h",),
    ),
    "corrupted": (
        "m: {role: corruption, op: {token_dropout: 0.5}}\n  e: {role: encoder, op: {embedding: 4}}",
        ("y -> m -[delay]-> e -> h",),
    ),
}


@pytest.mark.parametrize(("nodes", "edges"), TOKENS.values(), ids=TOKENS)
def test_the_start_symbol_stands_before_tokens_however_they_came(nodes: str, edges: tuple[str, ...]) -> None:
    model = archgraph.compile(spec(nodes, *edges), seed=0)
    table = next(weight for name, weight in model.named_parameters() if name.endswith("tokens"))
    out = model(y=torch.tensor([[3, 4, 6, 7]]))
    torch.testing.assert_close(out.h[0, 0], table[5])


@pytest.mark.parametrize(("nodes", "edges"), TOKENS.values(), ids=TOKENS)
def test_tokens_without_a_start_symbol_are_not_delayed_however_they_came(nodes: str, edges: tuple[str, ...]) -> None:
    report = archgraph.check(spec(nodes, *edges).replace(", start: 5", ""))
    assert [(item.fault.code, item.span.text) for item in report] == [("AG092", "y")]


def test_a_group_that_begins_with_other_start_symbols_is_written_for_each() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "tokens(9)[S]", start: 3}
  y: {kind: input, type: "tokens(9)[T]", start: 5}
  h: hidden
  k: hidden
blocks:
  late: {nodes: {e: {op: {embedding: 4}}}, edges: ['in -[delay]-> e -> out']}
nodes:
  f: {use: late}
  g: {share: f}
edges:
  - x -> f -> h
  - y -> g -> k
"""
    model = archgraph.compile(text, seed=0)
    tokens = torch.tensor([[1, 2, 4]])
    out = model(x=tokens, y=tokens)
    torch.testing.assert_close(out.h[0, 0], model.f.e.tokens[3])
    torch.testing.assert_close(out.k[0, 0], model.f.e.tokens[5])


@pytest.mark.parametrize(
    ("edges", "code", "word"),
    [
        (("x -[delay]-> e -> h", "s -[initial]-> x", "first -> s"), None, ""),
        (("x -> e -> h", "first -[initial]-> x"), "AG078", "never seen"),
        (("x -[delay]-> e -> h", "first -[initial]-> e"), "AG050", "a node"),
        (("x -[delay]-> e -> h", '"first -[initial, delay]-> x"'), "AG045", "one value"),
        (("x -> s -[delay]-> e -> h", "first -[initial]-> x"), "AG078", "past its initial value"),
    ],
)
def test_says_what_is_wrong_with_an_initial_value(edges: tuple[str, ...], code: str | None, word: str) -> None:
    report = archgraph.check(spec("e: {op: add}", *edges))
    assert [item.fault.code for item in report] == [code] * bool(code)
    assert all(word in item.message for item in report)


@pytest.mark.parametrize("type_", ["real[4]", "real[T, 8]", "tokens(8)[]", "real[8, 1]"])
def test_an_initial_value_has_the_type_of_one_step(type_: str) -> None:
    text = spec("e: {op: add}", "x -[delay]-> e -> h", "first -[initial]-> x").replace("real[8]", type_)
    (fault,) = archgraph.check(text)
    assert fault.fault.code == "AG078"
    assert "must be real[8]" in fault.message
    assert type_ in fault.message


def test_a_delay_past_an_initial_value_is_refused() -> None:
    nodes = "r: {op: relu}\n  e: {nodes: {f: {op: relu}}, edges: ['in -[delay]-> f -> out']}"
    report = archgraph.check(spec(nodes, "x -> e -> h", "x -[delay]-> r", "first -[initial]-> x"))
    assert [item.fault.code for item in report] == ["AG078"]


def test_what_an_initial_value_sees_along_its_own_axis_is_seen_by_what_is_delayed() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[S, T, 4]"}
  y: {kind: target, type: "real[S, 4]"}
  h: hidden
nodes:
  e: {op: relu}
edges:
  - y -[initial]-> x
  - {from: x, to: e, kind: [delay], axis: T}
  - e -> h
"""
    program = archgraph.check(text).program
    assert program is not None
    seen = program.variables["h"].time["y"]
    assert (seen.axis, {str(bound) for bound in seen.bounds}) == (0, {"sees up to t"})


def test_a_context_edge_into_a_variable_is_refused() -> None:
    report = archgraph.check(spec("e: {op: relu}", "x -> e -> h", "e -[context]-> s"))
    assert [item.fault.code for item in report] == ["AG053"]
