"""Do something again whenever files change, as `archgraph render --watch` does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

# Between two looks at the files, in seconds: too short to be felt, too long to keep a processor busy.
_PAUSE = 0.05

Stamp = tuple[int, int]


def watch(act: Callable[[], tuple[Path, ...]], ticks: Iterable[object]) -> None:
    """Act at once, and again when a file has changed.

    A file that is missing or empty, as it is for a moment while an editor saves, counts as unchanged until there is
    something in it again.

    Args:
        act: what to do; returns the files to look at, which may be others each time.
        ticks: the moments to look at the files; it ends when they do.
    """
    seen = _stamps(act())
    for _ in ticks:
        now = _stamps(seen)
        if all(stamp is None or stamp == seen[file] for file, stamp in now.items()):
            continue
        # What was there before the act: whatever changes meanwhile is a change.
        before = {file: stamp or seen[file] for file, stamp in now.items()}
        seen = {file: before.get(file, stamp) for file, stamp in _stamps(act()).items()}


def ticks() -> Iterator[None]:
    """Moments without an end."""
    while True:
        time.sleep(_PAUSE)
        yield


def _stamps(files: Iterable[Path]) -> dict[Path, Stamp | None]:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> Stamp | None:
    """What changes with the content of a file; None where there is no file, or nothing in it."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found.st_size else None
