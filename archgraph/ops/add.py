"""The sum of equal tensors."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.elementwise import Join


class Add(Join):
    """`a + b + ...`; the tensors have one type, and nothing broadcasts."""

    name: ClassVar[str] = "add"
    summary: ClassVar[str] = "the sum of tensors of one type"
    reference: ClassVar[str] = "y = Σ x_i"
    example: ClassVar[str] = "add"
    glyph: ClassVar[str] = "add"
    words: ClassVar[str] = "Add"
    sign: ClassVar[str] = "+"


OPERATION = Add
