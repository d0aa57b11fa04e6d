"""The product of equal tensors, number by number."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.elementwise import Join


class Multiply(Join):
    """`a * b * ...`, as in a gate; the tensors have one type, and nothing broadcasts."""

    name: ClassVar[str] = "multiply"
    summary: ClassVar[str] = "the product of tensors of one type, number by number"
    reference: ClassVar[str] = "y = Π x_i"
    example: ClassVar[str] = "multiply"
    words: ClassVar[str] = "Multiply"
    sign: ClassVar[str] = "*"


OPERATION = Multiply
