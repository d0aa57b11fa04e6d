"""`archgraph export`: a spec, or what a run has learned, as a file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from archgraph.cli.options import STDIN, Choice, choice_of, choice_options, length_option, source

if TYPE_CHECKING:
    from archgraph.export.files import Exported

ENDINGS = {"onnx": ".onnx", "torch": ".pt2"}


@click.command("export")
@click.argument("spec")
@click.option("--to", type=click.Choice(tuple(ENDINGS)), required=True, help="ONNX, or torch's own .pt2.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file.  [default: NAME.onnx or NAME.pt2]")
@click.option("--given", metavar="NAME", multiple=True, help="An observed variable that it takes.  [default: all]")
@length_option("Fix a free axis.")
@click.option("--weights", metavar="PATH", help="A published checkpoint, or one of `train`.")
@choice_options
def export(
    spec: str, to: str, output: Path | None, given: tuple[str, ...], lengths: dict[str, int], **options: Any
) -> None:
    """Export a spec, or the checkpoint of a run, and run the file at two shapes against the module."""
    from archgraph.cli.files import writable
    from archgraph.export.errors import RequestError
    from archgraph.export.face import inputs_of
    from archgraph.export.files import Request
    from archgraph.export.files import export as write

    path = output or Path(_stem(spec) + ENDINGS[to])
    writable(path)
    from archgraph import compiler

    choice = choice_of(options)
    try:
        if Path(spec).is_dir():
            text, model = _learned(Path(spec), choice, options["weights"])
        else:
            written = source(spec)
            # Wrong usage is told before what keeps the spec from being compiled.
            inputs_of(compiler.program(written, **choice.keywords), given)
            text, model = _fresh(written, choice, options["weights"])
        found = write(model, compiler.program(text.encode("utf-8")), path, Request(to, given, lengths, text))
    except RequestError as error:
        raise click.UsageError(f"{error.message}; {error.hint}") from None
    _tell(found)


def _stem(spec: str) -> str:
    """What to call the file."""
    if spec == STDIN:
        return "model"
    return Path(spec).name if Path(spec).is_dir() else Path(spec).stem


def _learned(run: Path, choice: Choice, weights: str | None) -> tuple[str, Any]:
    """The resolved text, and the model, of a checkpoint."""
    from archgraph import compiler
    from archgraph.cli.job import build_from
    from archgraph.train.restore import restore

    if weights or choice.keywords != {"variant": None, "params": None}:
        raise click.UsageError("a checkpoint has its weights and params; leave out --weights, --variant, --set")
    trained = restore(run, lambda record: build_from(record.spec)(record.sizes))
    return compiler.resolved(trained.record.spec, params=dict(trained.record.sizes)), trained.model


def _fresh(spec: Path | BinaryIO, choice: Choice, weights: str | None) -> tuple[str, Any]:
    """The resolved text, and the model, of a spec."""
    from archgraph import compiler

    if weights is not None:
        from archgraph.compiler.weighted import decided

        choice = Choice(choice.variant, decided(compiler.program(spec, **choice.keywords), choice.params, weights))
    model = compiler.compile(spec, **choice.keywords, seed=0, weights=weights)
    return compiler.resolved(spec, **choice.keywords), model


def _tell(found: Exported) -> None:
    for name, shape in found.inputs.items():
        click.echo(f"{name}: {', '.join(shape)}")
    for name, axis in found.axes.items():
        limits = [f"at most {axis.most}"] if axis.most else []
        limits += [f"a multiple of {axis.divisor}"] if axis.divisor > 1 else []
        if limits:
            click.echo(f"{name} is {', '.join(limits)}")
    click.echo(f"gives {', '.join(found.outputs)}")
    click.echo(f"run at 2 shapes: at most {found.difference:.1g} from the module")
    click.echo(found.path.as_posix())


COMMAND = export
