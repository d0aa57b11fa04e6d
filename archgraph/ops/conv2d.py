"""Convolution of images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING
from archgraph.graph.convolution import Convolution
from archgraph.graph.masks import Mask
from archgraph.graph.operation import Flow, Masks, Mismatch, Parameter, Site, Types, dim, need_features
from archgraph.graph.types import TensorType, real


class Conv2d(Convolution):
    """A square window over height and width."""

    name: ClassVar[str] = "conv2d"
    summary: ClassVar[str] = "a convolution of an image"
    reference: ClassVar[str] = "LeCun et al. 1989"
    example: ClassVar[str] = "conv2d: {channels: 16, kernel: 3, stride: 2}"
    words: ClassVar[str] = "Convolution"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[n, H, W]` to `real[channels, H', W']`, each side as a sequence in conv1d."""
        x = given["in"][0]
        need_features(x, self.name)
        if len(x.axes) != 3:
            raise Mismatch(f"'conv2d' takes an image [channels, H, W], and gets {x}", hint="use conv1d for sequences")
        if self.padding == "causal":
            raise Mismatch(
                f"padding: causal looks back in time, and {x} is an image",
                hint="write padding: same",
                field="padding",
            )
        return {"out": real(dim(self.channels), *(self.length(side, x) for side in x.axes[1:]))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """A window along both sides; channels mix."""
        return {("in", "out"): Flow(((EVERYTHING, 0), (self.window(), 1), (self.window(), 2)))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Along each side as in conv1d."""
        _, rows, columns = given["in"][0]
        return {"out": (None, self.slide(rows), self.slide(columns))}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        return f"{site.use('convolution.Conv2d')}({self.options(site.types['in'][0].axes[0])})"

    def emit(self, site: Site) -> str:
        """The call, with the masks of both sides; what is padded reads as zero."""
        rows, columns = site.real("in", -2), site.real("in", -1)
        return site.call(site.given(), rows and f"rows={rows}", columns and f"columns={columns}")

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Weight (channels, n, kernel, kernel) and bias."""
        return self.learned(given["in"][0].axes[0], Dim.number(self.kernel), Dim.number(self.kernel))

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """2 · H' · W' · channels · n · kernel²."""
        channels, height, width = results["out"].axes
        return channels * height * width * given["in"][0].axes[0] * (2 * self.kernel**2)


OPERATION = Conv2d
