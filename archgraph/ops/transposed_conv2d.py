"""Transposed convolution of images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING
from archgraph.graph.masks import Mask
from archgraph.graph.operation import Flow, Masks, Mismatch, Parameter, Site, Types, dim, need_features
from archgraph.graph.types import TensorType, real
from archgraph.graph.upsampling import Upsampling


class TransposedConv2d(Upsampling):
    """Stretch height and width by `stride`, through a square window."""

    name: ClassVar[str] = "transposed_conv2d"
    summary: ClassVar[str] = "stretch an image by a learned window"
    reference: ClassVar[str] = "Zeiler et al. 2010; Radford et al. 2016 (DCGAN)"
    example: ClassVar[str] = "transposed_conv2d: {channels: 16, kernel: 4, stride: 2}"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[n, H, W]` to `real[channels, H * stride, W * stride]`."""
        x = given["in"][0]
        need_features(x, self.name)
        if len(x.axes) != 3:
            raise Mismatch(
                f"'{self.name}' takes an image [channels, H, W], and gets {x}",
                hint="use transposed_conv1d for sequences",
            )
        if self.padding == "causal":
            raise Mismatch(
                f"padding: causal looks back in time, and {x} is an image", hint="write padding: same", field="padding"
            )
        self.fit()
        return {"out": real(dim(self.channels), *(side * self.stride for side in x.axes[1:]))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """A window along both sides; channels mix."""
        return {("in", "out"): Flow(((EVERYTHING, 0), (self.window(), 1), (self.window(), 2)))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Along each side as in transposed_conv1d."""
        _, rows, columns = given["in"][0]
        return {"out": (None, self.stretch(rows), self.stretch(columns))}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        return f"{site.use('upsampling.TransposedConv2d')}({self.options(site.types['in'][0].axes[0])})"

    def emit(self, site: Site) -> str:
        """The call, with the masks of both sides; what is padded reads as zero."""
        rows, columns = site.real("in", -2), site.real("in", -1)
        return site.call(site.given(), rows and f"rows={rows}", columns and f"columns={columns}")

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Weight (n, channels, kernel, kernel) and bias."""
        return self.learned(given["in"][0].axes[0], 2)

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """2 · H · W · n · channels · kernel²."""
        channels, height, width = given["in"][0].axes
        return channels * height * width * dim(self.channels) * (2 * self.kernel**2)


OPERATION = TransposedConv2d
