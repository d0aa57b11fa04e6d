"""Features side by side."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.graph.masks import Mask
from archgraph.graph.operation import (
    Flow,
    Masks,
    Mismatch,
    Operation,
    Port,
    Site,
    Types,
    featurewise,
    meet_masks,
    need_features,
)
from archgraph.graph.types import TensorType


class Concat(Operation):
    """The features of several tensors, in the order of the file; all other axes are equal."""

    name: ClassVar[str] = "concat"
    summary: ClassVar[str] = "join tensors along their features"
    reference: ClassVar[str] = "y = [x_1; x_2; ...]"
    example: ClassVar[str] = "concat"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    words: ClassVar[str] = "Concatenate"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` and `real[..., m]` to `real[..., n + m]`."""
        first, *others = given["in"]
        total = Dim.number(0)
        for x in given["in"]:
            total = total + need_features(x, self.name)
            if len(x.axes) == 1 and x.features.constant is None:
                raise Mismatch(f"'concat' joins features, and {x.features} in {x} counts positions")
        for other in others:
            if other.axes[:-1] != first.axes[:-1]:
                raise Mismatch(
                    f"'concat' needs all axes equal but the last, and gets {first} and {other}",
                    hint=_mend(first, other),
                )
        return {"out": first.widen(total)}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Positions stay in place; features move."""
        return {("in", "out"): featurewise(given["in"][0])}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Real in each."""
        return {"out": meet_masks(given["in"])}

    def emit(self, site: Site) -> str:
        """The joined tensor."""
        return f"torch.cat([{', '.join(site.all())}], -1)"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The parts side by side."""
        return (r"[ <in|;> ]",)


def _mend(first: TensorType, other: TensorType) -> str:
    shorter, longer = sorted((first, other), key=lambda given: len(given.axes))
    missing = [axis for axis in longer.axes[:-1] if axis not in shorter.axes[:-1]]
    if len(shorter.axes) < len(longer.axes) and missing:
        return f"put 'expand: {missing[0]}' behind {shorter}"
    return "bring both to the same positions"


OPERATION = Concat
