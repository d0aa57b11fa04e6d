"""Train a model: set up, run the loop, write checkpoints and the curve."""

from __future__ import annotations

import os
import random
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from lightning_fabric import Fabric
from torch import nn

from archgraph.train.batch import Data
from archgraph.train.checkpoint import checkpoints, make_folder, save_checkpoint
from archgraph.train.config import TrainConfig
from archgraph.train.curve import draw, write_table
from archgraph.train.data import digest, load_data
from archgraph.train.errors import TrainError
from archgraph.train.field import Field
from archgraph.train.interrupt import Interrupt
from archgraph.train.loop import Machine, Position, steps
from archgraph.train.progress import Display, display
from archgraph.train.record import Record, put_back, read, take
from archgraph.train.schedule import progress

PRECISION: dict[str, Literal["32-true", "bf16-mixed"]] = {"32": "32-true", "bf16": "bf16-mixed"}
BETAS = (0.9, 0.98)


@dataclass(frozen=True)
class Job:
    """What is trained.

    Attributes:
        spec: the resolved text of the spec, kept in checkpoints.
        fields: its observed variables (`Field.of`).
        build: returns the module, given the params that the data decides (`vocab: auto`).
        root: the spec's folder, for vocabulary files.
    """

    spec: str
    fields: tuple[Field, ...]
    build: Callable[[Mapping[str, int]], nn.Module]
    root: Path | None = None


@dataclass(frozen=True)
class TrainResult:
    """How a run ended.

    Attributes:
        model: the trained module, in `eval` mode.
        record: where it stands, and what its checkpoint holds.
        interrupted: whether Ctrl-C ended it.
        resume_command: what goes on from here; empty where the run is complete.
        curves: the files of the loss curve.
    """

    model: nn.Module
    record: Record
    interrupted: bool
    resume_command: str
    curves: tuple[Path, ...]

    @property
    def loss(self) -> float | None:
        """The last mean training loss."""
        return next((p.train for p in reversed(self.record.position.points) if p.train is not None), None)

    @property
    def valid_loss(self) -> float | None:
        """The last held-out loss."""
        return next((p.valid for p in reversed(self.record.position.points) if p.valid is not None), None)


def train(job: Job, config: TrainConfig, *, resume: bool = False, show: Display | None = None) -> TrainResult:
    """Train a job's model, or go on with the run in `config.out`.

    Args:
        job: the model.
        config: the run; on resuming, that of the checkpoint but for paths and reporting.
        resume: go on from the newest checkpoint of `config.out`.
        show: where to report; by default a bar on a terminal, else lines.

    Raises:
        TrainError: a fault of the data, the folder, the checkpoint, or a loss that is not finite.
    """
    out = Path(config.out)
    earlier = read(out) if resume else None
    if earlier:
        config.require_same(earlier[0].config)
        if digest(Path(config.data)) != earlier[0].digest:
            raise TrainError(f"{config.data} is not the file the run began with", "resume with the same data")
    elif checkpoints(out):
        raise TrainError(f"{out} holds a run already", f"go on by {resume_command(out)}, or choose another folder")
    data = load_data(config, job.fields, codecs=earlier[0].codecs if earlier else None, root=job.root)
    make_folder(out)
    machine = set_up(job, config, data)
    position = earlier[0].position if earlier else Position()
    if earlier:
        put_back(machine, earlier[1])
    return _run(machine, job, position=position, show=show or display(position.step))


def set_up(job: Job, config: TrainConfig, data: Data) -> Machine:
    """Build the model by the run's seed and hand it, with its optimiser, to Fabric.

    Raises:
        TrainError: the machine lacks the accelerator, or the model has no weights.
    """
    torch.manual_seed(config.seed)
    random.seed(config.seed)
    model = job.build(data.sizes())
    accelerator = config.accelerator
    if accelerator == "auto":
        accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        fabric = Fabric(accelerator=accelerator, devices=1, precision=PRECISION[config.precision])
    except RuntimeError as fault:  # Fabric finds none on this machine.
        raise TrainError(f"there is no {accelerator} to run on here", "leave out --accelerator") from fault
    optimizer = torch.optim.AdamW(_groups(model, config.weight_decay), lr=config.lr, betas=BETAS, fused=True)
    wrapped, ready = fabric.setup(model, optimizer)
    return Machine(fabric, wrapped, ready, data, config)


def _groups(model: nn.Module, decay: float) -> list[dict[str, object]]:
    """Matrices decay, vectors (biases, norms) do not."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise TrainError("the model has no weights", "add an operation that learns")
    matrices = [p for p in parameters if p.dim() > 1]
    vectors = [p for p in parameters if p.dim() <= 1]
    groups = ({"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0})
    return [dict(group) for group in groups if group["params"]]


def _run(machine: Machine, job: Job, *, position: Position, show: Display) -> TrainResult:
    config, first = machine.config, position.step
    running = steps(machine, position)
    with show, Interrupt() as interrupt:
        while not (interrupt.wanted or _done(config, position, first=first)):
            next(running)
            show.update(_fraction(config, position), step=position.step, text=losses(position))
            if position.step % config.save_every == 0:
                _save(machine, job, position)
        place = _save(machine, job, position)
        complete = _fraction(config, position) >= 1
        command = "" if complete else resume_command(Path(config.out))
        curves = _curves(position, Path(config.out), show)
        if command:
            show.say(f"stopped after step {position.step}; to go on: {command}")
    return TrainResult(machine.model.eval(), read(place)[0], interrupt.wanted, command, curves)


def _fraction(config: TrainConfig, position: Position) -> float:
    by_steps = progress(config, step=position.step, seconds=position.seconds)
    by_time = position.seconds / config.max_seconds if config.max_seconds else 0.0
    return max(by_steps, min(1.0, by_time))


def _done(config: TrainConfig, position: Position, *, first: int) -> bool:
    enough = config.stop_after is not None and position.step - first >= config.stop_after
    return enough or _fraction(config, position) >= 1


def _save(machine: Machine, job: Job, position: Position) -> Path:
    out = Path(machine.config.out)
    place = save_checkpoint(out, position.step, take(machine, position, job.spec))
    write_table(position.points, out / "curve.csv")
    return place


def _curves(position: Position, out: Path, show: Display) -> tuple[Path, ...]:
    try:
        return (out / "curve.csv", *draw(position.points, out))
    except TrainError as fault:  # Without matplotlib the table has to do: the training is worth keeping.
        show.say(str(fault))
        return (out / "curve.csv",)


def losses(position: Position) -> str:
    """Return the last losses in words, for the display."""
    total, number = position.recent
    trained = total / number if number else next((p.train for p in reversed(position.points)), None)
    valid = next((p.valid for p in reversed(position.points) if p.valid is not None), None)
    parts = (("loss", trained), ("held out", valid))
    return "  ".join(f"{name} {value:.3f}" for name, value in parts if value is not None)


def resume_command(out: Path) -> str:
    """Return the command line that goes on with the run in `out`, quoted for this system's shell."""
    words = ["archgraph", "train", "--resume", str(out)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
