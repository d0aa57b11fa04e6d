"""Runs from end to end."""

from __future__ import annotations

import _thread
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from archgraph.train.config import TrainConfig
from archgraph.train.errors import TrainError
from archgraph.train.progress import Quiet
from archgraph.train.record import read
from archgraph.train.trainer import Job, TrainResult, resume_command, train


def run(job: Job, config: TrainConfig, resume: bool = False) -> TrainResult:
    return train(job, config, resume=resume, show=Quiet())


def weights(result: TrainResult) -> dict[str, Tensor]:
    return result.model.state_dict()


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return all(torch.equal(a[name], b[name]) for name in {**a, **b})


def test_learns_and_leaves_a_checkpoint_and_curves(language_model: Job, config: TrainConfig) -> None:
    result = run(language_model, replace(config, max_steps=60))
    losses = [point.train for point in result.record.position.points if point.train is not None]
    assert losses[-1] < losses[0] - 0.5
    assert result.valid_loss is not None
    assert result.valid_loss < losses[0]
    assert result.resume_command == ""
    assert not result.interrupted
    assert {path.name for path in result.curves} == {"curve.csv", "curve.svg", "curve.png"}
    assert all(path.stat().st_size > 100 for path in result.curves)


@pytest.mark.parametrize("stops", [[10], [6, 3, 1]])
def test_stopped_and_resumed_equals_uninterrupted(
    language_model: Job, config: TrainConfig, tmp_path: Path, stops: list[int]
) -> None:
    whole = run(language_model, replace(config, out=str(tmp_path / "whole")))
    for number, steps in enumerate(stops):
        assert run(language_model, replace(config, stop_after=steps), resume=number > 0).resume_command
    torch.manual_seed(12345)  # A resumed run must not lean on the generator it finds.
    parts = run(language_model, config, resume=True)
    assert same(weights(whole), weights(parts))
    (a, first), (b, second) = read(tmp_path / "whole"), read(Path(config.out))
    assert a.position.step == b.position.step == 20
    assert same(dict(first.tensors["optimizer"]), dict(second.tensors["optimizer"]))
    assert first.state["random"] == second.state["random"]
    assert [replace(p, seconds=0.0) for p in a.position.points] == [replace(p, seconds=0.0) for p in b.position.points]


def test_another_seed_gives_other_weights(language_model: Job, config: TrainConfig, tmp_path: Path) -> None:
    first = run(language_model, replace(config, max_steps=2))
    second = run(language_model, replace(config, max_steps=2, seed=1, out=str(tmp_path / "other")))
    assert not same(weights(first), weights(second))


def test_validation_leaves_training_alone(language_model: Job, config: TrainConfig, tmp_path: Path) -> None:
    often = run(language_model, replace(config, valid_every=1))
    seldom = run(language_model, replace(config, valid_every=1000, out=str(tmp_path / "other")))
    assert same(weights(often), weights(seldom))


def test_bf16_learns_and_resumes_bit_for_bit(language_model: Job, config: TrainConfig, tmp_path: Path) -> None:
    mixed = replace(config, precision="bf16")
    whole = run(language_model, replace(mixed, out=str(tmp_path / "whole")))
    run(language_model, replace(mixed, stop_after=7))
    parts = run(language_model, mixed, resume=True)
    assert same(weights(whole), weights(parts))
    assert all(value.dtype == torch.float32 for value in weights(whole).values())
    assert not same(weights(whole), weights(run(language_model, replace(config, out=str(tmp_path / "full")))))


def test_a_failed_run_keeps_its_last_checkpoint(language_model: Job, config: TrainConfig) -> None:
    def build(sizes: Mapping[str, int]) -> nn.Module:
        return Failing(language_model.build(sizes), 9)

    with pytest.raises(TrainError, match=r"step 9: the loss is nan: first made by node 'inner.decoder'"):
        run(replace(language_model, build=build), config)
    assert read(Path(config.out))[0].position.step == 6


class Failing(nn.Module):
    """Spoils a weight of its inner model before one call."""

    def __init__(self, inner: nn.Module, call: int) -> None:
        super().__init__()
        self.inner, self.call, self.calls = inner, call, 0

    def forward(self, y: Tensor) -> object:
        self.calls += self.training
        if self.calls == self.call:
            self.inner.decoder.weight.data[0, 0] = torch.nan
        return self.inner(y)


class Interrupting(nn.Module):
    """Sends Ctrl-C to its own process in one forward pass."""

    def __init__(self, inner: nn.Module, call: int) -> None:
        super().__init__()
        self.inner, self.call, self.calls = inner, call, 0

    def forward(self, y: Tensor) -> object:
        self.calls += 1
        if self.calls == self.call:
            _thread.interrupt_main()
        return self.inner(y)


