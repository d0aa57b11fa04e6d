"""Writing files that a user named."""

from __future__ import annotations

import os
from pathlib import Path

import click


def write(path: Path, content: bytes) -> None:
    """Write a file in one piece: whoever reads sees the old content or the new.

    Raises:
        click.UsageError: the place cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    except OSError as fault:
        draft.unlink(missing_ok=True)
        raise unwritable(path, fault) from fault


def writable(path: Path) -> None:
    """Refuse a place that cannot be written, before what should come there is made.

    Raises:
        click.UsageError: it is a folder, or in none.
    """
    if path.is_dir():
        raise click.UsageError(f"cannot write '{path.as_posix()}': is a directory")
    if not path.parent.is_dir():
        raise unwritable(path, FileNotFoundError())


def unwritable(path: Path, fault: OSError) -> click.UsageError:
    """Return the error for a place that cannot be written."""
    if isinstance(fault, FileNotFoundError) and not path.parent.is_dir():
        return click.UsageError(f"cannot write '{path.as_posix()}': there is no folder '{path.parent.as_posix()}'")
    reason = (fault.strerror or str(fault)).lower()
    return click.UsageError(f"cannot write '{path.as_posix()}': {reason}")
