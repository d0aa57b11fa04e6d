"""Convolution along time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.graph.convolution import Convolution
from archgraph.graph.masks import Mask
from archgraph.graph.memory import NUMBER
from archgraph.graph.operation import (
    Flow,
    Masks,
    Mismatch,
    Parameter,
    Site,
    Types,
    along,
    dim,
    need_sequence,
)
from archgraph.graph.types import TensorType, real


class Conv1d(Convolution):
    """A window over time; `causal` looks back, `same` to both sides, `valid` never past the ends."""

    name: ClassVar[str] = "conv1d"
    summary: ClassVar[str] = "a convolution of a sequence along time"
    reference: ClassVar[str] = "y_j = b + Σ_i W_i x_(stride j + dilation i - before)"
    example: ClassVar[str] = "conv1d: {channels: 32, kernel: 3, padding: causal}"
    words: ClassVar[str] = "Convolution"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to `real[T', channels]`; T' is ceil(T / stride), of what is left of T if valid."""
        x = given["in"][0]
        length, _ = need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(f"'conv1d' takes a sequence [T, features], and gets {x}", hint="use conv2d for images")
        return {"out": real(self.length(length, x), dim(self.channels))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """A window along time; features mix."""
        return {("in", "out"): along(given["in"][0], -2, self.window())}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Real where the centre tap is (same), the last (causal), or all (valid)."""
        return {"out": (self.slide(given["in"][0][0]), None)}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        return f"{site.use('convolution.Conv1d')}({self.options(site.types['in'][0].features)})"

    def emit(self, site: Site) -> str:
        """The call; padded inputs read as zero. a causal window at a real position sees none."""
        return site.call(site.given(), "" if self.padding == "causal" else site.real())

    def remembers(self, given: Types) -> bool:
        """The positions under the kernel."""
        return self.kernel > 1

    def start(self, site: Site) -> str:
        """The inputs before the first, where a step needs others than its own."""
        return site.method("start", "batch") if self._remembers else ""

    def step(self, site: Site, state: str) -> str:
        """The next steps, with the inputs that the window still holds."""
        return site.method("step", site.given(), state, site.real()) if self._remembers else self.emit(site)

    @property
    def _remembers(self) -> bool:
        return self.padding != "valid" and self.kernel > 1 and self.stride == 1

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Weight (channels, n, kernel) and bias."""
        return self.learned(given["in"][0].features, Dim.number(self.kernel))

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """2 · positions · channels · n · kernel."""
        out = results["out"]
        return out.axes[0] * out.features * given["in"][0].features * (2 * self.kernel)

    def state(self, given: Types, masks: Masks, capacity: Dim) -> Dim:
        """The inputs that the window holds at first: those before the place that it gives."""
        before = self.reach if self.padding == "causal" else self.reach // 2
        return given["in"][0].features * (before * NUMBER if self._remembers else 0)


OPERATION = Conv1d
