"""The position-wise feed-forward layer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.graph.memory import Saved, product
from archgraph.graph.operation import (
    Activation,
    Flag,
    Flow,
    Operation,
    Parameter,
    Rate,
    Site,
    Size,
    Types,
    dim,
    featurewise,
    need_features,
)
from archgraph.graph.types import TensorType

# The runtime's words for activations that are no function of torch; and relu, where it may write into what it is given.
FORMS = {"gelu_tanh": ("", "tanh"), "gelu_quick": ("", "quick"), "squared_relu": ("relu", "squared")}
IN_PLACE = {"relu": ("relu_",), "squared_relu": ("relu_", "squared")}


class FeedForward(Operation):
    """Two linear maps with an activation between them, or a gated pair, the same at each position."""

    name: ClassVar[str] = "feed_forward"
    summary: ClassVar[str] = "widen, activate, narrow; with a gate if asked"
    reference: ClassVar[str] = "Vaswani et al. 2017, section 3.3; Shazeer 2020 (gated)"
    example: ClassVar[str] = "feed_forward: {hidden: 256, activation: gelu}"
    obvious: ClassVar[str] = "hidden"
    glyph: ClassVar[str] = "convolution"
    words: ClassVar[str] = "1-convolution"
    block: ClassVar[bool] = True
    meanings: ClassVar[Mapping[str, str]] = {
        "hidden": "features between the two maps",
        "activation": "what stands between them",
        "gated": "whether a third map, activated, multiplies the first",
        "bias": "whether the maps add a learned vector",
        "dropout": "the chance of each number before the last map to be dropped in training",
    }

    hidden: Size
    activation: Activation = "relu"
    gated: Flag = False
    bias: Flag = True
    dropout: Rate = 0.0

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to itself."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Features mix, positions do not."""
        return {("in", "out"): featurewise(given["in"][0])}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        name = "GatedFeedForward" if self.gated else "FeedForward"
        default, forms = ("silu", FORMS) if self.gated else ("relu_", FORMS | IN_PLACE)
        function, *more = forms.get(self.activation, (self.activation,))
        options = [f"{site.types['in'][0].features}", f"{self.hidden}"]
        options += [f'activation="{function}"'] * (function != default) + [f"{word}=True" for word in more]
        options += ["bias=False"] * (not self.bias) + [f"dropout={self.dropout}"] * bool(self.dropout)
        return f"{site.use(f'feed_forward.{name}')}({', '.join(options)})"

    def emit(self, site: Site) -> str:
        """The call of the module."""
        return site.call(site.given())

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Gate, inner and outer maps."""
        width, hidden = given["in"][0].features, dim(self.hidden)
        shapes = [("gate", hidden, width)] * self.gated + [("inner", hidden, width), ("outer", width, hidden)]
        found = []
        for part, rows, columns in shapes:
            found.append(Parameter(f"{part}.weight", (rows, columns)))
            found += [Parameter(f"{part}.bias", (rows,))] * self.bias
        return tuple(found)

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """4 · positions · n · hidden, 6 with a gate."""
        total = given["in"][0].features * dim(self.hidden) * (6 if self.gated else 4)
        for axis in given["in"][0].axes[:-1]:
            total = total * axis
        return total

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The input, and what stands between the maps; after a relu alone, one tensor serves both."""
        hidden = product(given["in"][0].axes[:-1]) * dim(self.hidden)
        kept = {"relu": 1, "tanh": 1, "sigmoid": 1, "squared_relu": 2, "gelu_quick": 4}.get(self.activation, 2)
        # Dropout keeps what it multiplied by; and its result, where the last map read what was kept anyway.
        dropped = (2 if kept == 1 and not self.gated else 1) if self.dropout else 0
        return Saved(("in",), numbers=hidden * (kept + 2 * self.gated + dropped))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Widen, activate, narrow."""
        rho = {"squared_relu": r"\mathrm{relu} ^{2}"}.get(
            self.activation, rf"\mathrm{{{self.activation.partition('_')[0]}}}"
        )
        gate, inner, outer = (f" + [b_{{{part}}}]" if self.bias else "" for part in "g12")
        if self.gated:
            return (rf"[W_{{2}}] ( {rho} ( [W_{{g}}] <in>{gate} ) \odot ( [W_{{1}}] <in>{inner} ) ){outer}",)
        return (rf"[W_{{2}}] {rho} ( [W_{{1}}] <in>{inner} ){outer}",)


OPERATION = FeedForward
