"""Softmax of the features."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.memory import Saved
from archgraph.graph.operation import Flow, Mismatch, Operation, Site, Types, featurewise, need_features
from archgraph.graph.types import TensorType


class Softmax(Operation):
    """`exp(x) / Σ exp(x)` over the features: positive numbers whose sum is 1."""

    name: ClassVar[str] = "softmax"
    summary: ClassVar[str] = "features to probabilities"
    reference: ClassVar[str] = "y_i = exp(x_i) / Σ_j exp(x_j)"
    example: ClassVar[str] = "softmax"
    words: ClassVar[str] = "Softmax"
    numbers: ClassVar[str] = "probabilities"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to itself; a free axis is one of positions, which are not normalised over."""
        x = given["in"][0]
        features = need_features(x, self.name)
        if len(x.axes) == 1 and features.constant is None:
            raise Mismatch(
                f"'softmax' goes over features, and {features} in {x} counts positions", hint="use attention"
            )
        return {"out": x}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Features mix, positions do not."""
        return {("in", "out"): featurewise(given["in"][0])}

    def emit(self, site: Site) -> str:
        """The call of the function."""
        return f"torch.softmax({site.given()}, -1)"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """What comes out."""
        return Saved(outputs=("out",))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Where the maximum is, softly."""
        return (r"\mathrm{softargmax} ( <in> )",)


OPERATION = Softmax
