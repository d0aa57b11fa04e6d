"""The compiler: a spec in, and out of it diagnostics, a program, source, a module, a picture."""

from __future__ import annotations

from archgraph.compiler.api import (
    Report,
    account,
    check,
    compile,
    diff,
    emit,
    equations,
    faults,
    program,
    render,
    resolved,
    schema,
    show,
    summary,
    trainable,
    warm_start,
)

__all__ = [
    "Report",
    "account",
    "check",
    "compile",
    "diff",
    "emit",
    "equations",
    "faults",
    "program",
    "render",
    "resolved",
    "schema",
    "show",
    "summary",
    "trainable",
    "warm_start",
]
