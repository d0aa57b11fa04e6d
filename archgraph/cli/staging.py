"""Options of `archgraph render` for what to show: use, time, direction, a way, and the steps of a build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

SHOWN = ("use", "unroll", "direction", "highlight", "builds")
_OPTIONS = (
    click.option(
        "--use",
        type=click.Choice(["train", "generate"]),
        default="train",
        show_default=True,
        help="Draw the graph in training, or as it generates: predictions fed back in the place of targets.",
    ),
    click.option("--unroll", type=click.IntRange(1, 32), metavar="T", help="Draw T steps in time side by side."),
    click.option(
        "--direction",
        type=click.Choice(["right", "left", "up", "down"]),
        help="Where data flows, outside the family of encoder, predictor and decoder, which has a plan of its own.",
    ),
    click.option(
        "--highlight",
        metavar="PATH",
        help="A name, for all that it leads to; a path, as 'y -> enc -> predictor'; or 'leak', for what check found.",
    ),
    click.option(
        "--builds",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Write there what builds the picture up, step by step: numbered files, or pages where a file has pages.",
    ),
)


def staging_options(command: Command) -> Command:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def shown(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, taken out of all."""
    found = {name: options.pop(name) for name in SHOWN if name in options}
    return {name: value for name, value in found.items() if value is not None}
