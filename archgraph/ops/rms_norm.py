"""Normalisation by the root mean square."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.memory import Saved, count, product
from archgraph.graph.operation import (
    Flag,
    Flow,
    Operation,
    Parameter,
    Positive,
    Site,
    Types,
    featurewise,
    need_features,
)
from archgraph.graph.types import TensorType


class RmsNorm(Operation):
    """Divide by the root mean square of the features, then a learned gain: with `unit_offset` less one."""

    name: ClassVar[str] = "rms_norm"
    summary: ClassVar[str] = "scale the features of each position to unit mean square"
    reference: ClassVar[str] = "Zhang and Sennrich 2019"
    example: ClassVar[str] = "rms_norm"
    glyph: ClassVar[str] = "norm"
    words: ClassVar[str] = "RMS norm."
    meanings: ClassVar[Mapping[str, str]] = {
        "epsilon": "added to the mean square",
        "unit_offset": "whether the gain is one more than what is learned",
    }

    epsilon: Positive = 1e-6
    unit_offset: Flag = False

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to itself."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Features mix, positions do not."""
        return {("in", "out"): featurewise(given["in"][0])}

    def make(self, site: Site) -> str:
        """`nn.RMSNorm`; its own default epsilon depends on the dtype, so ours is always written."""
        if self.unit_offset:
            epsilon = "" if self.epsilon == 1e-6 else f", eps={self.epsilon}"
            return f"{site.use('norms.OffsetRMSNorm')}({site.types['in'][0].features}{epsilon})"
        return f"nn.RMSNorm({site.types['in'][0].features}, eps={self.epsilon})"

    def emit(self, site: Site) -> str:
        """By a function, with what the module holds; with an offset by the module itself."""
        if self.unit_offset:
            return site.call(site.given())
        return f"{site.use('norms.normalise_rms')}({site.given()}, {site.module()})"

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The gain."""
        return (Parameter("weight", (given["in"][0].features,)),)

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The input, its sizes, and the input divided by them."""
        x = given["in"][0]
        return Saved(("in",), numbers=count(x) + product(x.axes[:-1]))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Over the root mean square of the features, times the gain."""
        gain = r"( 1 + [\gamma] )" if self.unit_offset else r"[\gamma]"
        return (rf"{gain} \odot <in> / \mathrm{{rms}} ( <in> )",)


OPERATION = RmsNorm
