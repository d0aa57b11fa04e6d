"""Gated recurrent units."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.recurrence import Recurrent


class Gru(Recurrent):
    """A state that two gates let through or renew; a cell where `state` is fed."""

    name: ClassVar[str] = "gru"
    summary: ClassVar[str] = "gated recurrent units over a sequence, or one cell"
    reference: ClassVar[str] = "Cho et al. 2014"
    example: ClassVar[str] = "gru: {width: 64}"
    words: ClassVar[str] = "GRU"
    kind: ClassVar[str] = "GRU"
    gates: ClassVar[int] = 3
    reread: ClassVar[int] = 7


OPERATION = Gru
