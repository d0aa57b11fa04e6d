"""`archgraph train`: learn from a file, or go on with a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archgraph.cli.job import job_again, job_of
from archgraph.cli.options import choice_of, choice_options, source
from archgraph.cli.run import FINE, INTERRUPTED
from archgraph.train.config import ACCELERATORS, DEFAULT_STEPS, FORMATS, MOST_SEED, PRECISIONS, TrainConfig

if TYPE_CHECKING:
    from archgraph.train.trainer import Job

# The fields of `TrainConfig` but data and out: what each one takes, and what it is.
NUMBERS: dict[str, tuple[Any, str]] = {
    "format": (click.Choice(FORMATS), "What the data file holds."),
    "seed": (click.IntRange(0, MOST_SEED), "Of weights, order, dropout and the validation split."),
    "batch": (int, "Samples a step."),
    "window": (int, "Symbols a sample, for running text."),
    "max_length": (int, "Longest accepted row, in symbols."),
    "max_steps": (int, f"Gradient steps.  [default: {DEFAULT_STEPS} without --max-seconds]"),
    "max_seconds": (float, "Wall-clock limit."),
    "lr": (float, "Peak learning rate."),
    "warmup": (float, "Fraction of the run in which the rate rises."),
    "lr_floor": (float, "The rate at the end, as a fraction of the peak."),
    "weight_decay": (float, "Of matrices."),
    "clip": (float, "Largest norm of the gradient; 0 for no limit."),
    "precision": (click.Choice(PRECISIONS), "Of the arithmetic."),
    "accelerator": (click.Choice(ACCELERATORS), "What to run on."),
    "valid_fraction": (float, "Of the samples, held out."),
    "valid_every": (int, "Steps between validations."),
    "valid_batches": (int, "Batches a validation reads at most."),
    "save_every": (int, "Steps between checkpoints."),
    "log_every": (int, "Steps between points of the curve."),
    "stop_after": (int, "End this session after so many steps."),
}


def _numbers(command: Callable[..., Any]) -> Callable[..., Any]:
    defaults = {field.name: field.default for field in dataclasses.fields(TrainConfig)}
    for name, (kind, told) in reversed(NUMBERS.items()):
        shown = told if defaults[name] is None else f"{told}  [default: {defaults[name]}]"
        # No default here: a run that is resumed keeps what was not said anew.
        command = click.option("--" + name.replace("_", "-"), type=kind, help=shown)(command)
    return command


@click.command("train")
@click.argument("spec", required=False)
@click.option("--data", metavar="FILE", help="What to learn from: text, tab-separated pairs, or .npz arrays.")
@click.option("--out", metavar="DIR", help="Where checkpoints and curves go.  [default: runs/NAME]")
@click.option("--resume", metavar="DIR", help="Go on with the run in this folder.")
@click.option("--warm-start", metavar="PATH", help="Begin with those weights of a checkpoint that fit this spec.")
@choice_options
@_numbers
def train(spec: str | None, data: str | None, out: str | None, resume: str | None, **options: Any) -> int:
    """Train a spec on a file, or go on with a run by --resume."""
    choice, warm = choice_of(options), options.pop("warm_start")
    given = {name: value for name, value in {"data": data, **options}.items() if value is not None}
    if resume is not None:
        if spec is not None or out is not None or warm or choice.keywords != {"variant": None, "params": None}:
            others = "SPEC, --out, --warm-start, --variant, --set"
            raise click.UsageError(f"a resumed run has its spec and its folder; leave out {others}")
        return _resume(Path(resume), given)
    if spec is None or data is None:
        raise click.UsageError("give SPEC and --data FILE, or --resume DIR")
    job = job_of(source(spec), choice, warm)
    return _run(job, TrainConfig(out=out or _folder(spec), **given), resume=False)


def _folder(spec: str) -> str:
    return (Path("runs") / (Path(spec).stem if spec != "-" else "stdin")).as_posix()


def _resume(run: Path, given: dict[str, Any]) -> int:
    from archgraph.train.record import read

    record, _ = read(run)
    config = dataclasses.replace(record.config, out=str(run), **given)
    return _run(job_again(record), config, resume=True)


def _run(job: Job, config: TrainConfig, *, resume: bool) -> int:
    from archgraph.train.trainer import train as learn

    result = learn(job, config, resume=resume)
    for name, value in (("loss", result.loss), ("held-out loss", result.valid_loss)):
        if value is not None:  # A short session may not have come to the first point of the curve.
            click.echo(f"{name} {value:.4f}")
    for path in (result.record.path, *result.curves):
        click.echo(path.as_posix())
    return INTERRUPTED if result.interrupted else FINE


COMMAND = train
