"""A learned gain for each feature of a branch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.operation import Mismatch, Operation, Parameter, Positive, Site, Types, need_features
from archgraph.graph.types import TensorType


class LayerScale(Operation):
    """Each feature times a learned gain, small at first, so that a deep residual network starts near the identity."""

    name: ClassVar[str] = "layer_scale"
    summary: ClassVar[str] = "multiply each feature by a learned gain, small at first"
    reference: ClassVar[str] = "y = γ ⊙ x; Touvron et al. 2021 (CaiT), section 2"
    example: ClassVar[str] = "layer_scale: 1e-5"
    obvious: ClassVar[str] = "initial"
    words: ClassVar[str] = "Layer scale"
    meanings: ClassVar[Mapping[str, str]] = {
        "initial": "each gain before training",
    }

    initial: Positive = 1e-5

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to itself; n is a number, since each feature has a gain."""
        x = given["in"][0]
        if len(x.axes) == 1 and need_features(x, self.name).constant is None:
            raise Mismatch(f"'layer_scale' has a gain for each feature, and {x.features} in {x} counts positions")
        need_features(x, self.name)
        return {"out": x}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        initial = "" if self.initial == 1e-5 else f", {self.initial!r}"
        return f"{site.use('gains.LayerScale')}({site.types['in'][0].features}{initial})"

    def emit(self, site: Site) -> str:
        """The call of the module."""
        return site.call(site.given())

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The gains."""
        return (Parameter("weight", (given["in"][0].features,)),)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """A gain for each feature."""
        return (r"[\gamma] \odot <in>",)


OPERATION = LayerScale
