"""The scripts under `examples/`."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.train.config import TrainConfig
from archgraph.train.progress import Quiet
from archgraph.train.restore import restore
from archgraph.train.trainer import Job, train

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Dataclasses look their own module up.
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def evaluation() -> Iterator[ModuleType]:
    yield load("evaluate_phonemes")
    del sys.modules["evaluate_phonemes"]


def test_pairs_keep_plain_words_and_their_first_pronunciation() -> None:
    script = load("cmudict_pairs")
    dictionary = {"ab": [["AE1", "B"], ["EY0", "B"]], "a": [["AH0"]], "o'b": [["OW1"]], "aa1": [["AA1"]]}
    assert script.pairs(dictionary) == [("ab", "AE B")]
    assert script.pairs(dictionary, stress=True) == [("ab", "AE1 B")]


def test_the_split_holds_out_a_seeded_choice() -> None:
    script = load("cmudict_pairs")
    rows = [(f"w{i:03}", "X") for i in range(100)]
    train_rows, held = script.split(rows, held_out=20, seed=0)
    assert len(held) == 20
    assert sorted(train_rows + held) == rows
    assert script.split(rows, held_out=20, seed=0) == (train_rows, held)
    assert script.split(rows, held_out=20, seed=1)[1] != held


WORDS = st.lists(st.sampled_from("abc"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS, WORDS)
def test_edits_are_a_distance(a: list[str], b: list[str], c: list[str]) -> None:
    edits = load("evaluate_phonemes").edits
    assert edits(a, b) == edits(b, a)
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, c) <= edits(a, b) + edits(b, c)
    assert edits(a, []) == len(a)


def test_edits_of_a_known_pair(evaluation: ModuleType) -> None:
    assert evaluation.edits("kitten", "sitting") == 3


def test_a_model_that_copies_makes_no_error(evaluation: ModuleType, pairs_model: tuple[Job, TrainConfig]) -> None:
    job, config = pairs_model
    train(job, config, show=Quiet())
    trained = restore(Path(config.out), lambda record: job.build(record.sizes))
    report = evaluation.evaluate(trained, [("a", "A"), ("b", "B"), ("c", "C")])
    assert (report.phoneme_error, report.word_error, report.lower_energy) == (0.0, 0.0, 1.0)
    wrong = evaluation.evaluate(trained, [("a", "B"), ("b", "B")])
    assert wrong.phoneme_error == 0.5
