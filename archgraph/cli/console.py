"""Output that no console can break: what its encoding lacks is replaced, everything else is UTF-8."""

from __future__ import annotations

import io
import os
from typing import TextIO


def prepare(*streams: TextIO) -> None:
    """Make streams safe to write any text to.

    A pipe or file gets UTF-8 and plain line feeds on every system, unless PYTHONIOENCODING names an encoding.
    A console keeps its encoding, such as cp1252, and shows `?` for what that lacks.
    """
    for stream in streams:
        if not isinstance(stream, io.TextIOWrapper):
            continue  # Replaced by a test or a notebook, which knows what it can take.
        if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
