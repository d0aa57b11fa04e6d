"""`archgraph summary`: shapes, parameters and FLOPs, node by node."""

from __future__ import annotations

import json
from typing import Any

import click

from archgraph.cli.options import choice_of, choice_options, source


@click.command("summary")
@click.argument("spec")
@choice_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def summary(spec: str, form: str, **options: Any) -> None:
    """Print shapes, parameters and FLOPs, node by node."""
    from archgraph import compiler

    table = compiler.summary(source(spec), **choice_of(options).keywords)
    click.echo(json.dumps(table.as_dict(), indent=2) if form == "json" else table.text())


COMMAND = summary
