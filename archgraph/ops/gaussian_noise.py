"""Normal noise on features."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.notation import decimal
from archgraph.graph.operation import Operation, Positive, Site, Types, need_features
from archgraph.graph.types import TensorType


class GaussianNoise(Operation):
    """Add normal noise of standard deviation `std`, in training and in use."""

    name: ClassVar[str] = "gaussian_noise"
    summary: ClassVar[str] = "corrupt real numbers by normal noise"
    reference: ClassVar[str] = "x + std · ε, ε normal; Vincent et al. 2008"
    example: ClassVar[str] = "gaussian_noise: 0.1"
    obvious: ClassVar[str] = "std"
    words: ClassVar[str] = "Noise"
    corrupts: ClassVar[bool] = True
    meanings: ClassVar[Mapping[str, str]] = {
        "std": "the standard deviation of the noise",
    }

    std: Positive

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to itself."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def emit(self, site: Site) -> str:
        """The noisy tensor, or the tensor itself where nothing is to be corrupted; padding is left alone."""
        x, real = site.given(), site.real() if len(site.types["in"][0].axes) == 2 else ""
        options = ([f"real={real}"] if real else []) + [f"generator={site.generator()}"]
        noisy = f"{site.use('noise.gaussian_noise')}({x}, {self.std}, {', '.join(options)})"
        return f"{noisy} if {site.corrupt()} else {x}"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The noise, and the sum."""
        return (
            r"\boldsymbol{\epsilon} \sim \mathcal{N} ( 0 , 1 )",
            rf"<in> + {decimal(self.std)} \boldsymbol{{\epsilon}}",
        )


OPERATION = GaussianNoise
