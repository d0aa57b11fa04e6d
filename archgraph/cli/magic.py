"""The cell magic `%%archgraph`: a cell that holds a spec shows its picture."""

from __future__ import annotations

import shlex
from typing import Any, Protocol

import click

from archgraph.cli.options import choice_of
from archgraph.cli.pictures import drawable
from archgraph.cli.render import COMMAND as RENDER
from archgraph.cli.render import looks_of

# What concerns files, and not how a picture looks.
_FILES = ("spec", "outputs", "watch", "snippet", "width", "dpi", "builds")


class Shell(Protocol):
    """What is needed of an interactive shell of IPython."""

    def register_magic_function(self, function: Any, magic_kind: str = ..., magic_name: str | None = ...) -> None:
        """Let a function be called by its magic name."""


def register(shell: Shell) -> None:
    """Let a shell know the cell magic."""
    shell.register_magic_function(draw, magic_kind="cell", magic_name="archgraph")


def draw(line: str, cell: str) -> Any:
    """The picture of the spec in a cell; faults are told, and then there is none.

    Args:
        line: options as of `archgraph render`, such as `--depth 1 --theme light`.
        cell: the spec.
    """
    from archgraph.core.diagnostic import SpecError

    command = click.Command("%%archgraph", params=_options(), callback=lambda **options: _shown(cell, options))
    try:
        found = command.main(_words(line), prog_name="%%archgraph", standalone_mode=False)
        # Asked for help, a command gives its exit code.
        return None if isinstance(found, int) else found
    except SpecError as fault:
        click.echo(str(fault), err=True)
    except click.ClickException as fault:
        fault.show()
    return None


def _words(line: str) -> list[str]:
    """The words of a line of options."""
    try:
        return shlex.split(line)
    except ValueError as fault:
        raise click.UsageError(f"the options end within a quotation or an escape: {line}") from fault


def _options() -> list[click.Parameter]:
    return [parameter for parameter in RENDER.params if parameter.name not in _FILES]


def _shown(cell: str, options: dict[str, Any]) -> Any:
    from archgraph import compiler
    from archgraph.draw.errors import PictureError

    drawable((), options["theme"])
    looks, choice = looks_of(options), choice_of(options)
    try:
        return compiler.show(f"{cell}\n", name="<cell>", **looks, **choice.keywords)
    except PictureError as fault:
        raise click.ClickException(f"this cannot be drawn: {fault}") from fault
