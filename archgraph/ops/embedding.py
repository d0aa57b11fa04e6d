"""Tokens to vectors, with positions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.core.dims import Dim
from archgraph.core.lags import POINTWISE
from archgraph.graph.masks import Mask
from archgraph.graph.notation import sized, waves
from archgraph.graph.operation import Count, Flag, Flow, Masks, Mismatch, Operation, Parameter, Site, Size, Types, dim
from archgraph.graph.types import TensorType, real


class Embedding(Operation):
    """Look each symbol up in a learned table, and add its position if asked."""

    name: ClassVar[str] = "embedding"
    summary: ClassVar[str] = "tokens to vectors, with sinusoidal, learned or no positions"
    reference: ClassVar[str] = "Vaswani et al. 2017, sections 3.4 and 3.5"
    example: ClassVar[str] = "embedding: {width: 64, positions: sinusoidal}"
    obvious: ClassVar[str] = "width"
    words: ClassVar[str] = "Embedding"
    tieable: ClassVar[tuple[str, ...]] = ("tokens",)
    block: ClassVar[bool] = True
    meanings: ClassVar[Mapping[str, str]] = {
        "width": "features of a vector",
        "positions": "what is added to tell the places apart",
        "length": "places that the table of positions has",
        "scale": "whether the vectors are multiplied by the root of the width",
    }

    width: Size
    positions: Literal["sinusoidal", "learned", "none"] = "none"
    length: Count = 4096
    scale: Flag = False

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`tokens(n)[...]` to `real[..., width]`."""
        x = given["in"][0]
        if x.element not in ("tokens", "class"):
            raise Mismatch(f"'embedding' takes tokens, and gets {x}", hint="use linear for real numbers")
        if self.positions != "none" and not x.axes:
            raise Mismatch(f"positions need a sequence, and 'embedding' gets {x}", hint="write positions: none")
        return {"out": real(*x.axes, dim(self.width))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Each position by itself."""
        return {("in", "out"): Flow(tuple((POINTWISE, i) for i in range(len(given["in"][0].axes))))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The mask of the tokens; features have none."""
        return {"out": (*given["in"][0], None)}

    def make(self, site: Site) -> str:
        """One of three classes, by the positions; where the table is tied, only positions are held here."""
        if site.tied("tokens"):
            return self._positions(site)
        symbols, scale = site.types["in"][0].classes, ", scale=True" if self.scale else ""
        if self.positions == "sinusoidal":
            length = "" if self.length == 4096 else f", length={self.length}"
            return f"{site.use('embedding.SinusoidalEmbedding')}({symbols}, {self.width}{scale}{length})"
        if self.positions == "learned":
            name = site.use("embedding.LearnedPositionEmbedding")
            return f"{name}({symbols}, {self.width}, length={self.length}{scale})"
        return f"{site.use('embedding.Embedding')}({symbols}, {self.width}{scale})"

    def _positions(self, site: Site) -> str:
        if self.positions == "sinusoidal":
            length = "" if self.length == 4096 else f", length={self.length}"
            return f"{site.use('tied.SinusoidalPositions')}({self.width}{length})"
        if self.positions == "learned":
            return f"{site.use('tied.LearnedPositions')}({self.width}, length={self.length})"
        return ""

    def emit(self, site: Site) -> str:
        """The call of the module; by a tied table the look-up stands in line."""
        return self._placed(site, "")

    def _placed(self, site: Site, first: str) -> str:
        table = site.tied("tokens")
        if not table:
            return site.call(site.given(), first)
        found = f"F.embedding({site.given()}, {table})" + (f" * {dim(self.width)}**0.5" if self.scale else "")
        return found if self.positions == "none" else site.call(found, first)

    def remembers(self, given: Types) -> bool:
        """The position."""
        return self.positions != "none"

    def longest(self) -> int | None:
        """The length of the table of positions."""
        return None if self.positions == "none" else self.length

    def step(self, site: Site, state: str) -> str:
        """The next symbols, at their positions."""
        return self.emit(site) if self.positions == "none" else self._placed(site, site.first())

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The table, and the positions if they are learned."""
        tokens = Parameter("tokens", (given["in"][0].classes or Dim.number(1), dim(self.width)))
        learned = Parameter("positions", (Dim.number(self.length), dim(self.width)))
        return (tokens, learned) if self.positions == "learned" else (tokens,)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """A column of the table for each symbol, and its position."""
        scale = [rf"\sqrt{{{sized(self.width)}}}"] * self.scale
        found = " ".join([*scale, "[E] <in>"])
        if self.positions == "none":
            return (found,)
        table = "[P]" if self.positions == "learned" else r"\boldsymbol{P}"
        return (*(() if self.positions == "learned" else waves()), f"{found} + {table}")


OPERATION = Embedding
