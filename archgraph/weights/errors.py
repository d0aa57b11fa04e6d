"""The one error that weights raise for what the user can mend."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archgraph.core.errors import UserError

SHOWN = 8
LONGEST = 60  # of a value in a message


class WeightsError(UserError):
    """A checkpoint that is damaged, incomplete, unsafe, or of another model."""


def unreadable(path: Path, fault: OSError) -> WeightsError:
    """The error for a file that the system does not let us read."""
    return WeightsError(f"{path}: cannot read: {(fault.strerror or str(fault)).lower()}", "check the path")


def listed(names: Iterable[str]) -> str:
    """The first names of several, and how many there are besides."""
    found = list(names)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in found[:SHOWN]) + more


def shortened(value: object) -> str:
    """A value of a file as it stands there, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
