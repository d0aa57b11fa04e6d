"""What transposed convolutions have in common: arguments, lengths, look-ahead, masks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.core.dims import Dim
from archgraph.core.lags import Transfer
from archgraph.graph.masks import Grouped, Mask
from archgraph.graph.operation import Count, Flag, Mismatch, Operation, Parameter, Size, dim


class Upsampling(Operation):
    """Each position becomes `stride` positions, through a window of `kernel` that neighbours share."""

    glyph: ClassVar[str] = "convolution"
    block: ClassVar[bool] = True
    words: ClassVar[str] = "Transposed convolution"
    meanings: ClassVar[Mapping[str, str]] = {
        "channels": "of the output",
        "kernel": "positions of the output that each input reaches",
        "stride": "positions of the output for each input",
        "padding": "whether the window reaches both ways, or forward alone",
        "bias": "whether a learned number is added to each channel",
    }

    channels: Size
    kernel: Count
    stride: Count = 2
    padding: Literal["same", "causal"] = "same"
    bias: Flag = True

    @property
    def before(self) -> int:
        """How many positions are cut off in front of what the windows cover."""
        return (self.kernel - self.stride) // 2 if self.padding == "same" else 0

    def fit(self) -> None:
        """Raise Mismatch where the windows leave gaps, or cannot be cut alike at both ends."""
        if self.stride == 1:
            raise Mismatch(
                f"'{self.name}' stretches by its stride, and stride: 1 stretches nothing",
                hint=f"use {self.name.removeprefix('transposed_')}, or write stride: 2",
                field="stride",
            )
        if self.kernel < self.stride:
            raise Mismatch(
                f"a kernel of {self.kernel} leaves gaps at a stride of {self.stride}",
                hint=f"write kernel: {self.stride} or more",
                field="kernel",
            )
        if self.padding == "same" and (self.kernel - self.stride) % 2:
            raise Mismatch(
                f"padding: same cuts kernel − stride = {self.kernel - self.stride} positions, half at each end",
                hint=f"write kernel: {self.kernel + 1}, or padding: causal",
                field="kernel",
            )

    def window(self) -> Transfer:
        """How dependence moves along an axis: output j reads inputs up to (j + before) / stride."""
        return Transfer("upsample", rate=self.stride, ahead=self.before, ends=self.before > 0)

    def stretch(self, mask: Mask | None) -> Mask | None:
        """The mask of an axis afterwards: each position is as real as the one that it was made from."""
        return None if mask is None else Grouped(mask, -self.stride)

    def options(self, features: Dim) -> str:
        """The arguments of the runtime layer; those that are as by default are left out."""
        parts = [f"{features}", f"{self.channels}", f"{self.kernel}"]
        parts += [f"stride={self.stride}"] * (self.stride != 2)
        parts += [f"before={self.before}"] * (self.before != 0)
        return ", ".join(parts + ["bias=False"] * (not self.bias))

    def learned(self, features: Dim, taps: int) -> tuple[Parameter, ...]:
        """Weight (features, channels, kernel...) and bias (channels)."""
        weight = Parameter("weight", (features, dim(self.channels), *([Dim.number(self.kernel)] * taps)))
        return (weight, Parameter("bias", (dim(self.channels),))) if self.bias else (weight,)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Zeros between the positions, and the window over all."""
        return (rf"[W] \ast ( <in> {{\uparrow}}_{{{self.stride}}} )" + " + [b]" * self.bias,)
