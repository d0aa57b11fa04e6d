"""Libraries that only some formats need: without one of them, the user reads how to get it."""

from __future__ import annotations

import importlib
from typing import Any

from archgraph.draw.errors import PictureError

# Every date that a file must hold; a fixed one, so that the same spec gives the same bytes.
YEAR, MONTH, DAY = 2000, 1, 1


def library(name: str, suffix: str) -> Any:
    """A module of an optional library.

    Raises:
        PictureError: it is not installed; the message holds the command that installs it.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as fault:
        raise PictureError(
            f"writing .{suffix} needs {name.partition('.')[0]}, which is not installed; "
            "get it with: pip install 'archgraph-compiler[slides]'"
        ) from fault
