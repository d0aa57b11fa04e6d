"""The greatest of several features."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.operation import Count, Flow, Mismatch, Operation, Site, Types, featurewise, need_features
from archgraph.graph.types import TensorType


class Maxout(Operation):
    """Features in runs of `pieces`, of each of which the greatest is kept."""

    name: ClassVar[str] = "maxout"
    summary: ClassVar[str] = "keep the greatest of each run of features"
    reference: ClassVar[str] = "y_i = max_k x_(pieces i + k); Goodfellow et al. 2013"
    example: ClassVar[str] = "maxout: 2"
    obvious: ClassVar[str] = "pieces"
    words: ClassVar[str] = "Maxout"
    meanings: ClassVar[Mapping[str, str]] = {
        "pieces": "features of a run, of which one is kept",
    }

    pieces: Count = 2

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to `real[..., n / pieces]`."""
        x = given["in"][0]
        features = need_features(x, self.name)
        if features.constant is not None and features.constant % self.pieces:
            near = max(features.constant // self.pieces, 1) * self.pieces
            raise Mismatch(
                f"'maxout' keeps one of {self.pieces} features, and {features} do not part so",
                hint=f"end what is in front in 'linear: {near}'",
                field="pieces",
            )
        if len(x.axes) == 1 and features.constant is None:
            raise Mismatch(f"'maxout' goes over features, and {features} in {x} counts positions")
        return {"out": x.widen(features.exactly(self.pieces))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Features mix, positions do not."""
        return {("in", "out"): featurewise(given["in"][0])}

    def emit(self, site: Site) -> str:
        """The greatest along an axis of its own."""
        return f"torch.unflatten({site.given()}, -1, (-1, {self.pieces})).amax(-1)"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The greatest of each run."""
        return (rf"\mathrm{{max}}_{{k<{self.pieces}}} <in> _{{{self.pieces}i+k}}",)


OPERATION = Maxout
