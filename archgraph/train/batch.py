"""One batch, and where batches come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from archgraph.train.codec import Codec
from archgraph.train.field import Field


@dataclass(frozen=True)
class Batch:
    """The observed variables of some samples.

    Attributes:
        values: by name; tokens `(B, T)` and classes `(B,)` int64, real float32, mask bool.
        lengths: by name, for variables with `pad: lengths`: `(B,)` int64.
        weight: real positions of the targets, for averages over batches.
    """

    values: Mapping[str, Tensor]
    lengths: Mapping[str, Tensor] = field(default_factory=dict)
    weight: int = 1

    def arguments(self, device: torch.device | None = None) -> dict[str, Any]:
        """Return the keyword arguments of a call of the compiled model."""
        given: dict[str, Any] = {name: value.to(device) for name, value in self.values.items()}
        if self.lengths:
            given["lengths"] = {name: value.to(device) for name, value in self.lengths.items()}
        return given


class Source(Protocol):
    """Samples of one split."""

    def plan(self, size: int, *, seed: int, epoch: int) -> Sequence[Sequence[int]]:
        """Return one epoch's batches as items that `batch` takes, a pure function of its arguments."""

    def batch(self, items: Sequence[int]) -> Batch:
        """Return the tensors of some items."""


@dataclass(frozen=True)
class Data:
    """What a run learns from.

    Attributes:
        fields: the observed variables in the order of a row.
        codecs: by name of the variables that are text.
        train: the samples to learn from.
        valid: the held-out samples; None where none are held out.
        digest: SHA-256 of the data file.
    """

    fields: tuple[Field, ...]
    codecs: Mapping[str, Codec]
    train: Source
    valid: Source | None
    digest: str

    def sizes(self) -> dict[str, int]:
        """Return the value of each param that the data decides (`vocab: auto`)."""
        found: dict[str, int] = {}
        for item in self.fields:
            if item.symbol and item.name in self.codecs:
                found[item.symbol] = max(found.get(item.symbol, 0), self.codecs[item.name].size)
        return found


def pad_rows(rows: Sequence[Sequence[int]], pad: int | None, length: int | None = None) -> Tensor:
    """Return rows of ids as `(B, T)` int64, filled up with `pad` to the longest, or to `length`."""
    longest = max(length or 0, *map(len, rows))
    return torch.tensor([[*row, *[pad or 0] * (longest - len(row))] for row in rows], dtype=torch.int64)
