"""Some positions of a sequence, by their numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.lags import EVERYTHING, POINTWISE
from archgraph.graph.masks import Mask
from archgraph.graph.memory import Saved
from archgraph.graph.operation import Flow, Masks, Operation, Port, Site, Types
from archgraph.graph.places import need_index, need_unpadded
from archgraph.graph.types import TensorType


class Gather(Operation):
    """Pick out positions, in the order of `index`, whose symbols are the numbers of positions, from 0."""

    name: ClassVar[str] = "gather"
    summary: ClassVar[str] = "pick out positions of a sequence by their numbers"
    reference: ClassVar[str] = "y_k = x_{i_k}"
    example: ClassVar[str] = "gather"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), Port("index"))
    words: ClassVar[str] = "Gather"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` and `tokens(T)[K]` to `real[K, n]`."""
        x, index = given["in"][0], given["index"][0]
        need_index(x, index, self.name)
        return {"out": TensorType(x.element, (index.axes[0], x.features))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Any position may be picked; the numbers stay in place."""
        return {
            ("in", "out"): Flow(((EVERYTHING, 0), (EVERYTHING, 1))),
            ("index", "out"): Flow(((POINTWISE, 0),)),
        }

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """That of the numbers; raises Mismatch where the sequence is padded."""
        need_unpadded(given, self.name, "in")
        return {"out": (given["index"][0][0], None)}

    def emit(self, site: Site) -> str:
        """A gather along the second axis."""
        return f"{site.use('places.gather_positions')}({site.given()}, {site.given('index')})"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The numbers of the positions."""
        return Saved(("index",))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The columns of those numbers."""
        return (r"<in> _{<index>}",)


OPERATION = Gather
