"""Running text: windows of one file, for a spec whose only observed variable is a token target.

The text is cut into stretches of some windows; a seeded choice of stretches is held out.  No training window
crosses into a held-out stretch.  In each epoch the windows of a stretch start at a new seeded offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from archgraph.train.batch import Batch
from archgraph.train.errors import TrainError
from archgraph.train.order import batches, shuffler, split

STRETCH = 16  # windows


@dataclass(frozen=True)
class Windows:
    """Windows of one length from stretches of one text.

    Attributes:
        name: the variable that they are values of.
        ids: the whole text, `(N,)` int64.
        stretches: beginnings and ends into `ids`.
        window: symbols a sample.
        shift: whether an epoch moves the windows by a random offset.
    """

    name: str
    ids: Tensor
    stretches: tuple[tuple[int, int], ...]
    window: int
    shift: bool

    def plan(self, size: int, *, seed: int, epoch: int) -> list[list[int]]:
        """Return batches of the places where windows start."""
        offsets = shuffler(seed, "offset", epoch)
        starts: list[int] = []
        for begin, end in self.stretches:
            slack = min(self.window, end - begin - self.window + 1)
            first = begin + (offsets.randrange(slack) if self.shift else 0)
            starts += range(first, end - self.window + 1, self.window)
        order = batches([self.window] * len(starts), size, seed=seed, epoch=epoch)
        return [[starts[i] for i in batch] for batch in order]

    def batch(self, items: Sequence[int]) -> Batch:
        """Return the windows that start at `items`, `(B, window)`."""
        rows = self.ids.unfold(0, self.window, 1)[list(items)]
        return Batch({self.name: rows}, weight=rows.numel())


def windows(name: str, ids: Tensor, *, window: int, fraction: float, seed: int) -> tuple[Windows, Windows | None]:
    """Return the training and the held-out windows of a text.

    Raises:
        TrainError: the text is shorter than two windows.
    """
    if len(ids) < 2 * window:
        shorter = f", or a --window of at most {len(ids) // 2}" if len(ids) > 1 else ""
        fact = f"the text has {len(ids)} symbols, and must fill two windows of {window}"
        raise TrainError(fact, "give a longer text" + shorter)
    size = window * max(1, min(STRETCH, len(ids) // (2 * window)))
    cuts = list(range(0, len(ids) - size + 1, size))
    # The rest that fills no stretch belongs to the last one.
    spans = [(begin, len(ids) if begin == cuts[-1] else begin + size) for begin in cuts]
    train, held = split(len(spans), fraction=fraction, seed=seed)
    valid = Windows(name, ids, tuple(spans[i] for i in held), window, shift=False) if held else None
    return Windows(name, ids, tuple(spans[i] for i in train), window, shift=True), valid
