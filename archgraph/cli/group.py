"""The group of commands: a name stands for the module of that name, which holds its command as `COMMAND`."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

import click

# In the order in which one meets them.
NAMES = (
    "new",
    "check",
    "render",
    "extract",
    "emit",
    "summary",
    "bench",
    "diff",
    "train",
    "generate",
    "import",
    "export",
    "explain",
    "schema",
)


class Commands(click.Group):
    """Finds a command by importing its module, so that no command waits for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(NAMES)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; for a misspelt one the error names the nearest."""
        from archgraph.core.suggest import nearest

        near = None if args[0] in NAMES else nearest(args[0], NAMES)
        if near:
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near}'?")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None where there is none of that name."""
        if cmd_name not in NAMES:
            return None
        command: click.Command = import_module(f"archgraph.cli.{cmd_name}{'_' * iskeyword(cmd_name)}").COMMAND
        return command


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("archgraph-compiler")
    except PackageNotFoundError:
        return "not installed: running from a source tree"


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"archgraph {version()}")
        context.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def commands() -> None:
    """A spec is a picture you can run: check it, draw it, compile it, train it."""
