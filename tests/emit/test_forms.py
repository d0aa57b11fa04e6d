"""Forms that few specs have, each held against what it means."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import archgraph
from archgraph.nn.generation import Causal

ONE = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  n: BODY
edges:
  - x -> n -> h
"""


@pytest.fixture
def x() -> Tensor:
    return torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0))


def test_a_layer_inside_a_residual_may_share_the_weights_of_one_beside_it(x: Tensor) -> None:
    model = archgraph.compile(ONE.replace("BODY", "{layers: [{residual: {a: {linear: 4}, act: relu, b: {share: a}}}]}"))
    weight, bias = (model.state_dict()[f"n.residual.a.{name}"] for name in ("weight", "bias"))
    torch.testing.assert_close(model(x=x).h, x + F.linear(F.linear(x, weight, bias).relu(), weight, bias))
    assert len(model.state_dict()) == 2


def test_what_has_no_weights_is_repeated_without_modules(x: Tensor) -> None:
    model = archgraph.compile(ONE.replace("BODY", "{repeat: 2, op: tanh}"))
    assert not list(model.children())
    torch.testing.assert_close(model(x=x).h, x.tanh().tanh())


def test_what_a_residual_takes_is_named_where_a_delay_comes_before_it(x: Tensor) -> None:
    body = '{nodes: {a: {op: relu}, b: {layers: [{residual: [tanh]}]}}, edges: ["in -> a -[delay]-> b -> out"]}'
    late = F.pad(x.relu(), (0, 0, 1, 0))[:, :-1]
    torch.testing.assert_close(archgraph.compile(ONE.replace("BODY", body))(x=x).h, late + late.tanh())


def test_a_cycle_inside_a_group_goes_step_by_step(x: Tensor) -> None:
    body = '{nodes: {a: {layers: [add, tanh]}, b: {op: {linear: 4}}}, edges: [in -> a -> b -> out, "b -[delay]-> a"]}'
    model = archgraph.compile(ONE.replace("BODY", body), seed=0)
    held, before, expected = model.state_dict(), torch.zeros(2, 4), []
    for t in range(5):
        before = F.linear((x[:, t] + before).tanh(), held["n.b.weight"], held["n.b.bias"])
        expected.append(before)
    torch.testing.assert_close(model(x=x).h, torch.stack(expected, 1))


TOKENS = """archgraph: 1
variables:
  x: {kind: input, type: "tokens(8)[T]"}
  h: {kind: hidden, type: "real[T, 4]"}
nodes:
  cell:
    nodes: {e: {op: {embedding: 4}}, a: {layers: [add, {linear: 4}]}}
    edges: [in -> e -> a -> out, last -> a]
    ports: {last: in}
edges:
  - x -> cell -> h
  - h -[delay]-> cell.last
"""


def test_a_cycle_that_is_fed_symbols_begins_with_zeros_of_the_weights_own_dtype() -> None:
    x = torch.tensor([[1, 2, 3]])
    model = archgraph.compile(TOKENS, seed=0)
    held, before, expected = model.state_dict(), torch.zeros(1, 4), []
    for t in range(3):
        sum_ = held["cell.e.tokens"][x[:, t]] + before
        before = F.linear(sum_, held["cell.a.linear.weight"], held["cell.a.linear.bias"])
        expected.append(before)
    torch.testing.assert_close(model(x=x).h, torch.stack(expected, 1))
    assert model.bfloat16()(x=x).h.dtype == torch.bfloat16


LONG = [f"an_input_whose_name_is_as_long_as_this_one_{word}" for word in ("first", "second", "third")]


