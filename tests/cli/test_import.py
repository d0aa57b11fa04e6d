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
    assert {"bert", "clip", "gpt2", "mistral", "t5", "vit"} <= found.keys() and found["llama"] == "llama3"
