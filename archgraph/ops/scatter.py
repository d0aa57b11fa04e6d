"""Positions put back where they were picked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.lags import EVERYTHING, POINTWISE
from archgraph.graph.masks import Mask
from archgraph.graph.memory import Saved
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Parameter, Port, Site, Types
from archgraph.graph.places import need_unpadded
from archgraph.graph.types import TensorType


class Scatter(Operation):
    """Put positions at the places that `index` numbers, from 0; elsewhere is `into`, or one learned token."""

    name: ClassVar[str] = "scatter"
    summary: ClassVar[str] = "put positions at numbered places of a sequence"
    reference: ClassVar[str] = "y_{i_k} = x_k, and a learned token elsewhere; He et al. 2022"
    example: ClassVar[str] = "scatter"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), Port("index"), Port("into", required=False))
    words: ClassVar[str] = "Scatter"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[K, n]` and `tokens(T)[K]` to `real[T, n]`."""
        x, index = given["in"][0], given["index"][0]
        if index.element != "tokens" or index.classes is None or len(index.axes) != 1:
            raise Mismatch(f"'index' numbers positions, as tokens(T)[K] does, and is {index}", port="index")
        if x.element != "real" or len(x.axes) != 2 or x.axes[0] != index.axes[0]:
            raise Mismatch(
                f"'scatter' takes a sequence real[{index.axes[0]}, features] for the numbers {index}, and gets {x}"
            )
        if not given.get("into"):
            return {"out": TensorType(x.element, (index.classes, x.features))}
        into = given["into"][0]
        if into.element != "real" or len(into.axes) != 2 or into.features != x.features:
            raise Mismatch(f"'into' must be real[{index.classes}, {x.features}], and is {into}", port="into")
        if into.axes[0].terms != index.classes.terms:
            raise Mismatch(f"'index' numbers {index.classes} positions, and 'into' is {into}", port="index")
        return {"out": into}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Any position may be put anywhere; the rest stays in place."""
        found = {
            ("in", "out"): Flow(((EVERYTHING, 0), (EVERYTHING, 1))),
            ("index", "out"): Flow(((EVERYTHING, 0),)),
        }
        return found | ({("into", "out"): Flow(((POINTWISE, 0), (EVERYTHING, 1)))} if given.get("into") else {})

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """That of `into`; raises Mismatch where what is put there is padded."""
        need_unpadded(given, self.name, "in", "index")
        return {"out": given["into"][0] if given.get("into") else (None, None)}

    def make(self, site: Site) -> str:
        """The learned token, where there is nothing to put into."""
        return "" if site.has("into") else f"{site.use('places.Scatter')}({site.types['in'][0].features})"

    def emit(self, site: Site) -> str:
        """A scatter along the second axis."""
        x, index = site.given(), site.given("index")
        if site.has("into"):
            return f"{site.use('places.scatter_positions')}({x}, {index}, {site.given('into')})"
        length = site.results["out"].axes[0]
        return site.call(x, index, f"{length}" if length.constant is not None else site.size(f"{length}"))

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The token (n)."""
        return () if given.get("into") else (Parameter("token", (given["in"][0].features,)),)

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The numbers of the positions."""
        return Saved(("index",))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Each column at its place by a matrix of ones and zeros; where it has none, what was there."""
        into = "<into>" if "into" in wired else r"[\mu] 1 ^{\top}"
        return (
            r"\boldsymbol{S}_{kt} = 1_{t=<index>_{k}}",
            rf"<in> \boldsymbol{{S}} + {into} ( \boldsymbol{{I}} - \boldsymbol{{S}} ^{{\top}} \boldsymbol{{S}} )",
        )


OPERATION = Scatter
