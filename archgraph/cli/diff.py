"""`archgraph diff`: what differs between two specs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

import click

from archgraph.cli.files import write
from archgraph.cli.options import choice_of, choice_options, sources
from archgraph.cli.pictures import COLOURS, drawable


@click.command("diff")
@click.argument("before")
@click.argument("after")
@choice_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "-o",
    "--output",
    "outputs",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Draw it instead; the ending says the format.  May be given several times.",
)
@click.option(
    "--theme", default="dark", show_default=True, metavar="NAME", help=f"The colours of the picture: {COLOURS}."
)
@click.option("--title", help='The title of the picture; "" for none.')
def diff(before: str, after: str, form: str, outputs: tuple[Path, ...], **options: Any) -> None:
    """Print or draw what AFTER adds to BEFORE, takes from it, and changes in place.

    --variant and --set go for both.
    """
    from archgraph import compiler

    looks = {name: options.pop(name) for name in ("theme", "title")}
    if not outputs and looks != {"theme": "dark", "title": None}:
        raise click.UsageError("--theme and --title are for a picture: name one with --output FILE")
    drawable(outputs, looks["theme"])
    keywords = choice_of(options).keywords
    specs = sources((before, after))
    if not outputs:
        found = compiler.diff(*specs, **keywords)
        click.echo(json.dumps(found.as_dict(), indent=2) if form == "json" else str(found))
    for path in outputs:
        write(path, _drawn(specs, path.suffix, **looks, **keywords))
        click.echo(path.as_posix())


def _drawn(specs: list[Path | BinaryIO], suffix: str, **options: Any) -> bytes:
    from archgraph.compiler.comparison import draw_diff
    from archgraph.draw.errors import PictureError

    try:
        return draw_diff(specs[0], specs[1], suffix, **options)
    except PictureError as fault:
        raise click.ClickException(f"this cannot be drawn: {fault}") from fault


COMMAND = diff
