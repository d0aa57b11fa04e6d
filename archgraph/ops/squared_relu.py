"""The square of the rectified linear unit."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.elementwise import Elementwise
from archgraph.graph.operation import Site


class SquaredRelu(Elementwise):
    """`max(x, 0)²`."""

    name: ClassVar[str] = "squared_relu"
    summary: ClassVar[str] = "zero what is negative, square the rest"
    reference: ClassVar[str] = "y = max(x, 0)²; So et al. 2021"
    example: ClassVar[str] = "squared_relu"
    words: ClassVar[str] = "Squared ReLU"

    def emit(self, site: Site) -> str:
        """Two methods of torch."""
        return f"torch.relu({site.given()}).square()"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The square of what is positive."""
        return (r"\mathrm{max} ( <in> , 0 ) ^{2}",)


OPERATION = SquaredRelu
