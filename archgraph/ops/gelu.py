"""The Gaussian error linear unit."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.elementwise import Elementwise


class Gelu(Elementwise):
    """`x Φ(x)`, with Φ the distribution function of a standard normal."""

    name: ClassVar[str] = "gelu"
    summary: ClassVar[str] = "x times the chance that a normal is below it"
    reference: ClassVar[str] = "y = x Φ(x); Hendrycks and Gimpel 2016"
    example: ClassVar[str] = "gelu"
    function: ClassVar[str] = "F.gelu"
    words: ClassVar[str] = "GELU"


OPERATION = Gelu
