"""The generalised overlap of boxes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.graph.energies import Comparison
from archgraph.graph.memory import Saved, count
from archgraph.graph.operation import Mismatch, Site, Types
from archgraph.graph.types import TensorType

BOX = 4  # numbers


class Giou(Comparison):
    """The energy 1 − generalised IoU of two boxes, from 0 where they are the same to 2 where they are far apart.

    A box is `(x, y, width, height)` with x and y of its centre, or `corners`: `(left, top, right, bottom)`. Boxes that
    do not touch still have a gradient, which draws them together; `absolute_error` beside it speaks of their size.
    """

    name: ClassVar[str] = "giou"
    summary: ClassVar[str] = "1 − generalised overlap (intersection over union) of boxes"
    reference: ClassVar[str] = "C(y, ỹ) = Σ_t 1 − |y ∩ ỹ| / |y ∪ ỹ| + (|H| − |y ∪ ỹ|) / |H|, H the box around both; "
    reference += "Rezatofighi et al. 2019"
    example: ClassVar[str] = "giou"
    words: ClassVar[str] = "Overlap of boxes"
    function: ClassVar[str] = "giou"
    meanings: ClassVar[Mapping[str, str]] = {
        "form": "what a box is: x and y of its centre and its size, or left, top, right and bottom"
    }

    form: Literal["centres", "corners"] = "centres"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """Two tensors `real[..., 4]` of one type to an energy."""
        found = super().shape(given)
        target = given["target"][0]
        if target.element != "real" or not target.axes or target.features.constant != BOX:
            hint = "let its last axis be the four numbers of a box"
            raise Mismatch(f"'giou' compares boxes, and the target is {target}", hint=hint, port="target")
        return found

    def emit(self, site: Site) -> str:
        """The energy per sample; which numbers a box has is told where they are not the usual ones."""
        given = [site.given("prediction"), site.given("target"), site.counted()]
        form = ["corners=True"] if self.form == "corners" else []
        return f"{site.use('costs.giou')}({', '.join(part for part in (*given, *form) if part)})"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """Corners, sizes and areas of both boxes and of the one around them."""
        return Saved(numbers=8 * count(given["prediction"][0]))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """One less the overlap, and the share of the box around both that neither fills."""
        one, other = "<target>", "<prediction>"
        both, either = rf"| {one} \cap {other} |", rf"| {one} \cup {other} |"
        return (rf"1 - {both} / {either} + ( | \mathrm{{H}} | - {either} ) / | \mathrm{{H}} |",)


OPERATION = Giou
