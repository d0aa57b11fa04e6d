"""Some positions of a sequence, drawn at random: what a masked autoencoder sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.lags import EVERYTHING
from archgraph.graph.masks import Mask
from archgraph.graph.memory import Saved
from archgraph.graph.operation import Count, Flow, Masks, Mismatch, Operation, Port, Site, Types, need_sequence
from archgraph.graph.places import need_unpadded
from archgraph.graph.types import TensorType


class TokenSubset(Operation):
    """`keep` positions, drawn in training and in use; `index` numbers them, for gather and scatter.

    The output `mask` is true where a position was left out. With `corrupt=False` the first ones are kept.
    """

    name: ClassVar[str] = "token_subset"
    summary: ClassVar[str] = "corrupt a sequence by leaving out all positions but some"
    reference: ClassVar[str] = "He et al. 2022"
    example: ClassVar[str] = "token_subset: 4"
    obvious: ClassVar[str] = "keep"
    outputs: ClassVar[tuple[Port, ...]] = (Port("out"), Port("index", required=False), Port("mask", required=False))
    corrupts: ClassVar[bool] = True
    words: ClassVar[str] = "Keep some"
    meanings: ClassVar[Mapping[str, str]] = {
        "keep": "how many positions stay",
    }

    keep: Count

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to `real[keep, n]`, `tokens(T)[keep]` and `mask[T]`."""
        x = given["in"][0]
        length, features = need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(f"'{self.name}' takes a sequence [T, features], and gets {x}")
        size = length.constant
        if size is None or size < self.keep:
            raise Mismatch(
                f"'{self.name}' keeps {self.keep} positions, and {x} has {length}",
                hint="keep fewer" if size else "give it a sequence of a fixed length",
                field="keep",
            )
        kept = type(length).number(self.keep)
        index = TensorType("tokens", (kept,), length)
        return {"out": TensorType(x.element, (kept, features)), "index": index, "mask": TensorType("mask", (length,))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Any position may be kept; which ones is drawn without looking."""
        return {("in", "out"): Flow(((EVERYTHING, 0), (EVERYTHING, 1)))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """None; raises Mismatch where the sequence is padded."""
        need_unpadded(given, self.name, "in")
        return {"out": (None, None), "index": (None,), "mask": (None,)}

    def emit(self, site: Site) -> str:
        """What is kept, where it stood, and what is left out."""
        options = f"{site.corrupt()}, generator={site.generator()}"
        return f"{site.use('places.random_subset')}({site.given()}, {self.keep}, {options})"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The numbers of the positions that are kept."""
        return Saved(outputs=("index",))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Which positions are drawn, which are not, and the columns of the former."""
        return (
            rf"<out.index> \sim \mathrm{{subset}}_{{{self.keep}}} ( 1 , \ldots , T )",
            r"<out.mask> = 1_{t\notin{<out.index>}}",
            "<in> _{<out.index>}",
        )


OPERATION = TokenSubset
