"""Batch normalisation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING
from archgraph.graph.operation import (
    Flow,
    Mismatch,
    Operation,
    Parameter,
    Positive,
    Site,
    Types,
    need_features,
)
from archgraph.graph.types import TensorType


class BatchNorm(Operation):
    """Zero mean and unit variance of each feature over batch and real positions, then gain and bias."""

    name: ClassVar[str] = "batch_norm"
    summary: ClassVar[str] = "normalise each feature, or each channel, over batch and positions"
    reference: ClassVar[str] = "Ioffe and Szegedy 2015"
    example: ClassVar[str] = "batch_norm"
    glyph: ClassVar[str] = "norm"
    words: ClassVar[str] = "Batch norm."
    meanings: ClassVar[Mapping[str, str]] = {
        "epsilon": "added to the variance",
    }

    epsilon: Positive = 1e-5

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[n]`, `real[T, n]` or an image `real[channels, H, W]` to itself."""
        x = given["in"][0]
        need_features(x, self.name)
        if len(x.axes) > 3:
            raise Mismatch(
                f"'batch_norm' takes [features], [T, features] or [channels, H, W], and gets {x}",
                hint="use layer_norm, or rearrange to fewer axes",
            )
        return {"out": x}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """The statistics of a batch are read from all positions."""
        return {("in", "out"): Flow(tuple((EVERYTHING, index) for index in range(len(given["in"][0].axes))))}

    def make(self, site: Site) -> str:
        """The runtime layer, or `nn.BatchNorm2d` for images, which have no padding."""
        x = site.types["in"][0]
        epsilon = "" if self.epsilon == 1e-5 else f", eps={self.epsilon}"
        if len(x.axes) == 3:
            return f"nn.BatchNorm2d({x.axes[0]}{epsilon})"
        return f"{site.use('batch_norm.BatchNorm')}({x.features}{epsilon})"

    def emit(self, site: Site) -> str:
        """The call, with the mask of a sequence."""
        return site.call(site.given(), site.real() if len(site.types["in"][0].axes) == 2 else "")

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Gain and bias."""
        width = _width(given["in"][0])
        return (Parameter("weight", (width,)), Parameter("bias", (width,)))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Centred and brought to unit variance over the batch, then gain and bias."""
        centred = r"( <in> - \mathrm{mean}_{\mathcal{B}} ( <in> ) ) / \mathrm{std}_{\mathcal{B}} ( <in> )"
        return (rf"[\gamma] \odot {centred} + [\beta]",)


def _width(x: TensorType) -> Dim:
    return x.axes[0] if len(x.axes) == 3 else x.features


OPERATION = BatchNorm
