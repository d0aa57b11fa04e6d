"""`archgraph extract`: the spec out of a picture that keeps it."""

from __future__ import annotations

from pathlib import Path

import click

from archgraph.cli.files import write


@click.command("extract")
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; without it, standard output.")
def extract(picture: Path, output: Path | None) -> None:
    """Take the spec out of a picture (SVG, PDF, PPTX or HTML) that was drawn from it."""
    from archgraph.draw import extract as taken

    try:
        text = taken(picture.read_bytes(), picture.suffix)
    except ValueError as fault:
        raise click.UsageError(f"'{picture.as_posix()}': {fault}") from fault
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        raise click.UsageError(f"cannot read '{picture.as_posix()}': {reason}") from fault
    if not text:
        raise click.ClickException(f"'{picture.as_posix()}' keeps no spec")
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text.encode("utf-8"))


COMMAND = extract
