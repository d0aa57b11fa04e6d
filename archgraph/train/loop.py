"""The loop: steps, validation, and what is known of a run between two steps."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricModule, _FabricOptimizer
from torch import Tensor, nn

from archgraph.train.batch import Batch, Data, Source
from archgraph.train.blame import first_nonfinite, first_nonfinite_gradient, is_finite
from archgraph.train.config import TrainConfig
from archgraph.train.curve import Point
from archgraph.train.errors import TrainError
from archgraph.train.schedule import progress, rate
from archgraph.train.state import load_random_state, random_state


@dataclass
class Position:
    """Where a run stands; all of it goes into a checkpoint.

    Attributes:
        step: gradient steps done.
        epoch: the epoch of the next step.
        index: the next step's batch within the epoch.
        seconds: training time so far, over all sessions.
        points: the curve so far.
        recent: losses since the last point, with their sum and number.
    """

    step: int = 0
    epoch: int = 0
    index: int = 0
    seconds: float = 0.0
    points: list[Point] = field(default_factory=list)
    recent: tuple[float, int] = (0.0, 0)


@dataclass(frozen=True)
class Machine:
    """Everything that one step needs, set up by `trainer`."""

    fabric: Fabric
    wrapped: _FabricModule
    optimizer: _FabricOptimizer
    data: Data
    config: TrainConfig

    @property
    def model(self) -> nn.Module:
        """The model itself, under its own names."""
        module: nn.Module = self.wrapped.module
        return module

    def loss(self, batch: Batch) -> Tensor:
        """Return the scalar loss of a batch.

        Raises:
            TrainError: the model refuses the batch, as one that is longer than its table of positions.
        """
        try:
            loss: Tensor = self.wrapped(**batch.arguments(self.fabric.device)).loss
        except ValueError as fault:
            raise TrainError(f"the model refuses the data: {fault}", "give data of the sizes of the spec") from fault
        return loss


def steps(machine: Machine, position: Position) -> Iterator[Position]:
    """Train step by step from `position`, which is kept up to date and yielded after each step.

    Raises:
        TrainError: the loss or a gradient is not finite, or there is no sample.
    """
    config, clock = machine.config, time.monotonic() - position.seconds
    for epoch in count(position.epoch):
        plan = machine.data.train.plan(config.batch, seed=config.seed, epoch=epoch)
        if not plan:
            raise TrainError("the training split has no sample", "give more data, or a smaller valid_fraction")
        for index in range(position.index, len(plan)):
            position.epoch, position.index = epoch, index
            loss = take_step(machine, position, machine.data.train.batch(plan[index]))
            position.step, position.index = position.step + 1, index + 1
            position.recent = (position.recent[0] + loss, position.recent[1] + 1)
            position.seconds = time.monotonic() - clock
            note(machine, position)
            yield position
        position.index = 0


def take_step(machine: Machine, position: Position, batch: Batch) -> float:
    """Take one gradient step and return the loss before it.

    Raises:
        TrainError: the loss or a gradient is not finite.
    """
    config = machine.config
    for group in machine.optimizer.param_groups:
        group["lr"] = rate(config, step=position.step, seconds=position.seconds)
    state = torch.get_rng_state()
    machine.wrapped.train()
    machine.optimizer.zero_grad()
    loss = machine.loss(batch)
    value = float(loss.detach())
    if not math.isfinite(value):
        torch.set_rng_state(state)  # The second run meets the same dropout and corruption.
        raise blame(machine, batch, where=f"step {position.step + 1}: the loss is {value}")
    machine.fabric.backward(loss)
    if config.clip:
        norm = machine.fabric.clip_gradients(
            machine.wrapped, machine.optimizer, max_norm=config.clip, error_if_nonfinite=False
        )
        if norm is not None and not is_finite(norm):
            raise _bad_gradient(machine, position.step)
    machine.optimizer.step()
    return value


def blame(machine: Machine, batch: Batch, *, where: str) -> TrainError:
    """Run a failed batch again, and return an error that names the first node that is not finite."""
    hint = "lower lr, check the data, or look at this node's input"
    spoilt = [name for name, value in batch.values.items() if not is_finite(value)]
    if spoilt:
        return TrainError(f"{where}: '{spoilt[0]}' in the data is not finite", "mend or drop that sample")
    weights = [name for name, value in machine.model.named_parameters() if not is_finite(value)]
    name = first_nonfinite(machine.model, lambda: machine.loss(batch))
    if name is None:
        return TrainError(f"{where}: each node's output is finite, so a cost made it", hint)
    cause = f" (its weights hold it: {weights[0]})" if weights else ""
    return TrainError(f"{where}: first made by node '{name}'{cause}", hint)


def _bad_gradient(machine: Machine, step: int) -> TrainError:
    name = first_nonfinite_gradient(machine.model)
    return TrainError(f"step {step + 1}: the gradient of '{name}' is not finite", "lower lr, or check the data")


def note(machine: Machine, position: Position) -> None:
    """Add a point to the curve where one is due, with the held-out loss where that is due."""
    config = machine.config
    last = progress(config, step=position.step, seconds=position.seconds) >= 1
    valid_due = last or position.step % config.valid_every == 0
    if not valid_due and position.step % config.log_every:
        return
    valid = validate(machine) if valid_due else None
    add_point(position, valid=valid, rate_now=machine.optimizer.param_groups[0]["lr"])


def add_point(position: Position, *, valid: float | None, rate_now: float) -> None:
    """Add the mean loss since the last point to the curve."""
    total, number = position.recent
    mean = total / number if number else None
    position.points.append(Point(position.step, position.epoch, round(position.seconds, 3), rate_now, mean, valid))
    position.recent = (0.0, 0)


def validate(machine: Machine) -> float | None:
    """Return the mean loss on held-out samples, the run's random state untouched; None without samples."""
    source = machine.data.valid
    if source is None:
        return None
    config, before = machine.config, random_state()
    plan = source.plan(config.batch, seed=config.seed, epoch=0)[: config.valid_batches]
    torch.manual_seed(config.seed)  # Corruption acts here too: the same one each time.
    machine.wrapped.eval()
    with torch.no_grad():
        value = _mean_loss(machine, source, plan)
    load_random_state(before)
    return value


def _mean_loss(machine: Machine, source: Source, plan: Sequence[Sequence[int]]) -> float | None:
    total, weight = 0.0, 0
    for items in plan:
        batch = source.batch(items)
        total += float(machine.loss(batch)) * batch.weight
        weight += batch.weight
    return total / weight if weight else None
