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

    def rule(self, before: str, after: str) -> tuple[str, ...]:
        """A gate that resets, one that updates, and what is new between the states."""
        reset, update, new = r"\boldsymbol{r}", r"\boldsymbol{u}", r"\boldsymbol{n}"
        kept = f"[U_{{n}}] {before} + [c_{{n}}]"
        return (
            rf"{reset} = \sigma ( {self.gate('r', before)} )",
            rf"{update} = \sigma ( {self.gate('u', before)} )",
            rf"{new} = \mathrm{{tanh}} ( [W_{{n}}] <in> + [b_{{n}}] + {reset} \odot ( {kept} ) )",
            rf"{after} = ( 1 - {update} ) \odot {new} + {update} \odot {before}",
        )


OPERATION = Gru
