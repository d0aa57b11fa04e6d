"""The Gaussian error linear unit, exact or by one of the two approximations in use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.graph.elementwise import Elementwise
from archgraph.graph.operation import Site


class Gelu(Elementwise):
    """`x Φ(x)`, with Φ the distribution function of a standard normal; `tanh` and `quick` come near it."""

    name: ClassVar[str] = "gelu"
    summary: ClassVar[str] = "x times the chance that a normal is below it"
    reference: ClassVar[str] = "y = x Φ(x); Hendrycks and Gimpel 2016; quick: y = x σ(1.702 x)"
    example: ClassVar[str] = "gelu"
    obvious: ClassVar[str] = "form"
    function: ClassVar[str] = "F.gelu"
    words: ClassVar[str] = "GELU"
    meanings: ClassVar[Mapping[str, str]] = {
        "form": "the exact function, or one of two that come near it",
    }

    form: Literal["exact", "tanh", "quick"] = "exact"

    def emit(self, site: Site) -> str:
        """The call of the function in its form."""
        if self.form == "quick":
            return f"{site.use('activations.quick_gelu')}({site.given()})"
        return f'F.gelu({site.given()}, approximate="tanh")' if self.form == "tanh" else f"F.gelu({site.given()})"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Let through by how many normals are below it."""
        if self.form == "tanh":
            near = r"\sqrt{2/\pi} ( <in> + 0.044715 <in> ^{3} )"
            return (rf"<in> \odot ( 1 + \mathrm{{tanh}} ( {near} ) ) / 2",)
        return (r"<in> \odot \sigma ( 1.702 <in> )" if self.form == "quick" else r"<in> \odot \Phi ( <in> )",)


OPERATION = Gelu
