"""Features brought to length one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.memory import Saved, product
from archgraph.graph.operation import Flow, Mismatch, Operation, Positive, Site, Types, featurewise, need_features
from archgraph.graph.types import TensorType


class L2Norm(Operation):
    """Divide the features of each position by their length; only the direction is left."""

    name: ClassVar[str] = "l2_norm"
    summary: ClassVar[str] = "bring the features of each position to length one"
    reference: ClassVar[str] = "y = x / max(|x|, ε)"
    example: ClassVar[str] = "l2_norm"
    glyph: ClassVar[str] = "norm"
    words: ClassVar[str] = "L2 norm."
    meanings: ClassVar[Mapping[str, str]] = {
        "epsilon": "the least length that is divided by",
    }

    epsilon: Positive = 1e-12

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to itself; a free axis is one of positions, which are not normalised over."""
        x = given["in"][0]
        features = need_features(x, self.name)
        if len(x.axes) == 1 and features.constant is None:
            raise Mismatch(f"'l2_norm' goes over features, and {features} in {x} counts positions")
        return {"out": x}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Features mix, positions do not."""
        return {("in", "out"): featurewise(given["in"][0])}

    def emit(self, site: Site) -> str:
        """The call of the function."""
        epsilon = "" if self.epsilon == 1e-12 else f", eps={self.epsilon}"
        return f"F.normalize({site.given()}, dim=-1{epsilon})"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """What goes in, and the lengths: as they are, and as they are divided by."""
        return Saved(("in",), numbers=product(given["in"][0].axes[:-1]) * 2)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Over the length."""
        return (r"<in> / \lVert <in> \rVert",)


OPERATION = L2Norm
