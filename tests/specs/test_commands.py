"""Every spec of the story that learns does so from a file, by the command line."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from archgraph.cli import main
from tests.specs.samples import SPECS, TRAINED, values

TEXTS = ("language_model", "sequence_autoencoder")
QUICK = ("--max-steps", "3", "--batch", "4", "--window", "8", "--variant", "tiny")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pairs(name: str) -> str:
    chance = random.Random(0)
    words = ["".join(chance.choices("abcd", k=chance.randint(1, 6))) for _ in range(60)]
    if name == "bag_of_words":
        return "".join(f"{word} and {word}\t{'long' if len(word) > 3 else 'short'}\n" for word in words)
    return "".join(f"{word}\t{' '.join(reversed(word))}\n" for word in words)


def data(name: str, folder: Path) -> Path:
    """A file of the form that a spec learns from."""
    given = values(name)
    if any(value.is_floating_point() for value in given.values()):
        path = folder / "data.npz"
        np.savez(path, **{key: np.repeat(value.numpy(), 4, axis=0) for key, value in given.items()})
        return path
    path = folder / "data.txt"
    text = "to be or not to be. " * 40 if name in TEXTS else pairs(name)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


@pytest.mark.parametrize("name", TRAINED)
def test_a_spec_is_trained_from_a_file(name: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    words = ["train", str(SPECS[name]), "--data", str(data(name, tmp_path)), "--out", str(run), *QUICK]
    assert main(words) == 0
    assert (run / "curve.csv").is_file()


@pytest.mark.parametrize("name", ["rnn_seq2seq", "pronunciation", "transformer_interleaved"])
def test_a_trained_translator_answers(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(tmp_path / "run")
    main(["train", str(SPECS[name]), "--data", str(data(name, tmp_path)), "--out", run, *QUICK])
    capsys.readouterr()
    assert main(["generate", run, "abcd", "dcba", "--max-length", "4"]) == 0
    assert len(capsys.readouterr().out.split("\n")) == 3
