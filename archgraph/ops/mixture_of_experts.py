"""A mixture of experts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING, Transfer
from archgraph.graph.masks import Mask
from archgraph.graph.memory import Saved
from archgraph.graph.operation import (
    Count,
    Flag,
    Flow,
    Masks,
    Mismatch,
    Operation,
    Parameter,
    Port,
    Site,
    Size,
    Types,
    dim,
    featurewise,
    need_sequence,
)
from archgraph.graph.types import TensorType, real

BALANCE = "balance"


class MixtureOfExperts(Operation):
    """Gated feed-forward layers of which a router picks `top` at each position; no expert has a capacity.

    The port `balance` tells how unevenly a sample uses the experts, 1 when evenly: give it to a regulariser such as
    `l1`, or most experts stay unused.
    """

    name: ClassVar[str] = "mixture_of_experts"
    summary: ClassVar[str] = "many feed-forward layers, of which a router picks a few at each position"
    reference: ClassVar[str] = "Shazeer et al. 2017; Jiang et al. 2024 (Mixtral); balance: Fedus et al. 2022, eq. 4"
    example: ClassVar[str] = "mixture_of_experts: {experts: 8, top: 2, hidden: 256}"
    obvious: ClassVar[str] = "experts"
    outputs: ClassVar[tuple[Port, ...]] = (Port("out"), Port(BALANCE, required=False, copies="sum"))
    glyph: ClassVar[str] = "convolution"
    words: ClassVar[str] = "Mixture of experts"
    block: ClassVar[bool] = True
    meanings: ClassVar[Mapping[str, str]] = {
        "experts": "how many there are",
        "hidden": "features inside each",
        "top": "how many the router picks at each position",
        "normalise": "whether the weights of those that are picked sum to one",
    }

    experts: Count
    hidden: Size
    top: Count = 2
    normalise: Flag = True

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to itself, and `real[1]` for the balance."""
        x = given["in"][0]
        need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(f"'{self.name}' takes a sequence [T, features], and gets {x}")
        if self.top > self.experts:
            raise Mismatch(
                f"top: {self.top} picks more experts than there are, {self.experts}",
                hint=f"write top: {self.experts} or less",
                field="top",
            )
        return {"out": x, BALANCE: real(Dim.number(1))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Each position is routed by itself; the balance is that of the whole sequence."""
        x = given["in"][0]
        return {
            ("in", "out"): featurewise(x),
            ("in", BALANCE): Flow(((Transfer("everything", keeps=False), None), (EVERYTHING, 0))),
        }

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The mask of the sequence; the balance has no positions."""
        return {"out": given["in"][0], BALANCE: (None,)}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        options = [f"{site.types['in'][0].features}", f"{self.hidden}", f"{self.experts}"]
        options += [f"top={self.top}"] * (self.top != 2) + ["normalise=False"] * (not self.normalise)
        return f"{site.use('experts.MixtureOfExperts')}({', '.join(options)})"

    def emit(self, site: Site) -> str:
        """The call, with the mask for the balance."""
        return site.call(site.given(), site.real())

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The router, and the three maps of all experts."""
        width, hidden, experts = given["in"][0].features, dim(self.hidden), Dim.number(self.experts)
        return (
            Parameter("router", (experts, width)),
            Parameter("gate", (experts, hidden, width)),
            Parameter("inner", (experts, hidden, width)),
            Parameter("outer", (experts, width, hidden)),
        )

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """The router, 2 · T · n · experts, and 6 · T · n · hidden · top."""
        length, width = given["in"][0].axes
        return length * width * (dim(self.hidden) * (6 * self.top) + self.experts * 2)

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The input, the router's weights, and of each expert that is asked what goes in, between, and out."""
        length, width = given["in"][0].axes
        return Saved(("in",), numbers=length * (width * 3 + dim(self.hidden) * 4) * self.top + length * self.experts)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The router, its choice at each position, how evenly it chooses, and the experts by their shares."""
        share = r"g_{e} / \sum_{k\in\mathcal{T}} g_{k}" if self.normalise else "g_{e}"
        asked = r"[W_{2,e}] ( \mathrm{silu} ( [W_{g,e}] <in> ) \odot [W_{1,e}] <in> )"
        return (
            r"\boldsymbol{g} = \mathrm{softargmax} ( [W_{r}] <in> )",
            rf"\mathcal{{T}} = \mathrm{{top}}_{{{self.top}}} ( \boldsymbol{{g}} )",
            r"f_{e} = \mathrm{mean}_{t} 1_{e\in\mathcal{T}}" + f" / {self.top}" * (self.top > 1),
            rf"<out.{BALANCE}> = {self.experts} \sum_{{e}} f_{{e}} \mathrm{{mean}}_{{t}} g_{{e}}",
            rf"\sum_{{e\in\mathcal{{T}}}} ( {share} ) {asked}"
            if self.normalise
            else rf"\sum_{{e\in\mathcal{{T}}}} {share} {asked}",
        )


OPERATION = MixtureOfExperts
