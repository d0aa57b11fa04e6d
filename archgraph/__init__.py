"""archgraph: one YAML text, checked, drawn, compiled and trained."""

from __future__ import annotations

from archgraph.compiler import Report, check, compile, emit, render
from archgraph.core.diagnostic import SpecError

__all__ = ["Report", "SpecError", "check", "compile", "emit", "render"]
__version__ = "0.1.0"
