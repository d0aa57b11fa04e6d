"""From a checkpoint back to a model that works on text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from archgraph.train.config import TrainConfig
from archgraph.train.errors import TrainError
from archgraph.train.progress import Quiet
from archgraph.train.record import Record
from archgraph.train.restore import Rows, Trained, restore
from archgraph.train.sample import Sampling
from archgraph.train.trainer import Job, train


def restored(job: Job, config: TrainConfig) -> Trained:
    train(job, config, show=Quiet())

    def build(record: Record) -> nn.Module:
        assert record.spec == job.spec
        return job.build(record.sizes)

    return restore(Path(config.out), build)


def test_pairs_are_answered_and_scored(pairs_model: tuple[Job, TrainConfig]) -> None:
    trained = restored(*pairs_model)
    said = trained.generate(rows=Rows({"x": ["c", "a", "b", "b"]}), sampling=Sampling(5))
    assert said == ["C", "A", "B", "B"]
    true = trained.energy({"x": ["a", "b"], "y": ["A", "B"]})
    assert (true < trained.energy({"x": ["a", "b"], "y": ["B", "A"]})).all()


def test_a_language_model_goes_on_from_its_prompts(language_model: Job, config: TrainConfig) -> None:
    trained = restored(language_model, replace(config, max_steps=3))
    prompts = ["the ", "the quick "]
    said = trained.generate(rows=Rows(prompts=prompts), sampling=Sampling(6, 1.0))
    assert len(said) == 2
    assert all(
        text.startswith(prompt) and len(text) <= len(prompt) + 6 for text, prompt in zip(said, prompts, strict=True)
    )
    assert len(trained.generate(rows=Rows(prompts=["", "", ""]), sampling=Sampling(2))) == 3
    assert len(trained.generate(sampling=Sampling(2))) == 1


def test_the_restored_model_is_the_trained_one(language_model: Job, config: TrainConfig) -> None:
    result = train(language_model, replace(config, max_steps=2), show=Quiet())
    trained = restore(Path(config.out), lambda record: language_model.build(record.sizes))
    y = trained.encode("y", ["the quick"])
    with torch.no_grad():
        assert torch.equal(trained.model(y=y).loss, result.model(y=y).loss)
    assert not trained.model.training


def test_faults_are_named(language_model: Job, config: TrainConfig) -> None:
    trained = restored(language_model, replace(config, max_steps=1))
    with pytest.raises(TrainError, match="no observed variable 'z'"):
        trained.encode("z", ["a"])
    with pytest.raises(TrainError, match="temperature is 0, and must be above 0"):
        trained.generate(sampling=Sampling(3, temperature=0))
    with pytest.raises(TrainError, match="prompt: symbol 'Q' at position 0"):
        trained.generate(rows=Rows(prompts=["Q"]))
    with pytest.raises(TrainError, match="stop: symbol 'Q' at position 0"):
        trained.generate(sampling=Sampling(3, stop="Q"))
    with pytest.raises(TrainError, match="y: symbol 'Q' at position 1"):
        trained.encode("y", ["aQ"])
    with pytest.raises(TrainError, match="the weights fit another model"):
        restore(Path(config.out), lambda record: nn.Linear(2, 2))
