"""A tensor at every position of an axis: the only broadcast."""

from __future__ import annotations

from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import POINTWISE
from archgraph.graph.masks import Mask
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Port, Site, Types, need_features
from archgraph.graph.types import TensorType


class Expand(Operation):
    """Add an axis in front of the features, along which the tensor is repeated; `like` has that axis."""

    name: ClassVar[str] = "expand"
    summary: ClassVar[str] = "repeat a tensor at every position of a named axis"
    reference: ClassVar[str] = "y[..., t, :] = x[..., :] for every t"
    example: ClassVar[str] = "expand: T"
    obvious: ClassVar[str] = "axis"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), Port("like"))
    words: ClassVar[str] = "Expand"

    axis: str

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]`, and any tensor with the axis T, to `real[..., T, n]`."""
        x, like = given["in"][0], given["like"][0]
        need_features(x, self.name)
        axis = Dim.name(self.axis)
        if axis not in like.axes:
            free = [str(other) for other in like.axes if other.constant is None]
            raise Mismatch(
                f"'expand: {self.axis}' takes the length of {self.axis} from 'like', which is {like}",
                hint=f"write expand: {free[0]}"
                if free
                else f"let an edge from a tensor with the axis {self.axis} end in 'like'",
                field="axis",
                port="like",
            )
        if axis in x.axes:
            raise Mismatch(f"'expand: {self.axis}' adds an axis that {x} has", hint="remove the expand", field="axis")
        return {"out": TensorType(x.element, (*x.axes[:-1], axis, x.features))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Every axis is kept, the features one place further on; of `like` nothing but the length is read."""
        last = len(given["in"][0].axes) - 1
        return {("in", "out"): Flow(tuple((POINTWISE, i + 1 if i == last else i) for i in range(last + 1)))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The new axis has the mask that it has in `like`."""
        x, like = given["in"][0], given["like"][0]
        return {"out": (*x[:-1], like[self._place(types)], x[-1])}

    def emit(self, site: Site) -> str:
        """A view, not a copy."""
        before = ", ".join(["-1"] * len(site.types["in"][0].axes))
        size = f"{site.given('like')}.shape[{self._place(site.types) + 1}]"
        return f"{site.given()}.unsqueeze(-2).expand({before}, {size}, -1)"

    def _place(self, types: Types) -> int:
        return types["like"][0].axes.index(Dim.name(self.axis))


OPERATION = Expand
