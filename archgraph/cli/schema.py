"""`archgraph schema`: the JSON schema of specs, for editors."""

from __future__ import annotations

import json

import click


@click.command("schema")
def schema() -> None:
    """Print the JSON schema of specs.

    Editors complete and check by it.
    """
    from archgraph import compiler

    click.echo(json.dumps(compiler.schema(), indent=2))


COMMAND = schema
