"""Positions that go missing."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.blanking import Blanking
from archgraph.graph.operation import Mismatch, Types
from archgraph.graph.types import TensorType


class TokenDropout(Blanking):
    """Blank real positions, drawn at `rate`, in training and in use; `mask` tells which.

    Positions keep their places: a token reads as `symbol`, features read as zeros.
    """

    name: ClassVar[str] = "token_dropout"
    summary: ClassVar[str] = "corrupt a sequence by blanking whole positions"
    reference: ClassVar[str] = "x_t becomes 0, or the symbol, with probability rate; Iyyer et al. 2015"
    example: ClassVar[str] = "token_dropout: 0.1"
    words: ClassVar[str] = "Drop tokens"
    function: ClassVar[str] = "drop_tokens"
    fill: ClassVar[str] = "fill"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`tokens(n)[T]` or `real[T, n]` to itself and `mask[T]`."""
        x = given["in"][0]
        if (x.element, len(x.axes)) not in (("tokens", 1), ("real", 2)):
            raise Mismatch(f"'token_dropout' takes tokens[T] or real[T, features], and gets {x}")
        if x.element == "real" and self.symbol != 0:
            raise Mismatch(
                f"'token_dropout' blanks {x} by zeros, and symbol is {self.symbol}",
                hint="remove symbol",
                field="symbol",
            )
        return self.marked(given)


OPERATION = TokenDropout
