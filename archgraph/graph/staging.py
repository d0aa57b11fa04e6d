"""What an author says of the picture alone: where things stand, what is pointed out, in which order they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Callout(NamedTuple):
    """Variables and nodes with a dashed box around them and a caption beside it."""

    around: tuple[str, ...]
    caption: str


@dataclass(frozen=True)
class Staging:
    """Pins in u (column to the right, row upward), callouts, and the steps in which a picture is built up."""

    pins: dict[str, tuple[float, float]] = field(default_factory=dict)
    callouts: tuple[Callout, ...] = ()
    builds: tuple[tuple[str, ...], ...] = ()
