"""Every way to wire and to repeat: what is computed, and under which names the weights stand."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import archgraph
from tests.emit.samples import values


def sequence(nodes: str, edges: str, variables: str = "") -> str:
    """A spec over x: real[T, 3] and whatever is added."""
    lines = [
        "archgraph: 1",
        "name: wiring",
        "variables:",
        '  x: {kind: input, type: "real[T, 3]"}',
        *(f"  {line}" for line in variables.strip().split("\n") if line),
        "nodes:",
        *(f"  {line}" for line in nodes.strip("\n").split("\n")),
        "edges:",
        *(f"  - {line.strip()}" for line in edges.strip().split("\n")),
    ]
    return "\n".join(lines) + "\n"


def keys(model: nn.Module) -> list[str]:
    return list(model.state_dict())


def run(text: str) -> tuple[Any, dict[str, Tensor], Any]:
    model, given = archgraph.compile(text, seed=0).eval(), values(text)
    return model, given, model(**given)


def close(a: Tensor, b: Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


TIED = """archgraph: 1
name: tied
variables:
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1}
  y_tilde: prediction
nodes:
  enc: {role: encoder, layers: [{embedding: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {causal: true}}]}
  decoder: {role: decoder, layers: [{linear: {width: 9, bias: false}}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
tie: [[enc.embedding.tokens, decoder.linear.weight]]
"""


def test_a_tied_weight_stands_under_its_owner_and_gathers_both_gradients() -> None:
    model, given, out = run(TIED)
    assert "enc.embedding.tokens" in keys(model) and not any(key.startswith("decoder") for key in keys(model))
    close(
        out.y_tilde,
        model.predictor(model.enc(F.pad(given["y"], (1, 0), value=1)[:, :-1])) @ model.enc.embedding.tokens.T,
    )
    out.loss.backward()
    tied = model.enc.embedding.tokens.grad
    plain = archgraph.compile(TIED.split("tie:")[0], seed=0).eval()
    plain.load_state_dict({**model.state_dict(), "decoder.linear.weight": model.enc.embedding.tokens.detach()})
    plain(**given).loss.backward()
    close(tied, plain.enc.embedding.tokens.grad + plain.decoder.linear.weight.grad)


def test_a_tie_spans_the_copies_of_a_repeat() -> None:
    text = sequence("n: {repeat: 3, layers: [{linear: 3}]}", "x -> n -> h", "h: hidden")
    tied = text + "tie: [[n.*.linear.bias]]\n"
    model, given, out = run(tied)
    assert keys(model) == ["n.0.linear.weight", "n.0.linear.bias", "n.1.linear.weight", "n.2.linear.weight"]
    h = given["x"]
    for layer in model.n:
        h = F.linear(h, layer.linear.weight, model.n[0].linear.bias)
    close(out.h, h)


def test_a_shared_node_uses_its_owners_weights() -> None:
    nodes = "a: {layers: [{linear: 3}, tanh]}\nb: {share: a}\nc: {op: {linear: 3}}"
    model, given, out = run(sequence(nodes, "x -> a -> b -> c -> h", "h: hidden"))
    assert keys(model) == ["a.linear.weight", "a.linear.bias", "c.weight", "c.bias"]
    once = torch.tanh(model.a.linear(given["x"]))
    close(out.h, model.c(torch.tanh(model.a.linear(once))))


def test_a_repeat_can_share_its_weights() -> None:
    model, given, out = run(sequence("n: {repeat: 3, share: true, layers: [{linear: 3}]}", "x -> n -> h", "h: hidden"))
    assert keys(model) == ["n.0.linear.weight", "n.0.linear.bias"]
    h = given["x"]
    for _ in range(3):
        h = model.n[0].linear(h)
    close(out.h, h)


def test_repeating_nought_times_is_the_identity() -> None:
    model, given, out = run(sequence("n: {repeat: 0, layers: [{linear: 3}]}", "x -> n -> h", "h: hidden"))
    assert keys(model) == [] and torch.equal(out.h, given["x"])


def test_the_index_of_a_copy_counts_from_nought() -> None:
    text = sequence("n: {repeat: 3, layers: [{linear: 2 ** index + 3}]}", "x -> n -> h", "h: hidden")
    model, _, out = run(text)
    assert [tuple(model.n[i].linear.weight.shape) for i in range(3)] == [(4, 3), (5, 4), (7, 5)]
    assert out.h.shape[-1] == 7
    dilated = sequence(
        "n: {repeat: 3, layers: [{conv1d: {channels: 3, kernel: 2, dilation: 2 ** index, padding: causal}}]}",
        "x -> n -> h",
        "h: hidden",
    )
    model, _, _ = run(dilated)
    assert [layer.conv1d.dilation for layer in model.n] == [(1,), (2,), (4,)]


def test_a_block_is_used_as_a_body_and_as_a_layer() -> None:
    text = sequence(
        "a: {use: wide, with: {n: 5}}\nb: {layers: [{use: wide}, {linear: 2}]}", "x -> a -> b -> h", "h: hidden"
    )
    text += "blocks:\n  wide: {params: {n: 3}, layers: [{linear: n}, relu]}\n"
    model, given, out = run(text)
    assert keys(model) == [f"{p}.{k}" for p in ("a.linear", "b.wide.linear", "b.linear") for k in ("weight", "bias")]
    assert out.h.shape == (3, 6, 2)
    first = F.relu(model.a.linear(given["x"]))
    wide = model.b.wide["linear"] if isinstance(model.b.wide, nn.ModuleDict) else model.b.wide.linear
    close(out.h, model.b.linear(F.relu(wide(first))))


GROUP = """
group:
  repeat: 2
  nodes:
    a: {op: {linear: 3}}
    inner:
      nodes:
        b: {op: {cross_attention: 1}}
        c: {op: add}
      edges:
        - in -> b -> c -> out
        - context -[context]-> b
        - in -> c
  edges:
    - in -> a -> inner -> out
    - context -[context]-> inner
"""


def test_groups_nest_repeat_and_pass_their_context_on() -> None:
    text = sequence(GROUP, "x -> group -> h\nc -[context]-> group", 'c: {kind: input, type: "real[S, 4]"}\nh: hidden')
    model, given, out = run(text)
    h = given["x"]
    for layer in model.group:
        a = layer.a(h)
        h = layer.inner.b(a, given["c"]) + a
    close(out.h, h)
    assert keys(model)[0] == "group.0.a.weight" and any(k.startswith("group.1.inner.b.q") for k in keys(model))


def test_split_ends_a_body_in_named_outputs() -> None:
    nodes = "e: {layers: [{linear: 5}, {split: {mu: 2, v: 3}}]}\na: {op: {linear: 1}}\nb: {op: {linear: 1}}"
    text = sequence(nodes, "x -> e\ne.mu -> a -> h\ne.v -> b -> g", "h: hidden\ng: hidden")
    model, given, out = run(text)
    mu, v = model.e.linear(given["x"]).split([2, 3], -1)
    close(out.h, model.a(mu))
    close(out.g, model.b(v))


def test_ports_side_by_side_go_into_variables_of_their_names_and_into_ports() -> None:
    nodes = """
e: {layers: [{linear: 5}, {split: {mu: 2, v: 3}}]}
n:
  ports: {mu: in, v: in}
  nodes:
    a: {op: {linear: 2}}
    b: {op: {linear: 2}}
    c: {op: add}
  edges:
    - mu -> a -> c -> out
    - v -> b -> c
"""
    model, given, out = run(sequence(nodes, "x -> e -> mu|v -> n -> h", "mu: hidden\nv: hidden\nh: hidden"))
    mu, v = model.e.linear(given["x"]).split([2, 3], -1)
    close(out.mu, mu)
    close(out.v, v)
    close(out.h, model.n.a(mu) + model.n.b(v))


def test_a_delay_of_two_shifts_by_two_and_fills_with_zeros() -> None:
    model, given, out = run(
        sequence("a: {op: {linear: {width: 2, bias: false}}}", "x -[delay 2]-> a -> h", "h: hidden")
    )
    assert not out.h[:, :2].any()
    close(out.h[:, 2:], model.a(given["x"][:, :-2]))


def test_a_delay_longer_than_the_sequence_leaves_what_stood_before() -> None:
    text = sequence("a: {op: {linear: {width: 2, bias: false}}}", "x -[delay 9]-> a -> h", "h: hidden")
    model = archgraph.compile(text, seed=0)
    out = model(x=torch.randn(2, 4, 3))
    assert out.h.shape == (2, 4, 2) and not out.h.any()


def test_delayed_tokens_begin_with_start_as_often_as_the_delay() -> None:
    text = TIED.replace("-[delay]->", "-[delay 2]->")
    model, given, _ = run(text)
    seen = []
    model.enc.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    model(**given)
    assert torch.equal(seen[0], F.pad(given["y"], (2, 0), value=1)[:, :-2])


def test_initial_stands_before_the_first_step() -> None:
    nodes = "start: {layers: [{pooling: mean}, {linear: 2}]}\na: {op: {linear: 2}}\nb: {op: {linear: 2}}"
    text = sequence(
        nodes,
        "c -> start -[initial]-> h\nx -> a -> h\nh -[delay]-> b -> g",
        'c: {kind: input, type: "real[S, 4]"}\nh: hidden\ng: hidden',
    )
    model, given, out = run(text)
    first = model.start(given["c"]).unsqueeze(1)
    close(out.g, model.b(torch.cat((first, model.a(given["x"])[:, :-1]), 1)))


def test_a_cycle_starts_from_its_initial_value_and_runs_step_by_step() -> None:
    nodes = "start: {layers: [{pooling: mean}, {linear: 2}]}\nstep: {layers: [concat, {linear: 2}, tanh]}"
    text = sequence(
        nodes,
        "c -> start -[initial]-> h\nx -> step -> h\nh -[delay 2]-> step",
        'c: {kind: input, type: "real[S, 4]"}\nh: {kind: hidden, type: "real[T, 2]"}',
    )
    model, given, out = run(text)
    first = model.start(given["c"])
    states = [first, first]
    for t in range(given["x"].shape[1]):
        states.append(torch.tanh(model.step.linear(torch.cat((given["x"][:, t], states[t]), -1))))
    close(out.h, torch.stack(states[2:], 1))


def test_a_stop_edge_cuts_the_gradient_and_nothing_else() -> None:
    nodes = "a: {op: {linear: 2}}\nb: {op: {linear: 3}}\nC: {role: cost, op: squared_error}"
    variables = 'y: {kind: target, type: "real[T, 3]"}\nh: hidden\ny_tilde: prediction'
    text = sequence(nodes, "x -> a -> h -[stop]-> b -> y_tilde\ny, y_tilde -> C", variables)
    model, given, out = run(text)
    out.loss.backward()
    assert model.a.weight.grad is None and model.b.weight.grad is not None
    plain = archgraph.compile(text.replace("-[stop]->", "->"), seed=0).eval()
    assert torch.equal(plain(**given).y_tilde, out.y_tilde)
    plain(**given).loss.backward()
    assert plain.a.weight.grad is not None


def test_several_inputs_meet_in_the_order_of_the_file() -> None:
    variables = 'c: {kind: input, type: "real[T, 2]"}\nh: hidden'
    for edges, order in (("x, c -> n -> h", ("x", "c")), ("c, x -> n -> h", ("c", "x"))):
        model, given, out = run(sequence("n: {layers: [concat, {linear: 2}]}", edges, variables))
        close(out.h, model.n.linear(torch.cat([given[name] for name in order], -1)))


def test_named_ports_of_a_body_are_wired_by_name() -> None:
    nodes = """
n:
  ports: {extra: in}
  nodes:
    a: {op: {linear: 2}}
    b: {op: {linear: 2}}
    c: {op: add}
  edges:
    - in -> a -> c -> out
    - extra -> b -> c
"""
    text = sequence(nodes, "x -> n -> h\nc -> n.extra", 'c: {kind: input, type: "real[T, 4]"}\nh: hidden')
    model, given, out = run(text)
    close(out.h, model.n.a(given["x"]) + model.n.b(given["c"]))


def test_expand_repeats_along_an_axis_of_what_is_observed() -> None:
    nodes = "p: {layers: [pooling, {expand: T}]}\nn: {layers: [concat, {linear: 2}]}"
    model, given, out = run(sequence(nodes, "x -> p\nx, p -> n -> h", "h: hidden"))
    x = given["x"]
    close(out.h, model.n.linear(torch.cat([x, x.mean(1, keepdim=True).expand_as(x)], -1)))


def test_a_learned_variable_is_a_parameter_under_its_own_name() -> None:
    text = sequence(
        "n: {op: {cross_attention: 1}}",
        "q -> n -> h\nx -[context]-> n",
        'q: {kind: parameter, type: "real[4, 2]"}\nh: hidden',
    )
    model, given, out = run(text)
    assert keys(model)[0] == "q" and model.q.shape == (4, 2)
    close(out.h, model.n(model.q.expand(3, -1, -1), given["x"]))


def test_an_exposed_port_of_a_layer_is_read_and_fed_under_its_layers_name() -> None:
    nodes = "cell: {layers: [{lstm: 2}]}\nb: {op: {linear: 1}}"
    variables = 'h: {kind: hidden, type: "real[T, 2]"}\nm: {kind: hidden, type: "real[T, 2]"}\ng: hidden'
    edges = (
        "x -> cell -> h\ncell.lstm.cell -> m\nh -[delay]-> cell.lstm.state\nm -[delay]-> cell.lstm.cell\nm -> b -> g"
    )
    model, given, out = run(sequence(nodes, edges, variables))
    cell = nn.LSTMCell(3, 2)
    cell.load_state_dict({key.rpartition(".")[2]: x for key, x in model.state_dict().items() if key.startswith("cell")})
    h = m = torch.zeros(3, 2)
    for t in range(6):
        h, m = cell(given["x"][:, t], (h, m))
        close(out.h[:, t], h)
        close(out.m[:, t], m)


def test_a_causal_convolution_on_a_cycle_reads_the_steps_so_far() -> None:
    nodes = "n: {layers: [concat, {conv1d: {channels: 2, kernel: 2, padding: causal}}, tanh]}"
    text = sequence(nodes, "x -> n -> h\nh -[delay]-> n", 'h: {kind: hidden, type: "real[T, 2]"}')
    model, given, out = run(text)
    h = torch.zeros(3, 1, 2)
    for t in range(6):
        now = torch.cat((given["x"][:, : t + 1], h), -1)
        h = torch.cat((h, torch.tanh(model.n.conv1d(now))[:, -1:]), 1)
    close(out.h, h[:, 1:])


def test_a_hidden_variable_that_nothing_computes_is_refused_though_its_type_is_stated() -> None:
    text = sequence(
        "n: {layers: [concat, {linear: 2}]}", "x, g -> n -> h", 'g: {kind: hidden, type: "real[T, 2]"}\nh: hidden'
    )
    assert [item.code for item in archgraph.check(text).diagnostics] == ["AG075"]


def test_weights_cannot_count_along_a_free_axis() -> None:
    text = sequence("n: {op: {linear: 2}}", "x -> n -> h", "h: hidden").replace("real[T, 3]", "real[T, width]")
    assert [item.code for item in archgraph.check(text).diagnostics] == ["AG070"]
