"""The sigmoid-weighted linear unit."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.elementwise import Elementwise


class Silu(Elementwise):
    """`x σ(x)`, also known as swish."""

    name: ClassVar[str] = "silu"
    summary: ClassVar[str] = "x times its own sigmoid"
    reference: ClassVar[str] = "y = x σ(x); Elfwing et al. 2018"
    example: ClassVar[str] = "silu"
    function: ClassVar[str] = "F.silu"
    words: ClassVar[str] = "SiLU"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Let through by its own sigmoid."""
        return (r"<in> \odot \sigma ( <in> )",)


OPERATION = Silu
