"""The attention weights of runs: what they are, held against attention computed by hand, and their heat maps."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

import archgraph  # noqa: E402
from archgraph.compiler import RecordingError  # noqa: E402

STORY = Path(__file__).parents[2] / "specs" / "story"
ENC = "enc.repeat.0.residual.self_attention"
CROSS = "predictor.repeat.0.residual.cross_attention"


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def model():
    return archgraph.compile(STORY / "transformer.yaml", variant="tiny", seed=0).eval()


@pytest.fixture
def batch():
    """Two pairs of sentences, the second ones shorter."""
    generator = torch.Generator().manual_seed(1)
    x, y = (torch.randint(3, 32, (2, length), generator=generator) for length in (9, 7))
    x[1, 6:], y[1, 5:] = 0, 0
    return {"x": x, "y": y}


def test_rows_sum_to_one_and_padding_gets_nothing(model, batch) -> None:
    with archgraph.record(model) as found:
        model(**batch)
    assert found[CROSS].shape == (2, 2, 7, 9)
    assert len(found) == 3
    for weights in found.values():
        assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:-1]))
        assert (weights >= 0).all()
    assert (found[CROSS][1, :, :, 6:] == 0).all()
    assert (found[CROSS][0, :, :, 6:] > 0).all()


def test_causal_attention_has_zeros_above_the_diagonal(model, batch) -> None:
    with archgraph.record(model, "enc") as found:
        model(**batch)
    assert list(found) == [ENC]
    above = torch.ones(7, 7).triu(1).bool()
    assert (found[ENC][:, :, above] == 0).all()
    assert (found[ENC][0][:, ~above] > 0).all()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_causality_that_is_a_constant_of_the_source_is_seen(causal: bool, rate: float) -> None:
    spec = f"""
archgraph: 1
variables:
  x: {{kind: input, type: "real[S, 8]"}}
  h: hidden
nodes:
  encoder: {{role: encoder, layers: [{{self_attention: {{heads: 2, causal: {str(causal).lower()}, dropout: {rate}}}}}]}}
edges:
  - x -> encoder -> h
"""
    model = archgraph.compile(spec, seed=0).train()
    assert not hasattr(model.encoder.self_attention, "causal")
    with archgraph.record(model) as found:
        model(x=torch.ones(1, 4, 8))  # equal tokens, from which the output does not tell
    ones = torch.ones(4, 4).tril() if causal else torch.ones(4, 4)
    assert torch.allclose(found["encoder.self_attention"][0, 0], ones / ones.sum(-1, keepdim=True))
    assert model.encoder.self_attention.training


def test_weights_are_those_of_attention_computed_by_hand(model, batch) -> None:
    seen = []
    module = model.get_submodule(CROSS)
    hook = module.register_forward_pre_hook(lambda _, given: seen.append(given))
    with archgraph.record(model, "predictor") as found:
        model(**batch)
    hook.remove()
    (x, context, real), state = seen[0], module.state_dict()
    for sample in range(2):
        for head, rows in enumerate((slice(0, 16), slice(16, 32))):
            q = x[sample] @ state["q.weight"][rows].T + state["q.bias"][rows]
            k = context[sample] @ state["k.weight"][rows].T + state["k.bias"][rows]
            scores = (q @ k.T) / 4
            scores[:, ~real[sample]] = -torch.inf
            assert torch.allclose(found[CROSS][sample, head], scores.softmax(-1), atol=1e-6)


def test_recurrence_joins_its_steps(batch) -> None:
    model = archgraph.compile(STORY / "rnn_seq2seq.yaml", variant="tiny", seed=0).eval()
    with archgraph.record(model, "predictor") as found:
        model(**batch)
    weights = found["predictor.attention"]
    assert weights.shape == (2, 1, 7, 9)
    assert torch.allclose(weights.sum(-1), torch.ones(2, 1, 7))
    assert (weights[1, :, :, 6:] == 0).all()
    assert len(found.calls["predictor.attention"]) == 7


def test_row_with_nothing_to_read_is_zero(model, batch) -> None:
    batch["x"][1] = 0
    with archgraph.record(model, "predictor") as found:
        model(**batch)
    assert (found[CROSS][1] == 0).all()


def test_recording_changes_no_result_and_leaves_no_hook(model, batch) -> None:
    before = model(**batch)
    with archgraph.record(model):
        during = model(**batch)
    assert torch.equal(before.y_tilde, during.y_tilde)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_hooks_are_gone_after_an_error_too(model, batch) -> None:
    with pytest.raises(ZeroDivisionError), archgraph.record(model):
        raise ZeroDivisionError
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_each_run_displaces_the_one_before_and_gradients_still_flow(model, batch) -> None:
    with archgraph.record(model) as found:
        model(**batch)
        model(x=batch["x"], y=batch["y"][:, :4]).loss.backward()
    assert found[ENC].shape == (2, 2, 4, 4)
    assert not found[ENC].requires_grad
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_training_is_recorded_too(model, batch) -> None:
    model.train()
    with archgraph.record(model, CROSS) as found:
        model(**batch)
    assert torch.allclose(found[CROSS].sum(-1), torch.ones(2, 2, 7))


OPTIONS = {
    "rotary": "positions: rotary",
    "alibi": "positions: alibi",
    "relative": "positions: relative",
    "window": "window: 2",
    "shared keys": "kv_heads: 2",
    "capped": "softcap: 5.0",
    "normed": "qk_norm: rms",
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("causal", ["false", "true"])
def test_weights_give_the_output_whatever_the_options(options: str, causal: str) -> None:
    spec = f"""
