"""Tokens replaced by a symbol that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from archgraph.graph.blanking import Blanking
from archgraph.graph.operation import Index, Mismatch, Types
from archgraph.graph.types import TensorType


class TokenMasking(Blanking):
    """Replace real tokens, drawn at `rate`, by `symbol`, in training and in use; `mask` tells which."""

    name: ClassVar[str] = "token_masking"
    summary: ClassVar[str] = "corrupt a text by replacing tokens with one symbol"
    reference: ClassVar[str] = "Devlin et al. 2019"
    example: ClassVar[str] = "token_masking: {rate: 0.15, symbol: 3}"
    obvious: ClassVar[str] = ""
    words: ClassVar[str] = "Mask tokens"
    function: ClassVar[str] = "mask_tokens"
    fill: ClassVar[str] = "symbol"
    meanings: ClassVar[Mapping[str, str]] = {
        "symbol": "the token that stands for what is masked",
    }

    symbol: Index

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`tokens(n)[T]` to itself and `mask[T]`."""
        x = given["in"][0]
        if x.element != "tokens" or len(x.axes) != 1:
            raise Mismatch(
                f"'token_masking' takes tokens[T], and gets {x}",
                hint="put it in front of the embedding" if x.element == "real" else "give it a sequence of tokens",
            )
        return self.marked(given)


OPERATION = TokenMasking
