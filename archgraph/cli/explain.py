"""`archgraph explain`: the long story of a diagnostic's code."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from archgraph.core.diagnostic import Fault


@click.command("explain")
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Tell what a diagnostic's code means.

    The page has a bad and a good example; without CODE, all codes are listed.
    """
    from archgraph import compiler

    faults = compiler.faults()
    if code is None:
        for known in sorted(faults):
            click.echo(f"{known}  {faults[known].title}")
    elif code.upper() in faults:
        click.echo(page(faults[code.upper()]))
    else:
        near = f"AG{code.zfill(3)}"
        meant = f"did you mean {near}? " if near in faults else ""
        raise click.BadParameter(f"'{code}' is no code: {meant}`archgraph explain` lists them", param_hint="CODE")


def page(fault: Fault) -> str:
    """Return the page of a fault: title, story, and specs that have it and do not."""
    parts = [f"{fault.code}: {fault.title}", fault.story.strip()]
    for title, spec in (("Bad:", fault.bad), ("Good:", fault.good)):
        if spec:
            parts.append(f"{title}\n\n{indent(spec.strip(), '    ')}")
    if fault.role:
        parts.append(f"A spec may accept this by `allow: [{fault.code}]`; it is a warning then.")
    return "\n\n".join(part for part in parts if part)


COMMAND = explain