archgraph: 1
variables:
  x: {{kind: input, type: "real[S, 16]", pad: lengths}}
  h: hidden
nodes:
  encoder: {{role: encoder, layers: [{{self_attention: {{heads: 4, causal: {causal}, {options}}}}}]}}
edges:
  - x -> encoder -> h
"""
    model = archgraph.compile(spec, seed=0).eval()
    x, lengths = torch.randn(2, 6, 16, generator=torch.Generator().manual_seed(2)), torch.tensor([6, 4])
    with archgraph.record(model) as found, torch.no_grad():
        h = model(x=x, lengths={"x": lengths}).h
        weights, module = found["encoder.self_attention"], model.encoder.self_attention
        state = module.state_dict()
        v = torch.nn.functional.linear(x, state["v.weight"], state["v.bias"]).unflatten(-1, (-1, 4)).transpose(1, 2)
        y = weights @ v.repeat_interleave(4 // v.shape[1], 1)
        again = module.out(y.transpose(1, 2).flatten(2))
    assert weights.shape == (2, 4, 6, 6)
    assert torch.allclose(again[0], h[0], atol=1e-5) and torch.allclose(again[1, :4], h[1, :4], atol=1e-5)
    if "window" in options:
        assert (weights[:, :, torch.ones(6, 6).tril(-2).bool()] == 0).all()


def test_part_without_attention_lists_those_that_have_some(model) -> None:
    with (
        pytest.raises(RecordingError, match=rf"no attention in 'decoder'; there is in: .*{ENC}"),
        archgraph.record(model, "decoder"),
    ):
        pass


def test_heat_maps_have_a_row_for_each_query_and_labels_where_given(model, batch, tmp_path: Path) -> None:
    with archgraph.record(model, "enc") as found:
        model(**batch)
    words = [f"word{index}" for index in range(7)]
    svg = found.show(ENC, sample=1, queries=words, keys=words).svg
    assert svg.count('data-kind="heat"') == 2 * (1 + 7) + 1
    assert 'aria-label="word0 reads word0 most, 1.00"' in svg
    for ending in ("svg", "png", "pptx"):
        found.render(ENC, tmp_path / f"heat.{ending}", theme="light")
        assert (tmp_path / f"heat.{ending}").stat().st_size > 1000


def test_wrong_labels_and_paths_are_named(model, batch) -> None:
    with archgraph.record(model, "enc") as found:
        with pytest.raises(RecordingError, match="there are: none yet"):
            found.show(ENC)
        model(**batch)
    with pytest.raises(RecordingError, match="has 7 keys, and 2 labels were given"):
        found.show(ENC, keys=["a", "b"])
    with pytest.raises(RecordingError, match=f"no weights of 'mine' were recorded; there are: {ENC}"):
        found.show("mine")


def test_samples_labels_and_models_that_are_none_are_named(model, batch) -> None:
    with archgraph.record(model, "enc") as found:
        model(**batch)
    for sample in (2, -1, 1.0, True):
        with pytest.raises(RecordingError, match=rf"sample is {sample}, and there are 2 samples, from 0 on"):
            found.show(ENC, sample=sample)
    for labels in (3, [1] * 7):
        with pytest.raises(RecordingError, match="queries must be labels, a list of strings"):
            found.show(ENC, queries=labels)
    with pytest.raises(RecordingError, match="title is 3, and must be a string"):
        found.show(ENC, title=3)
    none = pytest.raises(RecordingError, match="no attention in the model; there is in: no part")
    with none, archgraph.record(torch.nn.Linear(2, 2)):
        pass
    with pytest.raises(RecordingError, match="model is of type str, and must be"), archgraph.record("a.yaml"):
        pass
