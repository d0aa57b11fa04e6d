"""Pictures of a program, written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

from archgraph.graph.program import Program


def keeps(path: Path) -> bool:
    """Whether a picture of that ending keeps the spec that it was drawn from."""
    from archgraph.draw import formats

    writer = formats().get(_suffix(path))
    return writer is not None and writer.extract is not None


def render_program(program: Program, path: Path, **options: Any) -> None:
    """Draw a program to a file.

    Args:
        program: what to draw.
        path: where to; its ending says the format.
        options: those of `archgraph.draw.draw` and of `archgraph.draw.Options`, such as `theme` and `dpi`.

    Raises:
        ValueError: an unknown format or option.
        OSError: the file cannot be written; the old one is as it was.
    """
    from archgraph.draw import Options, draw, formats, write

    suffix = _suffix(path)
    if suffix not in formats():
        raise ValueError(f"unknown picture format '{suffix}'; known are {', '.join(formats())}")
    names = {field.name for field in fields(Options)}
    how = Options(**{name: value for name, value in options.items() if name in names})
    look = {name: value for name, value in options.items() if name not in names}
    data = write(draw(program.graph, **look), suffix, how)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _suffix(path: Path) -> str:
    return path.suffix.lstrip(".").lower()