def test_a_sum_of_long_names_is_broken_over_lines() -> None:
    variables = "".join(f'  {name}: {{kind: input, type: "real[4]"}}\n' for name in LONG)
    text = f"archgraph: 1\nvariables:\n{variables}  h: hidden\nnodes: {{s: {{op: add}}}}\nedges:\n"
    text += f'  - "{", ".join(LONG)} -> s -> h"\n'
    lines = archgraph.emit(text).split("\n")
    start = lines.index("        h = (")
    assert [line.strip() for line in lines[start + 1 : start + 5]] == [LONG[0], f"+ {LONG[1]}", f"+ {LONG[2]}", ")"]
    given = {name: torch.full((1, 4), float(place)) for place, name in enumerate(LONG)}
    assert archgraph.compile(text)(**given).h.tolist() == [[3.0] * 4]


ROUNDS = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]", pad: lengths}
  z: {kind: input, type: "real[T, 4]", pad: lengths}
  h: hidden
  g: hidden
nodes:
  f: {nodes: {a: {op: add}}, edges: ["in, other -> a -> out"], ports: {other: in}}
  k: {repeat: 2, share: f}
edges:
  - x -> f -> h
  - z -> f.other
  - x -> k -> g
  - z -> k.other
"""


def test_rounds_whose_padding_differs_are_written_one_after_the_other(x: Tensor) -> None:
    z = x.flip(0)
    out = archgraph.compile(ROUNDS)(x=x, z=z, lengths={"x": torch.tensor([3, 5]), "z": torch.tensor([4, 2])})
    expected = x + 2 * z
    torch.testing.assert_close(out.g[0, :3], expected[0, :3])
    torch.testing.assert_close(out.g[1, :2], expected[1, :2])


TARGETS = """archgraph: 1
variables:
  y: {kind: target, type: "tokens(8)[T]"}
  z: {kind: target, type: "tokens(8)[T]"}
  h: hidden
nodes:
  n:
    nodes: {a: {op: {embedding: 4}}, b: {op: {embedding: 4}}, c: {op: add}}
    edges: [in -> a -> c, other -> b -> c -> out]
    ports: {other: in}
edges:
  - y -> n -> h
  - z -> n.other
"""


def test_what_needs_two_targets_is_there_where_both_are_given() -> None:
    model = archgraph.compile(TARGETS, seed=0)
    y, z = torch.tensor([[1, 2]]), torch.tensor([[3, 4]])
    assert model(y=y).h is None and model(z=z).h is None
    held = model.state_dict()
    torch.testing.assert_close(model(y=y, z=z).h, held["n.a.tokens"][y] + held["n.b.tokens"][z])


LENT = """archgraph: 1
variables:
  x: {kind: input, type: "real[S, 4]"}
  y: {kind: input, type: "real[T, 4]"}
  h: hidden
  g: hidden
nodes:
  f: {role: predictor, layers: [add, {residual: [{cross_attention: {score: additive}}]}]}
  k: {share: f}
edges:
  - y -> f -> h
  - h -[delay]-> f
  - x -[context]-> f
  - y -> k -> g
  - x -[context]-> k
"""


def test_what_a_loop_maps_before_its_first_step_is_mapped_for_a_call_outside_too(x: Tensor) -> None:
    model = archgraph.compile(LENT, seed=0)
    y = x.flip(1)
    out = model(x=x, y=y)
    torch.testing.assert_close(out.g[:, 0], out.h[:, 0])
    alone = archgraph.compile(LENT.replace("  - h -[delay]-> f\n", ""), seed=0)
    alone.load_state_dict(model.state_dict())
    torch.testing.assert_close(out.g, alone(x=x, y=y).h)


STREAMED = """archgraph: 1
variables:
  x: {kind: input, type: "real[S, 4]"}
  y: {kind: target, type: "real[T, 4]"}
  before: {kind: input, type: "real[4]"}
  h: hidden
  y_tilde: prediction
nodes:
  enc: {role: encoder, op: {linear: 4}}
  p: BODY
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> enc -> h
  - h -[delay]-> p -> y_tilde
  - before -[initial]-> h
  - x -[context]-> p
  - y, y_tilde -> C
