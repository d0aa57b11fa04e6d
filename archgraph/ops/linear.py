"""An affine map of the features."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.graph.operation import (
    Flag,
    Flow,
    Operation,
    Parameter,
    Site,
    Size,
    Types,
    dim,
    featurewise,
    need_features,
)
from archgraph.graph.types import TensorType


class Linear(Operation):
    """`x W^T + b` on the last axis."""

    name: ClassVar[str] = "linear"
    summary: ClassVar[str] = "an affine map of the last axis"
    reference: ClassVar[str] = "y = x W^T + b"
    example: ClassVar[str] = "linear: 32"
    obvious: ClassVar[str] = "width"
    words: ClassVar[str] = "Linear"
    tieable: ClassVar[tuple[str, ...]] = ("weight", "bias")
    meanings: ClassVar[Mapping[str, str]] = {
        "width": "features of the output",
        "bias": "whether a learned vector is added",
    }

    width: Size
    bias: Flag = True

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to `real[..., width]`."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0].widen(dim(self.width))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Features mix, positions do not."""
        return {("in", "out"): featurewise(given["in"][0])}

    def make(self, site: Site) -> str:
        """`nn.Linear`; what is tied is not held here."""
        bias = "" if self.bias and not site.tied("bias") else ", bias=False"
        if site.tied("weight"):
            if bias:
                return ""
            return f"{site.use('tied.TiedLinear')}({self.width})"
        return f"nn.Linear({site.types['in'][0].features}, {self.width}{bias})"

    def emit(self, site: Site) -> str:
        """The call of the module, and what it borrows from the owners."""
        weight, bias = site.tied("weight"), site.tied("bias")
        if weight and (bias or not self.bias):
            return f"F.linear({', '.join(part for part in (site.given(), weight, bias) if part)})"
        return f"{site.call(site.given(), weight)}{f' + {bias}' if bias else ''}"

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Weight (width, n) and bias (width)."""
        weight = Parameter("weight", (dim(self.width), given["in"][0].features))
        return (weight, Parameter("bias", (dim(self.width),))) if self.bias else (weight,)

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """2 · positions · n · width."""
        total = given["in"][0].features * dim(self.width) * 2
        for axis in given["in"][0].axes[:-1]:
            total = total * axis
        return total

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The affine map."""
        return ("[W] <in> + [b]" if self.bias else "[W] <in>",)


OPERATION = Linear
