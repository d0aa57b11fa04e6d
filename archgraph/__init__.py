"""archgraph: one YAML text, checked, drawn, compiled and trained."""

from __future__ import annotations

# Bound here, and not on demand: `archgraph.check` and `archgraph.emit` are also packages, whose first import would
# otherwise take the names of the functions.
from archgraph.compiler import Report, check, compile, emit, render, summary
from archgraph.core.diagnostic import SpecError

__all__ = ["Report", "SpecError", "check", "compile", "emit", "render", "summary"]
__version__ = "0.1.0"
