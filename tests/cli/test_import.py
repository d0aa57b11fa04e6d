"""`archgraph import`: the spec of a published checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import archgraph
from archgraph.cli.library import families
from archgraph.compiler import program
from tests.cli.command import Ran

Run = Callable[..., Ran]
GPT2 = {"model_type": "gpt2", "vocab_size": 64, "n_embd": 32, "n_head": 4, "n_layer": 2, "n_positions": 40}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(GPT2), encoding="utf-8")
    return path


def test_writes_a_spec_of_the_family_at_the_sizes_of_the_config(run: Run, config: Path, tmp_path: Path) -> None:
    ran = run("import", str(config), "-o", str(tmp_path / "mine.yaml"))
    assert (ran.status, ran.err) == (0, "")
    found = program(tmp_path / "mine.yaml")
    assert found.graph.name == "mine" and found.graph.weights is not None
    assert {"vocab": 64, "width": 32, "hidden": 128, "length": 40}.items() <= found.graph.params.items()
    assert archgraph.check(tmp_path / "gpt2.yaml").ok


def test_overwrites_nothing(run: Run, config: Path, tmp_path: Path) -> None:
    (tmp_path / "gpt2.yaml").write_text("mine", encoding="utf-8")
    ran = run("import", str(config), "-o", str(tmp_path / "mine.yaml"))
    assert ran.status == 2 and "gpt2.yaml' is there already" in ran.err
    assert not (tmp_path / "mine.yaml").exists()
    assert run("import", str(config), "-o", str(tmp_path / "gpt2.yaml")).status == 2


def test_an_unknown_family_is_met_with_the_nearest_one(run: Run, config: Path) -> None:
    config.write_text(json.dumps({**GPT2, "model_type": "gpt_2"}), encoding="utf-8")
    ran = run("import", str(config))
    assert ran.status == 1
    assert "is of the family 'gpt_2'" in ran.err and "did you mean 'gpt2'?" in ran.err and "bert" in ran.err


def test_sizes_that_make_no_model_are_told_at_their_place(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(json.dumps({**GPT2, "n_head": 5}), encoding="utf-8")
    ran = run("import", str(config), "-o", str(tmp_path / "mine.yaml"))
    assert ran.status == 1 and "5 heads do not divide the width 32" in ran.err
    assert not (tmp_path / "mine.yaml").exists()


def test_every_family_has_its_spec() -> None:
    found = {family: spec.name for family, spec in families().items()}
    assert {"bert", "clip", "detr", "gpt2", "mistral", "t5", "vit"} <= found.keys()
    assert (found["llama"], found["vit_mae"], found["perceiver"]) == ("llama3", "mae", "perceiver_io")


# As the hub has them, without what says nothing of sizes.
MAE = {"image_size": 224, "patch_size": 16, "mask_ratio": 0.75, "norm_pix_loss": False, "hidden_act": "gelu"}
MAE |= {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
MAE |= {"decoder_hidden_size": 512, "decoder_num_hidden_layers": 8, "decoder_num_attention_heads": 16}
MAE |= {"decoder_intermediate_size": 2048, "layer_norm_eps": 1e-12, "num_channels": 3, "qkv_bias": True}
PERCEIVER = {"vocab_size": 262, "max_position_embeddings": 2048, "d_model": 768, "num_latents": 256, "num_blocks": 1}
PERCEIVER |= {"d_latents": 1280, "num_self_attends_per_block": 26, "num_self_attention_heads": 8, "qk_channels": 256}
PERCEIVER |= {"num_cross_attention_heads": 8, "v_channels": 1280}
DETR = {"d_model": 256, "num_queries": 100, "encoder_layers": 6, "decoder_layers": 6, "backbone": "resnet101"}
DETR |= {"encoder_attention_heads": 8, "decoder_attention_heads": 8, "encoder_ffn_dim": 2048, "dropout": 0.1}
DETR |= {"id2label": {str(number): f"thing {number}" for number in range(91)}}


@pytest.mark.parametrize(
    ("family", "given", "sizes"),
    [
        (
            "vit_mae",
            MAE,
            {"width": 1024, "layers": 24, "keep": 49, "patches": 196, "hidden": 4096, "small_hidden": 2048},
        ),
        ("vit_mae", {**MAE, "mask_ratio": 0.6}, {"keep": 78}),
        ("perceiver", PERCEIVER, {"width": 1280, "model": 768, "length": 2048, "keys": 256, "layers": 26}),
        ("detr", DETR, {"channels": 2048, "classes": 92, "width": 256, "asking": 8, "cells": 1024}),
        ("detr", {**DETR, "decoder_attention_heads": 4, "num_labels": 20}, {"classes": 21, "asking": 4, "heads": 8}),
    ],
)
def test_a_checkpoint_of_the_hub_becomes_a_spec_of_its_sizes(
    family: str, given: dict[str, object], sizes: dict[str, int], run: Run, config: Path, tmp_path: Path
) -> None:
    config.write_text(json.dumps({"model_type": family, **given}), encoding="utf-8")
    ran = run("import", str(config), "-o", str(tmp_path / "mine.yaml"))
    assert (ran.status, ran.err) == (0, "")
    assert sizes.items() <= program(tmp_path / "mine.yaml").graph.params.items()
    assert archgraph.check(tmp_path / "mine.yaml").ok
