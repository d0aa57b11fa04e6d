"""A tensor at every position of an axis: the only broadcast."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import POINTWISE
from archgraph.graph.masks import Mask
from archgraph.graph.notation import named
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Site, Types, need_features
from archgraph.graph.types import TensorType


class Expand(Operation):
    """Add an axis in front of the features, along which the tensor is repeated."""

    name: ClassVar[str] = "expand"
    summary: ClassVar[str] = "repeat a tensor at every position of an axis of an observed variable"
    reference: ClassVar[str] = "y[..., t, :] = x[..., :] for every t"
    example: ClassVar[str] = "expand: T"
    obvious: ClassVar[str] = "axis"
    words: ClassVar[str] = "Expand"
    meanings: ClassVar[Mapping[str, str]] = {
        "axis": "the free axis along which it is repeated",
    }

    axis: str

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to `real[..., T, n]`."""
        x = given["in"][0]
        need_features(x, self.name)
        axis = Dim.name(self.axis)
        if axis in x.axes:
            raise Mismatch(f"'expand: {self.axis}' adds an axis that {x} has", hint="remove the expand", field="axis")
        return {"out": TensorType(x.element, (*x.axes[:-1], axis, x.features))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Every axis is kept, the features one place further on."""
        last = len(given["in"][0].axes) - 1
        return {("in", "out"): Flow(tuple((POINTWISE, i + 1 if i == last else i) for i in range(last + 1)))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Every position of the new axis is real."""
        x = given["in"][0]
        return {"out": (*x[:-1], None, x[-1])}

    def emit(self, site: Site) -> str:
        """A view, not a copy."""
        before = ", ".join(["-1"] * len(site.types["in"][0].axes))
        return f"{site.given()}.unsqueeze(-2).expand({before}, {site.size(self.axis)}, -1)"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The same at each of the positions."""
        return (rf"<in> 1_{{{named(self.axis)}}} ^{{\top}}",)


OPERATION = Expand
