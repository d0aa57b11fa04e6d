"""A line on the error stream now and then, for whoever waits."""

from __future__ import annotations

import sys
from collections.abc import Callable

EVERY = 10.0  # seconds between two lines


def progress(name: str, pairs: int, seconds: float) -> Callable[[int, float], None]:
    """Tell of rounds that are done, of so many at most, and of the seconds spent on them, of so many at most."""
    next_line = EVERY

    def told(done: int, spent: float) -> None:
        nonlocal next_line
        if spent >= next_line:
            next_line = spent + EVERY
            say(f"{name}: {done} of at most {pairs} rounds, {spent:.0f} of at most {seconds:.0f} s")

    return told


def say(line: str) -> None:
    """Write a line at once."""
    print(line, file=sys.stderr, flush=True)
