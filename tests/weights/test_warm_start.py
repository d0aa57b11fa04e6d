"""After an edit, what still fits is loaded, and the rest is reported."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

import archgraph
from tests.weights.checkpoints import SPEC, tensors

OWN = SPEC.partition("weights:")[0]
EDITED = OWN.replace("{feed_forward: {hidden: hidden}}", "{feed_forward: {hidden: 20}}").replace(
    "layers: 1", "layers: 2"
)


def test_keeps_what_fits_by_name_and_shape(tmp_path: Path) -> None:
    old = archgraph.compile(OWN, seed=0)
    save_file({**old.state_dict(), "gone.weight": torch.zeros(1)}, tmp_path / "old.safetensors")
    model, account = archgraph.warm_start(EDITED, tmp_path / "old.safetensors", seed=3)
    state, fresh = model.state_dict(), archgraph.compile(EDITED, seed=3).state_dict()
    kept = {taken.name for taken in account.loaded}
    assert "encoder.embedding.tokens" in kept and "predictor.0.residual.self_attention.q.weight" in kept
    assert all(torch.equal(state[name], old.state_dict()[name]) for name in kept)
    rest = set(state) - kept
    assert all(torch.equal(state[name], fresh[name]) for name in rest)
    unfit = {taken.name for taken in account.unfit}
    assert unfit == {
        f"predictor.0.residual_2.feed_forward.{part}" for part in ("inner.weight", "inner.bias", "outer.weight")
    }
    assert {name for name, _ in account.missing} == {name for name in rest if name.startswith("predictor.1")}
    assert account.extra == ("gone.weight",)
    told = str(account)
    assert "3 of another shape, fresh" in told and "1 extra: 'gone.weight'" in told


def test_an_edited_spec_of_a_published_model_takes_its_rules(published: Path) -> None:
    spec = SPEC.replace("      - residual: [{feed_forward", "      - relu\n      - residual: [{feed_forward")
    spec = spec.replace("{linear: {width: vocab, bias: false}}", "{linear: {width: vocab}}")
    model, account = archgraph.warm_start(spec, published, seed=0)
    assert [name for name, _ in account.missing] == ["decoder.linear.bias"]
    assert torch.equal(model.state_dict()["encoder.embedding.tokens"], tensors()["model.wte.weight"][0])
