"""`archgraph summary`: shapes, parameters and FLOPs, node by node; what training and decoding cost."""

from __future__ import annotations

import json
from typing import Any

import click

from archgraph.cli.options import choice_of, choice_options, length_option, source


@click.command("summary")
@click.argument("spec")
@choice_options
@click.option("--cost", "costs", is_flag=True, help="FLOPs, activations and cache, as formulas and numbers.")
@click.option(
    "--batch", type=click.IntRange(min=1), help="The samples that the numbers of --cost are for.  [default: 1]"
)
@length_option("The size of a free axis in the numbers of --cost.  [default: 64]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def summary(spec: str, costs: bool, form: str, **options: Any) -> None:
    """Print shapes, parameters and FLOPs, node by node, or what the whole costs."""
    from archgraph import compiler

    batch, lengths = options.pop("batch"), options.pop("lengths")
    choice = choice_of(options)
    if not costs:
        if batch or lengths:
            raise click.UsageError("--batch and --length are for --cost")
        table = compiler.summary(source(spec), **choice.keywords)
        click.echo(json.dumps(table.as_dict(), indent=2) if form == "json" else str(table))
        return
    from archgraph.compiler.costs import cost

    try:
        found = cost(source(spec), **choice.keywords, lengths=lengths, batch=batch or 1)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(json.dumps(found.as_dict(), indent=2) if form == "json" else str(found))


COMMAND = summary
