"""The collector of garbage stands still while a spec is read, checked and drawn."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for cycles of garbage inside; afterwards it is as it was.

    Reading, checking and drawing make many small objects, nearly all of which are still needed and hardly any of which
    form cycles. To look through them again and again is what grew faster than the spec: a third of the time for 10,000
    nodes, and of that of a further picture.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
