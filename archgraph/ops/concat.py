"""Features, or channels, side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING, POINTWISE
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
    """The features of several tensors, or the channels of images, in the order of the file; other axes are equal."""

    name: ClassVar[str] = "concat"
    summary: ClassVar[str] = "join tensors along their features, or images along their channels"
    reference: ClassVar[str] = "y = [x_1; x_2; ...]"
    example: ClassVar[str] = "concat"
    obvious: ClassVar[str] = "axis"
    meanings: ClassVar[Mapping[str, str]] = {
        "axis": "`features`, the last axis, or `channels`, the first of an image `[channels, H, W]`",
    }
    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    words: ClassVar[str] = "Concatenate"

    axis: Literal["features", "channels"] = "features"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` and `real[..., m]` to `real[..., n + m]`; channels: `real[n, H, W]` to `real[n + m, H, W]`."""
        if self.axis == "channels":
            return {"out": _image(given["in"])}
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
        """Positions stay in place; features, or channels, move."""
        if self.axis == "channels":
            return {("in", "out"): Flow(((EVERYTHING, 0), (POINTWISE, 1), (POINTWISE, 2)))}
        return {("in", "out"): featurewise(given["in"][0])}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Real in each."""
        return {"out": meet_masks(given["in"])}

    def emit(self, site: Site) -> str:
        """The joined tensor."""
        return f"torch.cat([{', '.join(site.all())}], {-3 if self.axis == 'channels' else -1})"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The parts side by side."""
        return (r"[ <in|;> ]",)


def _image(given: tuple[TensorType, ...]) -> TensorType:
    """Images of one size with all their channels."""
    first, total = given[0], Dim.number(0)
    for x in given:
        if x.element != "real" or len(x.axes) != 3 or x.axes[0].constant is None:
            raise Mismatch(f"'concat: channels' joins images [channels, H, W], and gets {x}", hint="write 'concat'")
        if x.axes[1:] != first.axes[1:]:
            raise Mismatch(
                f"'concat: channels' needs images of one size, and gets {first} and {x}",
                hint="bring both to one size: a stride halves it, transposed_conv2d makes it larger",
            )
        total = total + x.axes[0]
    return TensorType("real", (total, *first.axes[1:]))


def _mend(first: TensorType, other: TensorType) -> str:
    if len(first.axes) == len(other.axes) == 3 and first.axes[1:] == other.axes[1:]:
        return "for the channels of images write 'concat: channels'"
    shorter, longer = sorted((first, other), key=lambda given: len(given.axes))
    missing = [axis for axis in longer.axes[:-1] if axis not in shorter.axes[:-1]]
    if len(shorter.axes) < len(longer.axes) and missing:
        return f"put 'expand: {missing[0]}' behind {shorter}"
    return "bring both to the same positions"


OPERATION = Concat
