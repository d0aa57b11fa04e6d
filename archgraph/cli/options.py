"""What the commands that take a spec have in common: the spec itself, `--variant` and `--set`."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from archgraph.core.reread import Reread

Command = TypeVar("Command", bound=Callable[..., Any])
STDIN = "-"


class Real(click.FloatRange):
    """A real number in a range; one that is none, as nan, is in no range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or refuse it."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{value} is not a number that can be used.", param, ctx)
        return found


@dataclass(frozen=True)
class Choice:
    """Which of the models of a spec is meant.

    Attributes:
        variant: the name of a variant, or None.
        params: values of params by name, that displace those of the spec.
    """

    variant: str | None
    params: dict[str, int | float | str]

    @property
    def keywords(self) -> dict[str, Any]:
        """The arguments that the compiler takes for it."""
        return {"variant": self.variant, "params": self.params or None}


def choice_options(command: Command) -> Command:
    """Add `--variant` and `--set` to a command; take them up with `choice_of`."""
    chosen = click.option("--variant", metavar="NAME", help="The variant of the spec, such as 'tiny'.")
    given = click.option(
        "--set", "params", metavar="NAME=VALUE", multiple=True, callback=_params, help="A value for a param."
    )
    return chosen(given(command))


def choice_of(options: dict[str, Any]) -> Choice:
    """Take `variant` and `params` out of a command's options."""
    return Choice(options.pop("variant"), options.pop("params"))


def length_option(help_text: str) -> Callable[[Command], Command]:
    """Add `--length AXIS=N`, as often as there are axes: a mapping by the name of the axis."""
    return click.option("--length", "lengths", metavar="AXIS=N", multiple=True, callback=_lengths, help=help_text)


def source(spec: str) -> Path | BinaryIO:
    """Return what the compiler reads for a word of the command line: a file, or standard input for `-`."""
    return Reread(sys.stdin.buffer) if spec == STDIN else Path(spec)


def sources(specs: tuple[str, ...]) -> list[Path | BinaryIO]:
    """Return what the compiler reads for several words.

    Raises:
        click.UsageError: more than one is standard input, which holds one spec.
    """
    if specs.count(STDIN) > 1:
        raise click.UsageError("standard input holds one spec: give '-' once")
    return [source(spec) for spec in specs]


def shown(spec: str) -> str:
    """Return the name of a spec in messages."""
    return "<stdin>" if spec == STDIN else Path(spec).as_posix()


def _lengths(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for word in words:
        axis, equals, length = word.partition("=")
        if not (equals and axis.strip() and length.isascii() and length.isdigit() and int(length)):
            raise click.BadParameter(f"'{word}' is not of the form T=16")
        found[axis.strip()] = int(length)
    return found


def _params(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> dict[str, int | float | str]:
    found: dict[str, int | float | str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise click.BadParameter(f"'{word}' is not of the form name=value")
        found[name.strip()] = number(value.strip())
    return found


def number(text: str) -> int | float | str:
    """Return a number where the text is one, as the spec itself would read it, else the text."""
    if not text.isascii() or "_" in text:
        return text
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        return value if math.isfinite(value) else text
    return text
