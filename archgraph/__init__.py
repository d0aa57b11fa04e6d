"""archgraph: one YAML text, checked, drawn, compiled and trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

# `archgraph.check` and `archgraph.emit` are packages too, and come first: the first import of a package binds its
# name here, and would otherwise take the function's place later, when something is emitted.
from archgraph import check as _check
from archgraph import emit as _emit
from archgraph.compiler import (
    Report,
    account,
    check,
    compile,
    diff,
    emit,
    equations,
    record,
    render,
    show,
    summary,
    warm_start,
)
from archgraph.core.diagnostic import SpecError

__all__ = [
    "Report",
    "SpecError",
    "account",
    "check",
    "compile",
    "diff",
    "emit",
    "equations",
    "record",
    "render",
    "show",
    "summary",
    "warm_start",
]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from archgraph.cli.magic import Shell

del _check, _emit


def load_ipython_extension(shell: Shell) -> None:
    """Let a notebook know the magic `%%archgraph`, after `%load_ext archgraph`."""
    from archgraph.cli.magic import register

    register(shell)
