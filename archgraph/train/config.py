"""What a training run is told: every number that its result depends on."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archgraph.train.errors import TrainError

DEFAULT_STEPS = 2000
FORMATS = ("auto", "text", "pairs", "arrays")
PRECISIONS = ("32", "bf16")
ACCELERATORS = ("auto", "cpu", "cuda", "mps")
MOST_SEED = 2**63 - 1  # what torch's generator takes
# What may differ between a run and its resumption: where things lie and how often they are reported.
FREE_ON_RESUME = frozenset({"data", "out", "log_every", "stop_after", "accelerator"})


@dataclass(frozen=True)
class TrainConfig:
    """One training run.

    Attributes:
        data: the file to learn from.
        out: the folder of checkpoints and curves.
        format: `text` (one running text), `pairs` (tab-separated columns), `arrays` (`.npz`), or `auto`.
        seed: of weights, order, dropout and the validation split.
        batch: samples a step.
        window: symbols a sample, for running text.
        max_length: longest accepted row, in symbols.
        max_steps: gradient steps; the schedule's horizon where given.
        max_seconds: wall-clock limit; the schedule's horizon where `max_steps` is absent.
        lr: peak learning rate of AdamW.
        warmup: fraction of the horizon in which the rate rises linearly.
        lr_floor: the cosine's end, as a fraction of `lr`.
        weight_decay: of tensors with two axes or more.
        clip: largest norm of the whole gradient; 0 turns clipping off.
        precision: `32`, or `bf16` (autocast; twice as fast on CPUs and GPUs that have it in hardware).
        accelerator: what Lightning Fabric runs on; `auto` is a CUDA GPU where there is one, else the CPU.
        valid_fraction: of the samples, held out by seed.
        valid_every: steps between validations.
        valid_batches: batches a validation reads at most.
        save_every: steps between checkpoints.
        log_every: steps between points of the curve.
        stop_after: end this session after so many steps, checkpoint written, horizon unchanged.
    """

    data: str
    out: str
    format: str = "auto"
    seed: int = 0
    batch: int = 32
    window: int = 64
    max_length: int = 1024
    max_steps: int | None = None
    max_seconds: float | None = None
    lr: float = 2e-3
    warmup: float = 0.05
    lr_floor: float = 0.05
    weight_decay: float = 0.05
    clip: float = 1.0
    precision: str = "32"
    accelerator: str = "auto"
    valid_fraction: float = 0.05
    valid_every: int = 250
    valid_batches: int = 20
    save_every: int = 500
    log_every: int = 20
    stop_after: int | None = None

    def __post_init__(self) -> None:
        """Refuse values that no run can have.

        Raises:
            TrainError: a value is out of its range.
        """
        positive = ("batch", "window", "max_length", "max_steps", "max_seconds", "lr", "stop_after")
        for name in (*positive, "valid_every", "valid_batches", "save_every", "log_every"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise _outside(name, value, "above 0")
        for name in ("warmup", "lr_floor", "valid_fraction"):
            if not 0 <= getattr(self, name) < 1:
                raise _outside(name, getattr(self, name), "from 0 up to 1")
        for name in ("weight_decay", "clip"):
            if not 0 <= getattr(self, name) < math.inf:
                raise _outside(name, getattr(self, name), "of at least 0")
        if not 0 <= self.seed <= MOST_SEED:
            raise _outside("seed", self.seed, f"from 0 to {MOST_SEED}")
        _one_of("accelerator", self.accelerator, ACCELERATORS)
        _one_of("format", self.format, FORMATS)
        _one_of("precision", self.precision, PRECISIONS)

    @property
    def horizon(self) -> int | None:
        """The steps of the schedule; None where seconds alone limit the run."""
        if self.max_steps is None and self.max_seconds is None:
            return DEFAULT_STEPS
        return self.max_steps

    def to_json(self) -> dict[str, Any]:
        """Return the fields as a mapping that JSON can hold."""
        return dataclasses.asdict(self)

    def require_same(self, earlier: TrainConfig) -> None:
        """Refuse to resume `earlier` under other numbers: the result would equal neither run.

        Raises:
            TrainError: a field that the result depends on differs.
        """
        before, now = earlier.to_json(), self.to_json()
        for name in before:
            if name not in FREE_ON_RESUME and before[name] != now[name]:
                option, was = option_of(name), before[name]
                told = f"without {option}" if was is None else f"with {option} {was}"
                asked = "none" if now[name] is None else now[name]
                raise TrainError(
                    f"the checkpoint was trained {told}, this run asks for {asked}",
                    f"leave {option} as it was, or start a new run elsewhere, with these weights by --warm-start",
                )


def option_of(name: str) -> str:
    """Return what the command line calls a field of the configuration: `--max-length`."""
    return "--" + name.replace("_", "-")


def _outside(name: str, value: float, legal: str) -> TrainError:
    return TrainError(f"{option_of(name)} is {value}", f"give it a value {legal}")


def _one_of(name: str, value: str, legal: tuple[str, ...]) -> None:
    if value not in legal:
        raise TrainError(f"{option_of(name)} is '{value}'", f"choose one of {', '.join(legal)}")


def config_from_json(data: Mapping[str, Any]) -> TrainConfig:
    """Rebuild the configuration whose `to_json` returned `data`.

    Raises:
        TrainError: a field is unknown, or its value is out of range.
    """
    try:
        return TrainConfig(**data)
    except TypeError as fault:
        raise TrainError(f"the checkpoint's configuration is unreadable: {fault}") from fault
