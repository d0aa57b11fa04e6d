"""`archgraph check`: the faults of specs, or what kind of model each one is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from archgraph.cli.options import choice_of, choice_options, shown, sources

if TYPE_CHECKING:
    from archgraph.compiler import Report


@click.command("check")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@choice_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(specs: tuple[str, ...], form: str, **options: Any) -> int:
    """Check specs: exit 0 if all are fine, 1 if one has errors.

    SPEC is a file, or - for standard input.
    """
    from archgraph import compiler

    choice = choice_of(options)
    given = zip(specs, sources(specs), strict=True)
    reports = [(shown(spec), compiler.check(source, **choice.keywords)) for spec, source in given]
    if form == "json":
        files = [_plain(name, report) for name, report in reports]
        click.echo(json.dumps({"files": files}, indent=2))
    else:
        for name, report in reports:
            for item in report:
                click.echo(str(item))
            click.echo(f"{name}: {report.verdict}")
    return 0 if all(report.ok for _, report in reports) else 1


def _plain(name: str, report: Report) -> dict[str, Any]:
    return {
        "file": name,
        "ok": report.ok,
        "classification": report.classification if report.ok else None,
        "diagnostics": [item.as_dict() for item in report],
    }


COMMAND = check
