"""Features taken apart: the end of a body with several outputs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from archgraph.core.dims import Dim
from archgraph.graph.masks import Mask
from archgraph.graph.notation import sized
from archgraph.graph.operation import (
    Flow,
    Masks,
    Mismatch,
    Operation,
    Port,
    Site,
    Size,
    Types,
    dim,
    featurewise,
    need_features,
)
from archgraph.graph.types import TensorType


class Split(Operation):
    """Named runs of the features, in order; each becomes an output of the body that ends here."""

    name: ClassVar[str] = "split"
    summary: ClassVar[str] = "end a body in several outputs, each a part of the features"
    reference: ClassVar[str] = "[y_1; y_2; ...] = x"
    example: ClassVar[str] = "split: {mu: 8, v: 8}"
    obvious: ClassVar[str] = "parts"
    words: ClassVar[str] = "Split"
    ends: ClassVar[bool] = True
    meanings: ClassVar[Mapping[str, str]] = {
        "parts": "names of the outputs, each with its features",
    }

    parts: Annotated[dict[str, Size], Field(min_length=1)]

    def ports_out(self) -> tuple[Port, ...]:
        """One for each part."""
        return tuple(Port(name) for name in self.parts)

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[..., n]` to `real[..., size]` for each part; the sizes add up to n."""
        x = given["in"][0]
        features, total = need_features(x, self.name), Dim.number(0)
        for size in self.parts.values():
            total = total + dim(size)
        if total != features:
            sizes = " + ".join(str(size) for size in self.parts.values())
            raise Mismatch(
                f"the parts {sizes} add up to {total}, and {x} has {features} features",
                hint=f"end in 'linear: {total}', or let the parts add up to {features}",
                field="parts",
            )
        return {name: x.widen(dim(size)) for name, size in self.parts.items()}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Positions stay in place; features move."""
        return {("in", name): featurewise(given["in"][0]) for name in self.parts}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The same for each part."""
        return {name: given["in"][0] for name in self.parts}

    def emit(self, site: Site) -> str:
        """The parts as a tuple; a single one is the whole."""
        if len(self.parts) == 1:
            return site.given()
        return f"{site.given()}.split_with_sizes(({', '.join(str(size) for size in self.parts.values())}), -1)"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """A run of the features for each part."""
        lines, start = [], Dim.number(0)
        for name, size in self.parts.items():
            stop = start + dim(size)
            lines.append(rf"<out.{name}> = <in> _{{{sized(start + Dim.number(1))}:{sized(stop)}}}")
            start = stop
        return tuple(lines)


OPERATION = Split
