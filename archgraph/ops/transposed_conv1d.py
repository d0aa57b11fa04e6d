"""Transposed convolution along time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.graph.masks import Mask
from archgraph.graph.operation import Flow, Masks, Mismatch, Parameter, Site, Types, along, dim, need_sequence
from archgraph.graph.types import TensorType, real
from archgraph.graph.upsampling import Upsampling


class TransposedConv1d(Upsampling):
    """Stretch time by `stride`; `causal` reads nothing later, `same` looks to both sides."""

    name: ClassVar[str] = "transposed_conv1d"
    summary: ClassVar[str] = "stretch a sequence in time by a learned window"
    reference: ClassVar[str] = "y_(stride t + i - before) += W_i^T x_t; Zeiler et al. 2010"
    example: ClassVar[str] = "transposed_conv1d: {channels: 32, kernel: 4, stride: 2}"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to `real[T * stride, channels]`."""
        x = given["in"][0]
        length, _ = need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(
                f"'{self.name}' takes a sequence [T, features], and gets {x}", hint="use transposed_conv2d for images"
            )
        self.fit()
        return {"out": real(length * self.stride, dim(self.channels))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """A window along time; features mix."""
        return {("in", "out"): along(given["in"][0], -2, self.window())}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Each position is as real as the one that it was made from."""
        return {"out": (self.stretch(given["in"][0][0]), None)}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        return f"{site.use('upsampling.TransposedConv1d')}({self.options(site.types['in'][0].features)})"

    def emit(self, site: Site) -> str:
        """The call; padded inputs read as zero, which a causal window at a real position does not see."""
        return site.call(site.given(), "" if self.padding == "causal" else site.real())

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Weight (n, channels, kernel) and bias."""
        return self.learned(given["in"][0].features, 1)

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """2 · T · n · channels · kernel."""
        x = given["in"][0]
        return x.axes[0] * x.features * dim(self.channels) * (2 * self.kernel)


OPERATION = TransposedConv1d