"""
CROSS = "{residual: [{cross_attention: {heads: 2}}]}"
BODIES = {
    "copies that prepare their context": "{role: predictor, repeat: 2, nodes: {s: {layers: [{linear: 4}, tanh]}, "
    f"a: {{layers: [{CROSS}]}}}}, edges: [context -> s, 's -[context]-> a', in -> a -> out]}}",
    "a residual behind a delay": "{role: predictor, nodes: {a: {op: relu}, b: {layers: [{residual: [tanh]}]}, "
    f"c: {{layers: [{CROSS}]}}}}, edges: ['in -> a -[delay]-> b -> c -> out', 'context -[context]-> c']}}",
    "copies of nothing": f"{{role: predictor, layers: [{CROSS}, {{repeat: 2, layers: []}}]}}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_streams_equal_the_whole(body: str, x: Tensor) -> None:
    model = archgraph.compile(STREAMED.replace("BODY", body), seed=0).double().eval()
    assert isinstance(model, Causal), getattr(model, "reason", "")
    source, y, before = x.double().flip(1), x.double(), x[:, 0].double()
    with torch.no_grad():
        whole = model(x=source, y=y, before=before).y_tilde
        stream = model.stream(batch=2, capacity=6, x=source, before=before)
        found = [stream.step(), *(stream.step(y[:, t]) for t in range(4))]
    torch.testing.assert_close(torch.stack(found, 1), whole, rtol=0, atol=1e-12)


WORDS = [f"what_this_node_gives_has_a_name_that_is_rather_long_{word}" for word in ("first", "second")]
INNER = "{nodes: {a: {op: add}}, edges: ['in, other -> a -> out'], ports: {other: in}}"


def test_a_call_that_is_broken_over_lines_is_returned_with_its_type(x: Tensor) -> None:
    nodes = ", ".join([f"{WORDS[0]}: {{op: relu}}", f"{WORDS[1]}: {{op: tanh}}", f"i: {INNER}"])
    edges = f"'in -> {WORDS[0]} -> i -> out', 'in -> {WORDS[1]} -> i.other'"
    text = ONE.replace("BODY", f"{{nodes: {{{nodes}}}, edges: [{edges}]}}")
    assert "        i: Tensor = self.i(\n" in archgraph.emit(text)
    torch.testing.assert_close(archgraph.compile(text)(x=x).h, x.relu() + x.tanh())


TWICE = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  h: {kind: hidden, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  a: {op: linear}
  b: {op: tanh}
  c: {op: add}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> c
  - h -[delay]-> a, b
  - a, b -> c -> h -> y_tilde
  - y, y_tilde -> C
"""


def test_two_readers_of_the_same_last_step_share_its_state(x: Tensor) -> None:
    model = archgraph.compile(TWICE.replace("op: linear", "role: predictor, op: {linear: 4}"), seed=0).double().eval()
    assert isinstance(model, Causal), getattr(model, "reason", "")
    y = x.double()
    with torch.no_grad():
        stream = model.stream(batch=2, capacity=6)
        found = [stream.step(), *(stream.step(y[:, t]) for t in range(4))]
        torch.testing.assert_close(torch.stack(found, 1), model(y=y).y_tilde, rtol=0, atol=1e-12)
    assert sorted(stream.state) == ["before", "h", "room"]


SIZES = "sizes: {p: 2}"
PATCHES = f"""archgraph: 1
variables:
  y: {{kind: target, type: "real[T, 4]"}}
  y_tilde: prediction
nodes:
  p:
    role: predictor
    layers:
      - rearrange: {{pattern: "(t p) d -> t (p d)", {SIZES}}}
      - linear: 8
      - rearrange: {{pattern: "t (p d) -> (t p) d", {SIZES}}}
  C: {{role: cost, op: squared_error}}
edges:
  - y -[delay 2]-> p -> y_tilde
  - y, y_tilde -> C
"""


def test_patches_of_time_say_that_they_change_the_positions() -> None:
    way = "y -[delay 2]-> p.rearrange: 'rearrange' (line 9) changes the positions: it makes one of 2"
    assert archgraph.compile(PATCHES).reason == way
