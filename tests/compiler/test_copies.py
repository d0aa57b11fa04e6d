"""What the copies of a repeat give together, besides their result."""

from __future__ import annotations

import pytest
import torch

import archgraph

SPEC = """
archgraph: 1
name: experts
params: {copies: 3}
variables:
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, op: {embedding: 8}}
  predictor:
    role: predictor
    layers:
      - repeat: copies
        layers:
          - residual: [layer_norm, {self_attention: {heads: 2, causal: true}}]
          - residual: [layer_norm, {mixture_of_experts: {experts: 4, hidden: 8}}]
  decoder: {role: decoder, op: {linear: 9}}
  C: {role: cost, op: cross_entropy}
  R: {role: regulariser, op: l1, weight: 0.01}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
  - predictor.repeat.residual_2.mixture_of_experts.balance -> R
"""
ALONE = (
    SPEC.replace("      - repeat: copies\n        layers:\n", "")
    .replace("          - residual", "      - residual")
    .replace("predictor.repeat.residual_2", "predictor.residual_2")
)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def test_balances_of_all_copies_are_summed() -> None:
    model = archgraph.compile(SPEC, seed=0).double().eval()
    y = torch.randint(3, 9, (2, 6))
    seen = []
    for name, module in model.named_modules():
        if name.endswith("mixture_of_experts"):
            module.register_forward_hook(lambda _, x, out: seen.append(out[1]))
    out = model(y=y)
    assert len(seen) == 3
    torch.testing.assert_close(out.R, torch.stack(seen).sum(0).abs().sum(1))
    assert set(out.losses) == {"C", "R"}
    out.loss.backward()
    assert all(parameter.grad is not None for name, parameter in model.named_parameters() if "router" in name)


def test_one_copy_gives_what_the_body_gives_alone() -> None:
    y = torch.randint(3, 9, (2, 6))
    repeated, alone = archgraph.compile(SPEC, params={"copies": 1}, seed=0), archgraph.compile(ALONE, seed=0)
    weights = {name.replace("predictor.", "predictor.repeat.0."): w for name, w in alone.state_dict().items()}
    repeated.load_state_dict(weights)
    torch.testing.assert_close(repeated(y=y).R, alone(y=y).R)


def test_a_repeated_operation_of_several_outputs_passes_its_result_on() -> None:
    text = SPEC.replace("predictor.repeat.residual_2.mixture_of_experts.balance", "experts.balance").replace(
        "predictor -> decoder", "predictor -> experts -> decoder"
    )
    text = text.replace(
        "  decoder: {", "  experts: {repeat: 2, op: {mixture_of_experts: {experts: 4, hidden: 8}}}\n  decoder: {", 1
    )
    model = archgraph.compile(text, seed=0)
    out = model(y=torch.randint(3, 9, (2, 6)))
    assert out.R.shape == (2,)


def test_such_models_stream_and_run_again_for_their_gradients() -> None:
    y = torch.randint(3, 9, (2, 6))
    whole, again = (archgraph.compile(SPEC, seed=0, recompute=r) for r in (False, True))
    torch.testing.assert_close(again(y=y).loss, whole(y=y).loss)
    model = whole.double().eval()
    with torch.no_grad():
        stream = model.stream(batch=2)  # type: ignore[operator]
        found = [stream.step(), *(stream.step(y[:, t]) for t in range(5))]
        torch.testing.assert_close(torch.stack(found, 1), model(y=y).y_tilde)


def test_what_only_a_copy_has_is_no_port_of_the_repeat() -> None:
    text = SPEC.replace("{self_attention: {heads: 2, causal: true}}", "{gru: 8}").replace(
        "residual_2.mixture_of_experts.balance -> R", "residual.gru.nothing -> R"
    )
    report = archgraph.check(text)
    assert not report.ok
    assert "nothing" in str(next(iter(report)).message)


def test_a_repeat_of_no_copies_gives_nothing_together() -> None:
    text = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  f: {repeat: 2, layers: [{repeat: 0, layers: [{mixture_of_experts: {experts: 2, hidden: 4}}]}, {linear: 8}]}
edges: [x -> f -> h]
"""
    model = archgraph.compile(text, seed=0)
    assert sorted(model.state_dict()) == [f"f.{copy}.linear.{name}" for copy in "01" for name in ("bias", "weight")]
    assert model(x=torch.randn(2, 3, 8)).h.shape == (2, 3, 8)


def test_copies_that_are_alike_by_a_list_are_one_class_and_stream() -> None:
    text = SPEC[: SPEC.index("    layers:\n      - repeat")] + "    layers:\n      - repeat: 4\n        layers:\n"
    text += "          - self_attention: {heads: 2, causal: true, window: [0, 3], positions: [none, rotary]}\n"
    text += (
        SPEC[SPEC.index("  decoder:") : SPEC.index("  R:")] + SPEC[SPEC.index("edges:") : SPEC.index("  - predictor.")]
    )
    model = archgraph.compile(text, seed=0).double().eval()
    layers = [type(layer) for layer in model.predictor.repeat]
    assert layers[0] is layers[2] and layers[1] is layers[3] and layers[0] is not layers[1]
    y = torch.randint(3, 9, (2, 7))
    stream = model.stream(batch=2, capacity=7)
    steps = [stream.step(), *(stream.step(y[:, place]) for place in range(6))]
    torch.testing.assert_close(torch.stack(steps, 1), model(y=y).y_tilde, rtol=0, atol=1e-12)
