"""Layer normalisation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.memory import Saved, product
from archgraph.graph.operation import Flow, Operation, Parameter, Positive, Site, Types, featurewise, need_features
from archgraph.graph.types import TensorType


class LayerNorm(Operation):
    """Zero mean and unit variance over the features, then a learned gain and bias."""

    name: ClassVar[str] = "layer_norm"
    summary: ClassVar[str] = "normalise the features of each position"
    reference: ClassVar[str] = "Ba et al. 2016"
    example: ClassVar[str] = "layer_norm"
    glyph: ClassVar[str] = "norm"
    words: ClassVar[str] = "Layer norm."
    meanings: ClassVar[Mapping[str, str]] = {
        "epsilon": "added to the variance",
    }

    epsilon: Positive = 1e-5

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to itself."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Features mix, positions do not."""
        return {("in", "out"): featurewise(given["in"][0])}

    def make(self, site: Site) -> str:
        """`nn.LayerNorm`."""
        epsilon = "" if self.epsilon == 1e-5 else f", eps={self.epsilon}"
        return f"nn.LayerNorm({site.types['in'][0].features}{epsilon})"

    def emit(self, site: Site) -> str:
        """By a function, with what the module holds."""
        return f"{site.use('norms.normalise')}({site.given()}, {site.module()})"

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Gain and bias."""
        width = given["in"][0].features
        return (Parameter("weight", (width,)), Parameter("bias", (width,)))

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The input, and two numbers a position."""
        return Saved(("in",), numbers=product(given["in"][0].axes[:-1]) * 2)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Centred and brought to unit variance over the features, then gain and bias."""
        return (r"[\gamma] \odot ( <in> - \mathrm{mean} ( <in> ) ) / \mathrm{std} ( <in> ) + [\beta]",)


OPERATION = LayerNorm
