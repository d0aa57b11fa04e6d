"""The command line: one file a command, imported when it is asked for, and what it works with later still.

Exit status: 0 fine, 1 the spec (or the data) has errors, 2 wrong usage, 3 a fault of archgraph itself,
130 interrupted.
"""

from __future__ import annotations

from archgraph.cli.run import main

__all__ = ["main"]
