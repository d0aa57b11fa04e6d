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
from archgraph.compiler.comparison import draw_diff
from archgraph.compiler.recording import Recording, RecordingError, record

__all__ = [
    "Recording",
    "RecordingError",
    "Report",
    "account",
    "check",
    "compile",
    "diff",
    "draw_diff",
    "emit",
    "equations",
    "faults",
    "program",
    "record",
    "render",
    "resolved",
    "schema",
    "show",
    "summary",
    "trainable",
    "warm_start",
]
