"""Weights of published checkpoints reach their places, whatever their form in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import archgraph
from archgraph.weights import memory
from archgraph.weights.errors import WeightsError
from archgraph.weights.fill import blank
from tests.weights.checkpoints import SPEC, publish, publish_shards, tensors


def test_every_weight_is_the_tensor_that_the_rules_say(published: Path) -> None:
    state = archgraph.compile(SPEC, weights=published).state_dict()
    given = tensors()
    assert torch.equal(state["encoder.embedding.tokens"], given["model.wte.weight"][0])
    fused, bias = given["model.h.1.attn.c_attn.weight"], given["model.h.1.attn.c_attn.bias"]
    for place, part in enumerate("qkv"):
        rows = slice(6 * place, 6 * place + 6)
        assert torch.equal(state[f"predictor.1.residual.self_attention.{part}.weight"], fused[:, rows].t())
        assert torch.equal(state[f"predictor.1.residual.self_attention.{part}.bias"], bias[rows])
    assert torch.equal(state["predictor.0.residual_2.feed_forward.inner.weight"], given["model.h.0.up.weight"])
    assert torch.equal(state["predictor.0.residual.self_attention.out.bias"], given["model.h.0.attn.c_proj.bias"])


def test_sizes_come_from_the_config_and_yield_to_what_is_given(published: Path) -> None:
    model = archgraph.compile(SPEC, weights=published)
    assert model.predictor[1].residual["layer_norm"].eps == 1e-3
    assert model.encoder.embedding.tokens.shape == (11, 6)
    with pytest.raises(WeightsError, match=r"'model.wte.weight' is \[1, 11, 6\]"):
        archgraph.compile(SPEC, weights=published, params={"vocab": 12})


def test_the_account_has_every_tensor_and_every_weight(published: Path) -> None:
    account = archgraph.account(SPEC, published)
    names = archgraph.compile(SPEC, weights=published).state_dict().keys()
    assert sorted(taken.name for taken in account.loaded) == sorted(names)
    assert [stored.name for stored, _ in account.tied] == ["head.weight"]
    assert account.unused == ("model.h.0.attn.mask", "model.h.1.attn.mask", "pooler.dense.bias")
    used = {taken.stored.name for taken in account.loaded} | {"head.weight", *account.unused}
    assert used == set(tensors())
    assert "1 tied: 'head.weight'" in str(account)


def test_a_model_with_weights_computes_trains_and_saves(published: Path) -> None:
    model = archgraph.compile(SPEC, weights=published)
    y = torch.randint(1, 11, (2, 7))
    model(y=y).loss.backward()
    assert all(weight.grad is not None and weight.is_leaf for weight in model.parameters())
    storages = [weight.untyped_storage() for weight in model.parameters()]
    assert all(each.nbytes() == 4 * weight.numel() for each, weight in zip(storages, model.parameters(), strict=True))
    other = archgraph.compile(SPEC, params={"vocab": 11, "width": 6, "layers": 2, "epsilon": 1e-3})
    other.load_state_dict(model.state_dict())
    assert torch.equal(other(y=y).loss, model(y=y).loss)


def test_shards_give_the_same_model(tmp_path: Path) -> None:
    whole = archgraph.compile(SPEC, weights=publish(tmp_path / "one")).state_dict()
    parts = archgraph.compile(SPEC, weights=publish_shards(tmp_path / "two")).state_dict()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_types_become_that_of_the_model(dtype: torch.dtype, tmp_path: Path) -> None:
    given = {name: value.to(dtype) for name, value in tensors().items()}
    state = archgraph.compile(SPEC, weights=publish(tmp_path / "x", given)).state_dict()
    assert state["predictor.0.residual.layer_norm.bias"].dtype == torch.float32
    assert torch.equal(state["predictor.0.residual.layer_norm.bias"], given["model.h.0.ln.bias"].float())


def test_weights_are_read_in_the_type_that_is_asked_for(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[torch.dtype] = []
    empty = memory.rooms
    monkeypatch.setattr(memory, "rooms", lambda like: made.extend(each.dtype for each in like) or empty(like))
    half = archgraph.compile(SPEC, weights=published, dtype=torch.bfloat16).state_dict()
    assert set(made) == {torch.bfloat16}
    whole = archgraph.compile(SPEC, weights=published).state_dict()
    assert all(torch.equal(half[name], value.to(torch.bfloat16)) for name, value in whole.items())


def test_the_axes_of_a_tensor_may_come_in_another_order(tmp_path: Path) -> None:
    rule, twin = "    predictor.*.residual_2.feed_forward.inner: h.*.up\n", "{from: h.*.up, axes: [2, 0, 1]}\n"
    given = tensors()
    inner = torch.randn(4, 6, 6)  # becomes (6, 4, 6), and then (24, 6)
    given |= {f"model.h.{layer}.up.weight": inner.clone() for layer in range(2)}
    spec = SPEC.replace(rule, rule.replace("h.*.up\n", twin))
    state = archgraph.compile(spec, weights=publish(tmp_path / "x", given)).state_dict()
    assert torch.equal(state["predictor.1.residual_2.feed_forward.inner.weight"], inner.permute(2, 0, 1).reshape(24, 6))
    assert torch.equal(state["predictor.0.residual_2.feed_forward.inner.bias"], given["model.h.0.up.bias"])


def test_names_may_come_without_the_prefix(tmp_path: Path) -> None:
    given = {name.removeprefix("model."): value for name, value in tensors().items()}
    assert not archgraph.account(SPEC, publish(tmp_path / "x", given)).missing


def test_the_last_part_of_a_name_may_have_another_word(tmp_path: Path) -> None:
    given = {name.replace("ln.weight", "ln.gamma").replace("ln.bias", "ln.beta"): v for name, v in tensors().items()}
    state = archgraph.compile(SPEC, weights=publish(tmp_path / "x", given)).state_dict()
    assert torch.equal(state["predictor.1.residual.layer_norm.bias"], given["model.h.1.ln.beta"])


def test_a_part_inside_a_name_may_have_another_word(tmp_path: Path) -> None:
    given = {name.replace(".attn.", ".self.mix."): value for name, value in tensors().items()}
    spec = SPEC.replace("aliases: {", "aliases: {attn: self.mix, ").replace("h.*.attn.mask", "h.*.self.mix.mask")
    state = archgraph.compile(spec, weights=publish(tmp_path / "x", given)).state_dict()
    assert torch.equal(state["predictor.1.residual.self_attention.out.bias"], given["model.h.1.self.mix.c_proj.bias"])


def test_what_the_rules_leave_out_is_drawn_afresh(published: Path) -> None:
    spec = SPEC.replace("    predictor.*.residual.layer_norm: h.*.ln\n", "    predictor.*.residual.layer_norm: null\n")
    spec = spec.replace("unused: [", "unused: [h.*.ln, ")
    account = archgraph.account(spec, published)
    assert account.fresh[0] == "predictor.0.residual.layer_norm.weight" and len(account.fresh) == 4
    state = archgraph.compile(spec, weights=published).state_dict()
    assert torch.equal(state["predictor.1.residual.layer_norm.weight"], torch.ones(6))


def test_a_file_with_the_names_of_the_spec_needs_no_rules(tmp_path: Path) -> None:
    spec = SPEC.partition("weights:")[0]
    model = archgraph.compile(spec, seed=0)
    save_file(model.state_dict(), tmp_path / "mine.safetensors")
    twin = archgraph.compile(spec, weights=tmp_path / "mine.safetensors")
    assert all(torch.equal(value, twin.state_dict()[name]) for name, value in model.state_dict().items())


def test_arrays_of_numpy_are_read_by_the_rules(tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "x.npz", **{name: value.numpy() for name, value in tensors().items()})
    params = {"vocab": 11, "width": 6, "layers": 2}
    state = archgraph.compile(SPEC, weights=tmp_path / "x.npz", params=params).state_dict()
    assert torch.equal(state["predictor.1.residual.layer_norm.weight"], tensors()["model.h.1.ln.weight"])


def test_a_blank_model_takes_no_memory_but_for_tables() -> None:
    model = blank(lambda: archgraph.compile(SPEC, params={"width": 64}))
    assert all(weight.is_meta for weight in model.parameters() if weight.dim() > 1)
    assert not model.encoder.embedding.table.is_meta
