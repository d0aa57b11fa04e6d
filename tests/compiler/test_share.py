"""`share: other_node`: the body and the weights of a node beside it, as often as `repeat` says."""

from __future__ import annotations

import pytest
import torch

import archgraph

ONE = """
archgraph: 1
variables:
  x: {{kind: input, type: "real[S, 8]"{padded}}}
  h: hidden
nodes:
  f: {body}
edges:
  - x -> f -> h
"""
TWO = """
archgraph: 1
variables:
  x: {{kind: input, type: "real[S, 8]"{x}}}
  z: {{kind: input, type: "real[T, 8]"{z}}}
  h: hidden
  k: hidden
nodes:
  f: {body}
  g: {{{repeat}share: f}}
edges:
  - x -> f -> h
  - z -> g -> k
"""
PADDED = ", pad: lengths"
BODIES = {
    "chain": "{layers: [{self_attention: {heads: 2}}, {residual: [layer_norm, {conv1d: {channels: 8, kernel: 3}}]}]}",
    "operation": "{op: {gru: 8}}",
    "role": "{role: encoder, layers: [{linear: 8}, batch_norm]}",
    "repeated": "{repeat: 2, layers: [{residual: [{self_attention: {heads: 2}}]}, {conv1d: {channels: 8, kernel: 3}}]}",
    "copies that share": "{repeat: 2, share: true, layers: [{self_attention: {heads: 2}}, tanh]}",
    "copies that differ": "{repeat: 2, layers: [{conv1d: {channels: 8, kernel: 3, dilation: index + 1}}]}",
    "layers in layers": "{layers: [{layers: [{linear: 4}, relu]}, {repeat: 2, layers: [{linear: 4}]}, {linear: 8}]}",
    "group": "{nodes: {a: {op: {self_attention: {heads: 2}}}, b: {op: add}}, edges: [in -> a, 'in, a -> b -> out']}",
}


def lengths(**given: int | None) -> dict[str, torch.Tensor] | None:
    """Lengths of two rows for the padded variables: the whole one, and the number."""
    return {name: torch.tensor([6, short]) for name, short in given.items() if short is not None} or None


