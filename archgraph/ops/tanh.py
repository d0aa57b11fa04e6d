"""The hyperbolic tangent."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.elementwise import Elementwise


class Tanh(Elementwise):
    """`tanh(x)`, from -1 to 1."""

    name: ClassVar[str] = "tanh"
    summary: ClassVar[str] = "squash each number into -1 to 1"
    reference: ClassVar[str] = "y = tanh(x)"
    example: ClassVar[str] = "tanh"
    function: ClassVar[str] = "torch.tanh"
    by_value: ClassVar[bool] = True
    words: ClassVar[str] = "tanh"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The hyperbolic tangent."""
        return (r"\mathrm{tanh} ( <in> )",)


OPERATION = Tanh
