"""`archgraph diff`: what differs between two specs."""

from __future__ import annotations

import json
from typing import Any

import click

from archgraph.cli.options import choice_of, choice_options, source


@click.command("diff")
@click.argument("before")
@click.argument("after")
@choice_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diff(before: str, after: str, form: str, **options: Any) -> None:
    """Print what AFTER adds to BEFORE, takes from it, and changes in place.

    --variant and --set go for both.
    """
    from archgraph import compiler

    keywords = choice_of(options).keywords
    found = compiler.diff(source(before), source(after), **keywords)
    click.echo(json.dumps(found.as_dict(), indent=2) if form == "json" else found.text())


COMMAND = diff
