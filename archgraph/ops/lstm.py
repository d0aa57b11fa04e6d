"""Long short-term memory."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.operation import Port
from archgraph.graph.recurrence import Recurrent


class Lstm(Recurrent):
    """A state and a memory cell behind three gates; a cell where `state` and `cell` are fed."""

    name: ClassVar[str] = "lstm"
    summary: ClassVar[str] = "long short-term memory over a sequence, or one cell"
    reference: ClassVar[str] = "Hochreiter and Schmidhuber 1997"
    example: ClassVar[str] = "lstm: {width: 64}"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("in"),
        Port("state", required=False),
        Port("cell", required=False),
    )
    outputs: ClassVar[tuple[Port, ...]] = (Port("out"), Port("cell", required=False))
    words: ClassVar[str] = "LSTM"
    kind: ClassVar[str] = "LSTM"
    gates: ClassVar[int] = 4
    reread: ClassVar[int] = 17  # oneDNN's, which torch takes on a CPU, has a work space of its own
    memory: ClassVar[tuple[str, ...]] = ("state", "cell")

    def rule(self, before: str, after: str) -> tuple[str, ...]:
        """Gates of what comes in, what is forgotten and what goes out, the cell, and the state."""
        cell = "<cell>" if before == "<state>" else r"\zeta^{-1} <out.cell>"
        return (
            *(rf"\boldsymbol{{{part}}} = \sigma ( {self.gate(part, before)} )" for part in "ifo"),
            rf"\boldsymbol{{g}} = \mathrm{{tanh}} ( {self.gate('g', before)} )",
            rf"<out.cell> = \boldsymbol{{f}} \odot {cell} + \boldsymbol{{i}} \odot \boldsymbol{{g}}",
            rf"{after} = \boldsymbol{{o}} \odot \mathrm{{tanh}} ( <out.cell> )",
        )


OPERATION = Lstm
