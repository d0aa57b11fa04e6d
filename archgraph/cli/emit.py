"""`archgraph emit`: a spec as readable Python source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archgraph.cli.files import write
from archgraph.cli.options import choice_of, choice_options, source


@click.command("emit")
@click.argument("spec")
@choice_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; without it, standard output.")
@click.option("--stream/--no-stream", default=True, help="With the form that goes step by step, where there is one.")
def emit(spec: str, output: Path | None, stream: bool, **options: Any) -> None:
    """Print a spec as Python source that needs torch alone."""
    from archgraph import compiler

    text = compiler.emit(source(spec), stream=stream, **choice_of(options).keywords)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text.encode("utf-8"))


COMMAND = emit
