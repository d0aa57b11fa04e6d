"""What convolutions have in common: arguments, lengths, look-ahead, masks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.core.dims import Dim
from archgraph.core.lags import Transfer
from archgraph.graph.masks import Mask, Strided
from archgraph.graph.operation import Count, Flag, Mismatch, Operation, Parameter, Size, dim
from archgraph.graph.types import TensorType


class Convolution(Operation):
    """A sliding window of `kernel` positions, `dilation` apart, moved by `stride`."""

    glyph: ClassVar[str] = "convolution"
    block: ClassVar[bool] = True
    meanings: ClassVar[Mapping[str, str]] = {
        "channels": "of the output",
        "kernel": "how many positions the window reads",
        "stride": "how far the window moves from output to output",
        "dilation": "how far apart the positions of the window are",
        "padding": "what stands beyond the ends: zeros on both sides, nothing, or zeros in front alone",
        "bias": "whether a learned number is added to each channel",
    }

    channels: Size
    kernel: Count
    stride: Count = 1
    dilation: Count = 1
    padding: Literal["same", "valid", "causal"] = "same"
    bias: Flag = True

    @property
    def reach(self) -> int:
        """How many positions lie between the first tap and the last."""
        return (self.kernel - 1) * self.dilation

    def length(self, size: Dim, given: TensorType) -> Dim:
        """The length of an axis afterwards; raises Mismatch where it is too short or has no centre."""
        if self.padding == "same" and self.kernel % 2 == 0:
            raise Mismatch(
                f"padding: same needs an odd kernel, and the kernel is {self.kernel}",
                hint=f"write kernel: {self.kernel - 1} or {self.kernel + 1}",
                field="kernel",
            )
        left = size - self.reach if self.padding == "valid" else size
        if left.constant is not None and left.constant < 1:
            raise Mismatch(
                f"a kernel of {self.kernel} with dilation {self.dilation} covers {self.reach + 1} positions, "
                f"and {given} has {size}",
                hint=f"write kernel: {(size.constant or 1) // self.dilation or 1} or less, or padding: same",
                field="kernel",
            )
        return left.rounded(self.stride)

    def window(self) -> Transfer:
        """How dependence moves along an axis that is convolved."""
        ahead = {"causal": 0, "same": self.reach // 2, "valid": self.reach}[self.padding]
        ends = self.padding == "same" and ahead > 0
        return Transfer("window", rate=self.stride, ahead=ahead, past=self.reach > 0, ends=ends)

    def slide(self, mask: Mask | None) -> Mask | None:
        """The mask of an axis afterwards; it is the same where every position keeps its place."""
        if mask is None or (self.stride == 1 and self.padding != "valid"):
            return mask
        return Strided(mask, self.kernel, self.stride, self.dilation, self.padding)

    def options(self, features: Dim) -> str:
        """The arguments of the runtime layer; those that are as by default are left out."""
        parts = [f"{features}", f"{self.channels}", f"{self.kernel}"]
        parts += [f"stride={self.stride}"] * (self.stride != 1)
        parts += [f"dilation={self.dilation}"] * (self.dilation != 1)
        parts += [f'padding="{self.padding}"'] * (self.padding != "same")
        return ", ".join(parts + ["bias=False"] * (not self.bias))

    def learned(self, *window: Dim) -> tuple[Parameter, ...]:
        """Weight (channels, features, taps...) and bias (channels)."""
        weight = Parameter("weight", (dim(self.channels), *window))
        return (weight, Parameter("bias", (dim(self.channels),))) if self.bias else (weight,)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The window over all places, dilated as its sign says; of what it gives one in `stride` is kept."""
        sign = rf"\ast_{{{self.dilation}}}" if self.dilation > 1 else r"\ast"
        found = f"[W] {sign} <in>" + " + [b]" * self.bias
        return (rf"( {found} ) {{\downarrow}}_{{{self.stride}}}" if self.stride > 1 else found,)
