"""archgraph: one YAML text, checked, drawn, compiled and trained."""

from __future__ import annotations

# `archgraph.check` and `archgraph.emit` are packages too, and come first: the first import of a package binds its
# name here, and would otherwise take the function's place later, when something is emitted.
from archgraph import check as _check
from archgraph import emit as _emit
from archgraph.compiler import Report, account, check, compile, emit, equations, render, summary, warm_start
from archgraph.core.diagnostic import SpecError

__all__ = ["Report", "SpecError", "account", "check", "compile", "emit", "equations", "render", "summary", "warm_start"]
__version__ = "0.1.0"

del _check, _emit
