"""What corruptions of whole positions have in common: a rate, and a second output that tells where."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.masks import Mask
from archgraph.graph.notation import decimal
from archgraph.graph.operation import (
    Flow,
    Index,
    Masks,
    Mismatch,
    Operation,
    Port,
    Rate,
    Site,
    Types,
    pointwise,
)
from archgraph.graph.types import TensorType


class Blanking(Operation):
    """Positions of a sequence drawn at `rate` read as something else; the output `mask` is true there."""

    outputs: ClassVar[tuple[Port, ...]] = (Port("out"), Port("mask", required=False))
    corrupts: ClassVar[bool] = True
    obvious: ClassVar[str] = "rate"
    function: ClassVar[str]
    fill: ClassVar[str]  # the runtime's name of what a drawn position reads as
    meanings: ClassVar[Mapping[str, str]] = {
        "rate": "the chance of each real position to be drawn",
        "symbol": "what a drawn token reads as",
    }

    rate: Rate
    symbol: Index = 0

    def marked(self, given: Types) -> dict[str, TensorType]:
        """The types of the outputs for a sequence; raises Mismatch for an unknown symbol."""
        x = given["in"][0]
        classes = x.classes.constant if x.classes else None
        if classes is not None and self.symbol >= classes:
            raise Mismatch(
                f"'{self.name}' writes the symbol {self.symbol}, and {x} has the symbols 0 to {classes - 1}",
                hint=f"write symbol: {classes - 1} or less, or give the variable one symbol more",
                field="symbol",
            )
        return {"out": x, "mask": TensorType("mask", x.axes[:1])}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Nothing mixes; where is drawn without looking."""
        return {("in", "out"): pointwise(given["in"][0])}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The mask of the sequence, for both outputs."""
        return {"out": given["in"][0], "mask": given["in"][0][:1]}

    def emit(self, site: Site) -> str:
        """The sequence and where it was changed; at rate 0 nothing is."""
        axis = -1 if site.types["in"][0].element == "tokens" else -2
        real = site.real("in", axis)
        options = [f"{self.fill}={self.symbol}"] * (self.fill == "symbol" or self.symbol != 0)
        options += [f"real={real}"] * bool(real) + [f"generator={site.generator()}"]
        rate = f"{self.rate} * {site.corrupt()}"
        return f"{site.use(f'noise.{self.function}')}({site.given()}, {rate}, {', '.join(options)})"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Which positions are drawn, and what they read as."""
        drawn = rf"<out.mask> \sim \mathrm{{Bernoulli}} ( {decimal(self.rate)} )"
        fill = rf" + {self.symbol} <out.mask>" if self.symbol else ""
        return (drawn, rf"( 1 - <out.mask> ) \odot <in>{fill}")
