"""Pictures of a program, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from archgraph.graph.program import Program


def render_program(program: Program, path: Path, **options: Any) -> None:
    """Draw a program to a file; raises ValueError for an unknown format or option, OSError if it cannot be written."""
    from archgraph.draw import draw, formats, write

    suffix = path.suffix.lstrip(".").lower()
    if suffix not in formats():
        raise ValueError(f"unknown picture format '{suffix}'; known are {', '.join(formats())}")
    data = write(draw(program.graph, **options), suffix)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