def called(model: torch.nn.Module, padded: dict[str, torch.Tensor] | None, **given: torch.Tensor) -> object:
    """What a model gives in use."""
    with torch.no_grad():
        return model.eval()(**given, **({"lengths": padded} if padded else {}))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("padded", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("rounds", [None, 0, 1, 3])
def test_a_shared_node_computes_what_its_owner_computes(
    body: str, padded: tuple[bool, bool], rounds: int | None
) -> None:
    torch.manual_seed(0)
    first, second = (PADDED * each for each in padded)
    repeat = "" if rounds is None else f"repeat: {rounds}, "
    both = archgraph.compile(TWO.format(x=first, z=second, body=body, repeat=repeat), seed=0)
    alone = archgraph.compile(ONE.format(padded=second, body=body), seed=0)
    assert both.state_dict().keys() == alone.state_dict().keys()
    alone.load_state_dict(both.state_dict())
    x, z = torch.randn(2, 6, 8), torch.randn(2, 6, 8)
    given = lengths(x=3 if padded[0] else None, z=4 if padded[1] else None)
    found = called(both, given, x=x, z=z).k  # type: ignore[attr-defined]
    short = lengths(x=4 if padded[1] else None)
    real = torch.arange(6) < torch.tensor([[6], [4 if padded[1] else 6]])
    for _ in range(1 if rounds is None else rounds):
        z = called(alone, short, x=z).h  # type: ignore[attr-defined]
    torch.testing.assert_close(found[real], z[real])


def test_a_shared_node_may_give_more_outputs_than_are_read_of_its_owner() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  a: hidden
  b: hidden
  c: hidden
nodes:
  f: {role: encoder, layers: [{linear: 8}, {split: {mu: 4, v: 4}}]}
  g: {role: encoder, share: f}
edges:
  - x -> f
  - x -> g -> b|c
  - f.mu -> a
""".replace("x -> g -> b|c", "x -> g").replace("f.mu -> a", "f.mu -> a\n  - g.mu -> b\n  - g.v -> c")
    model = archgraph.compile(text, seed=0)
    out = model(x=torch.randn(2, 5, 8))
    torch.testing.assert_close(out.a, out.b)
    assert out.c.shape == (2, 5, 4)


def test_rounds_of_a_shared_node_give_their_balances_together() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  f: {repeat: 2, op: {mixture_of_experts: {experts: 4, hidden: 8}}}
  g: {repeat: 3, share: f}
  R: {role: regulariser, op: l1}
edges:
  - x -> f
  - x -> g -> h
  - g.balance -> R
"""
    model = archgraph.compile(text, seed=0).eval()
    seen = []
    for layer in model.f:
        layer.register_forward_hook(lambda _, x, out: seen.append(out[1]))
    out = model(x=torch.randn(2, 5, 8))
    assert len(seen) == 8
    torch.testing.assert_close(out.R, torch.stack(seen[2:]).sum(0).abs().sum(1))


CAUSAL = """
archgraph: 1
name: rounds
variables:
  y: {{kind: target, type: "tokens(9)[T]", pad: 0, start: 1, stop: 2}}
  y_tilde: prediction
nodes:
  encoder: {{role: encoder, op: {{embedding: 8}}}}
  f: {body}
  predictor: {{role: predictor, repeat: 3, share: f}}
  decoder: {{role: decoder, op: {{linear: 9}}}}
  C: {{role: cost, op: cross_entropy}}
edges:
  - y -[delay]-> encoder -> f -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""
STEPPED = {
    "operation": "{op: {gru: 8}}",
    "chain": "{layers: [{residual: [layer_norm, {gru: 8}]}, {conv1d: {channels: 8, kernel: 3, padding: causal}}]}",
    "repeated": "{repeat: 2, layers: [{residual: [layer_norm, {self_attention: {heads: 2, causal: true}}]}]}",
}


@pytest.mark.parametrize("body", STEPPED.values(), ids=STEPPED)
def test_rounds_of_a_shared_node_keep_a_state_each_when_they_go_by_steps(body: str) -> None:
    torch.manual_seed(0)
    model = archgraph.compile(CAUSAL.format(body=body), seed=0).double().eval()
    assert not any(name.startswith("predictor") for name in model.state_dict())
    y = torch.randint(3, 9, (2, 6))
    with torch.no_grad():
        stream = model.stream(batch=2)  # type: ignore[operator]
        found = [stream.step(), *(stream.step(y[:, t]) for t in range(5))]
        torch.testing.assert_close(torch.stack(found, 1), model(y=y).y_tilde)


def test_rounds_of_a_shared_node_stand_on_a_cycle() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: {kind: hidden, type: "real[T, 8]"}
nodes:
  f: {layers: [{linear: 8}, tanh]}
  g: {repeat: 2, share: f}
  sum: {op: add}
edges:
  - x -> f -> sum
  - h -[delay]-> sum
  - sum -> g -> h
"""
    model = archgraph.compile(text, seed=0)
    x = torch.randn(2, 5, 8)
    before, found = torch.zeros(2, 8), []
    for t in range(5):
        before = model.f(model.f(model.f(x[:, t]) + before))
        found.append(before)
    torch.testing.assert_close(model(x=x).h, torch.stack(found, 1))


def test_operations_of_shared_nodes_count_towards_the_limit() -> None:
    inner = "{op: {linear: 8}}"
    for _ in range(24):
        inner = f"{{nodes: {{a: {inner}, b: {{share: a}}}}, edges: [in -> a -> b -> out]}}"
    report = archgraph.check(ONE.format(padded="", body=inner))
    assert [item.fault.code for item in report][:1] == ["AG036"]


def test_a_shared_node_is_counted_in_work_and_not_in_parameters() -> None:
    text = TWO.format(x="", z="", body="{repeat: 2, layers: [{linear: 8}, tanh]}", repeat="repeat: 3, ")
    rows = {row.path: row for row in archgraph.summary(text).rows}
    assert rows["g"].parameters.constant == 0
    flops = {name: rows[name].flops.value({"S": 5, "T": 5}) for name in ("f", "g")}
    assert flops["g"] == 3 * flops["f"]
