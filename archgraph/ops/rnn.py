"""Plain recurrent units."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.recurrence import Recurrent


class Rnn(Recurrent):
    """`h = tanh(W x + U h + b)`; a cell where `state` is fed."""

    name: ClassVar[str] = "rnn"
    summary: ClassVar[str] = "plain recurrent units over a sequence, or one cell"
    reference: ClassVar[str] = "Elman 1990"
    example: ClassVar[str] = "rnn: {width: 64}"
    words: ClassVar[str] = "RNN"
    kind: ClassVar[str] = "RNN"
    gates: ClassVar[int] = 1
    reread: ClassVar[int] = 1

    def rule(self, before: str, after: str) -> tuple[str, ...]:
        """A map of input and state, and a tanh."""
        return (rf"{after} = \mathrm{{tanh}} ( [W] <in> + [U] {before} + [b] )",)


OPERATION = Rnn
