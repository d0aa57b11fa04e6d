"""`archgraph train` and `archgraph generate`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from archgraph.cli.job import rows_by_name
from archgraph.cli.train import NUMBERS
from archgraph.train.config import TrainConfig
from tests.cli.command import ROOT, Ran

Run = Callable[..., Ran]
SPEC = str(ROOT / "specs" / "story" / "language_model.yaml")
QUICK = ("--set", "width=8", "--set", "layers=1", "--set", "heads=2", "--batch", "4", "--window", "16")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text to learn from."""
    path = tmp_path_factory.mktemp("text") / "abc.txt"
    path.write_text("abc abd " * 200, encoding="utf-8")
    return path


def test_every_number_of_a_run_has_an_option() -> None:
    fields = {field.name for field in dataclasses.fields(TrainConfig)}
    assert fields == {"data", "out", *NUMBERS}


def test_a_run_is_trained_resumed_and_sampled(run: Run, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = (
        "train",
        SPEC,
        "--data",
        str(text),
        "--out",
        str(out),
        "--max-steps",
        "6",
        "--stop-after",
        "3",
        "--log-every",
        "2",
    )
    first = run(*words, *QUICK)
    assert first.status == 0, first.err
    assert (out / "step-000000003").is_dir() and (out / "curve.csv").exists()
    second = run("train", "--resume", str(out), "--stop-after", "3")
    assert second.status == 0, second.err
    assert "loss " in second.out
    assert (out / "step-000000006").is_dir()
    sampled = run("generate", str(out), "--prompt", "ab", "--max-length", "5")
    assert sampled.status == 0, sampled.err
    assert len(sampled.out.rstrip("\n")) == 7 and sampled.out.startswith("ab")
    assert run("generate", str(out), "--prompt", "ab", "--max-length", "5").out == sampled.out
    first = sampled.out[2]
    assert run("generate", str(out), "--prompt", "ab", "--max-length", "5", "--stop", first).out == "ab\n"
    refused = run("generate", str(out), "--stop", "ab")
    assert refused.status == 1 and "stop: 'ab' has 2 symbols, and must be one" in refused.err
    assert run("generate", str(out), "--seed", "-1").status == 2


def test_a_folder_with_a_run_is_not_overwritten(run: Run, text: Path, tmp_path: Path) -> None:
    words = ("train", SPEC, "--data", str(text), "--out", str(tmp_path), "--max-steps", "1", *QUICK)
    assert run(*words).status == 0
    ran = run(*words)
    assert ran.status == 1
    assert "hint: go on by archgraph train --resume " in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("spec.yaml",),
        ("--data", "x.txt"),
        ("spec.yaml", "--resume", "run"),
        ("--resume", "run", "--set", "width=3"),
        ("--resume", "run", "--variant", "tiny"),
        ("--resume", "run", "--out", "other"),
    ],
)
def test_train_says_what_it_needs(run: Run, words: tuple[str, ...]) -> None:
    assert run("train", *words).status == 2


def test_missing_data_is_a_fault_with_a_hint(run: Run, tmp_path: Path) -> None:
    ran = run("train", SPEC, "--data", str(tmp_path / "absent.txt"), "--out", str(tmp_path / "run"))
    assert ran.status == 1
    assert ran.err.startswith("error: ")


def test_generate_from_no_run_is_a_fault_with_a_hint(run: Run, tmp_path: Path) -> None:
    ran = run("generate", str(tmp_path))
    assert ran.status == 1
    assert "no checkpoint here" in ran.err


def test_inputs_are_read_by_name() -> None:
    assert rows_by_name(("x=ab=c", "x=d", "z=e", "z=")) == {"x": ["ab=c", "d"], "z": ["e", ""]}


@pytest.mark.parametrize("words", [("--input", "x"), ("--input", "x=a", "--input", "x=b", "--input", "z=c")])
def test_inputs_of_another_form_are_wrong_usage(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run("generate", str(tmp_path), *words).status == 2


def test_an_edited_spec_begins_with_the_weights_that_fit(run: Run, text: Path, tmp_path: Path) -> None:
    words = ("train", SPEC, "--data", str(text), "--max-steps", "2", "--log-every", "2")
    assert run(*words, *QUICK, "--out", str(tmp_path / "old")).status == 0
    more = (*QUICK, "--set", "layers=2", "--out", str(tmp_path / "new"), "--warm-start", str(tmp_path / "old"))
    ran = run(*words, *more)
    assert ran.status == 0, ran.err
    assert " loaded: 'encoder.embedding.tokens'" in ran.out and " fresh: 'predictor.repeat.1" in ran.out
    again = run("train", "--resume", str(tmp_path / "new"), "--warm-start", str(tmp_path / "old"))
    assert again.status == 2 and "--warm-start" in again.err


def test_a_latent_that_nothing_computes_is_placed_in_the_file(run: Run, text: Path, tmp_path: Path) -> None:
    spec = ROOT / "specs" / "story" / "latent_predictive.yaml"
    ran = run("train", str(spec), "--data", str(text), "--out", str(tmp_path / "run"))
    assert ran.status == 1 and "latent_predictive.yaml:" in ran.err.partition("error[AG038]")[0]
