"""The order of samples: a pure function of (seed, epoch), so that a resumed run replays nothing.

Nothing here touches torch's default generator, which belongs to dropout and corruption.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

# How many batches are sorted by length together: long enough that rows of one batch are alike, short
# enough that every epoch mixes them anew.
BUCKET = 50


def shuffler(seed: int, *parts: object) -> random.Random:
    """Return a generator that depends on its arguments alone, the same on every machine."""
    text = "/".join(str(part) for part in (seed, *parts))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big"))


def split(count: int, *, fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Split `range(count)` into training and held-out indices, both sorted.

    At least one index is held out where `fraction` is above 0 and two or more exist.
    """
    held = min(max(round(count * fraction), 1 if fraction else 0), max(count - 1, 0))
    chosen = set(shuffler(seed, "split").sample(range(count), held))
    return [i for i in range(count) if i not in chosen], sorted(chosen)


def batches(lengths: Sequence[int], size: int, *, seed: int, epoch: int) -> list[list[int]]:
    """Return one epoch's batches of positions into `lengths`, rows of like length together.

    The last batch may be short; each position occurs exactly once.
    """
    shuffle = shuffler(seed, "epoch", epoch)
    order = list(range(len(lengths)))
    shuffle.shuffle(order)
    made: list[list[int]] = []
    for begin in range(0, len(order), size * BUCKET):
        bucket = sorted(order[begin : begin + size * BUCKET], key=lambda i: lengths[i])
        made += [bucket[i : i + size] for i in range(0, len(bucket), size)]
    shuffle.shuffle(made)
    return made