def test_ctrl_c_finishes_the_step_and_saves(
    language_model: Job, config: TrainConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    job = replace(language_model, build=lambda sizes: Interrupting(language_model.build(sizes), 5))
    result = train(job, config)
    assert result.interrupted
    assert result.record.position.step == 5
    assert read(Path(config.out))[0].position.step == 5
    assert f"to go on: {resume_command(Path(config.out))}" in capsys.readouterr().err
    whole = run(language_model, replace(config, out=config.out + "-whole"))
    resumed = run(replace(job, build=lambda sizes: Interrupting(language_model.build(sizes), -1)), config, True)
    assert same(whole.model.state_dict(), resumed.model.inner.state_dict())


class Exploding(nn.Linear):
    """A layer that overflows from a certain call on."""

    calls = 0

    def forward(self, input: Tensor) -> Tensor:
        """Return the features, infinite from the fourth call on."""
        self.calls += 1
        return super().forward(input) * (float("inf") if self.calls > 3 else 1.0)


def test_a_loss_that_is_not_finite_names_the_first_node(language_model: Job, config: TrainConfig) -> None:
    def build(sizes: Mapping[str, int]) -> nn.Module:
        model = language_model.build(sizes)
        model.dropout = nn.Sequential()
        model.dropout.add_module("linear", Exploding(16, 16))
        return model

    with pytest.raises(TrainError, match=r"step 4: the loss is (nan|inf): first made by node 'dropout.linear'"):
        run(replace(language_model, build=build), config)


class RootAtZero(nn.Module):
    """Finite forward, infinite gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.scale.sqrt()


def test_a_gradient_that_is_not_finite_is_named(language_model: Job, config: TrainConfig) -> None:
    def build(sizes: Mapping[str, int]) -> nn.Module:
        model = language_model.build(sizes)
        model.dropout = RootAtZero()
        return model

    with pytest.raises(TrainError, match=r"step 1: the gradient of '.*' is not finite"):
        run(replace(language_model, build=build), config)


def test_a_batch_that_the_model_refuses_is_a_fault_of_the_data(language_model: Job, config: TrainConfig) -> None:
    class Short(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = language_model.build({"vocab": 40})

        def forward(self, y: Tensor) -> object:
            if y.shape[1] > 4:
                raise ValueError(f"{y.shape[1]} positions, but the table has 4")
            return self.inner(y)

    job = replace(language_model, build=lambda _: Short())
    with pytest.raises(TrainError, match="the model refuses the data: 16 positions, but the table has 4"):
        run(job, config)


def test_refuses_to_write_over_a_run(language_model: Job, config: TrainConfig) -> None:
    run(language_model, replace(config, max_steps=1))
    with pytest.raises(TrainError, match="holds a run already"):
        run(language_model, config)


def test_a_folder_that_cannot_be_written_is_found_before_anything_is_learned(
    language_model: Job, config: TrainConfig, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")

    def fail(sizes: Mapping[str, int]) -> nn.Module:
        raise AssertionError("built")

    with pytest.raises(TrainError, match="taken: cannot write") as caught:
        run(replace(language_model, build=fail), replace(config, out=str(tmp_path / "taken")))
    assert "Errno" not in caught.value.message


def test_an_accelerator_that_is_not_here_is_named(language_model: Job, config: TrainConfig) -> None:
    absent = "cuda" if not torch.cuda.is_available() else "mps"
    with pytest.raises(TrainError, match=f"there is no {absent} to run on here"):
        run(language_model, replace(config, accelerator=absent))


def test_refuses_to_resume_with_other_numbers(language_model: Job, config: TrainConfig) -> None:
    run(language_model, replace(config, stop_after=2))
    with pytest.raises(TrainError, match=r"was trained with --lr 0\.01, this run asks for 0\.02"):
        run(language_model, replace(config, lr=0.02), resume=True)
    with pytest.raises(TrainError, match=r"was trained without --max-seconds, this run asks for 9\.0") as caught:
        run(language_model, replace(config, max_seconds=9.0), resume=True)
    assert "--warm-start" in caught.value.hint


def test_refuses_to_resume_with_other_data(language_model: Job, config: TrainConfig) -> None:
    run(language_model, replace(config, stop_after=2))
    data = Path(config.data)
    # With a symbol that the run's vocabulary lacks: that it is another file is what matters.
    data.write_text(data.read_text(encoding="utf-8") + "\u0416", encoding="utf-8", newline="\n")
    with pytest.raises(TrainError, match="not the file the run began with"):
        run(language_model, config, resume=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr": float("inf")}, "--lr is inf"),
        ({"max_seconds": float("inf")}, "--max-seconds is inf"),
        ({"clip": float("nan")}, "--clip is nan"),
        ({"valid_fraction": 1.0}, r"--valid-fraction is 1\.0"),
        ({"seed": -1}, "--seed is -1"),
        ({"seed": 2**63}, f"--seed is {2**63}"),
        ({"accelerator": "abacus"}, "--accelerator is 'abacus'"),
    ],
)
def test_numbers_that_no_run_can_have_are_refused(config: TrainConfig, change: dict[str, Any], message: str) -> None:
    with pytest.raises(TrainError, match=message):
        replace(config, **change)


def test_seconds_alone_end_a_run(language_model: Job, config: TrainConfig) -> None:
    result = run(language_model, replace(config, max_steps=None, max_seconds=0.3))
    assert 0.3 <= result.record.position.seconds < 5
    assert result.resume_command == ""


@pytest.mark.parametrize("change", [{"batch": 0}, {"lr": float("nan")}, {"precision": "16"}, {"warmup": 1.0}])
def test_refuses_impossible_numbers(config: TrainConfig, change: dict[str, object]) -> None:
    with pytest.raises(TrainError, match=next(iter(change))):
        replace(config, **change)
