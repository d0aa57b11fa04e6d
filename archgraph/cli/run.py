"""Run a command and turn whatever happens into text and an exit status."""

from __future__ import annotations

import atexit
import gc
import sys
import traceback
from collections.abc import Sequence

import click

from archgraph.cli.console import prepare
from archgraph.cli.group import commands, version

FINE, ERRORS, USAGE, OURS, INTERRUPTED = 0, 1, 2, 3, 130
# Packages that only training and sampling need; whoever lacks one is told of the extras that bring them all.
EXTRAS = frozenset({"torch", "lightning_fabric", "matplotlib", "numpy", "rich", "safetensors"})
EXPORT = frozenset({"onnx", "onnxruntime", "onnxscript"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        arguments: the words behind `archgraph`; those of this process without them.

    Returns:
        The exit status.
    """
    atexit.register(gc.freeze)  # the process gives all back as it ends: no search for garbage before that
    prepare(sys.stdout, sys.stderr)
    try:
        words = None if arguments is None else list(arguments)
        return int(commands.main(args=words, prog_name="archgraph", standalone_mode=False) or FINE)
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Exception as fault:
        return _explained(fault)


def _explained(fault: Exception) -> int:
    from archgraph.core.diagnostic import SpecError
    from archgraph.core.errors import UserError

    if isinstance(fault, (SpecError, UserError)):
        click.echo(str(fault), err=True)
        return ERRORS
    if isinstance(fault, ModuleNotFoundError) and (fault.name or "").partition(".")[0] in EXTRAS | EXPORT:
        return _missing((fault.name or "").partition(".")[0])
    return _ours(fault)


def _missing(package: str) -> int:
    click.echo(f"error: this needs {package}, which is not installed", err=True)
    extras = "export" if package in EXPORT else "train,torch"
    click.echo(f"hint: pip install 'archgraph-compiler[{extras}]'", err=True)
    return USAGE


def _ours(fault: Exception) -> int:
    traceback.print_exception(type(fault), fault, fault.__traceback__)
    system = f"archgraph {version()}, Python {sys.version.split()[0]}, {sys.platform}"
    click.echo(
        f"\nThis is a fault of archgraph, not of your spec ({system}).\n"
        "Please report it with the text above and, if you can, the spec.",
        err=True,
    )
    return OURS
