"""Pooling: a sequence to one vector."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.core.lags import POINTWISE, Transfer
from archgraph.graph.masks import Mask
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Site, Types, need_sequence
from archgraph.graph.types import TensorType

PLAIN = {"sum": ".sum(1)", "mean": ".mean(1)", "max": ".amax(1)", "first": "[:, 0]", "last": "[:, -1]"}


class Pooling(Operation):
    """Sum, mean, greatest, first or last of the real positions; zeros where none is real."""

    name: ClassVar[str] = "pooling"
    summary: ClassVar[str] = "a sequence to one vector"
    reference: ClassVar[str] = "y = mean of x_t over the real t; or their sum, max, first or last"
    example: ClassVar[str] = "pooling: mean"
    obvious: ClassVar[str] = "kind"
    words: ClassVar[str] = "Pooling"
    meanings: ClassVar[Mapping[str, str]] = {
        "kind": "what is taken of the real positions",
    }

    kind: Literal["sum", "mean", "max", "first", "last"] = "mean"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to `real[n]`."""
        x = given["in"][0]
        _, features = need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(
                f"'pooling' takes a sequence [T, features], and gets {x}",
                hint="rearrange in front, as in 'c h w -> (h w) c' where the width is a number",
            )
        return {"out": TensorType(x.element, (features,))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """The axis is read whole, or at its first position, and is gone."""
        kind = "fixed" if self.kind == "first" else "everything"
        return {("in", "out"): Flow(((Transfer(kind, keeps=False), None), (POINTWISE, 0)))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The mask goes with its axis."""
        return {"out": given["in"][0][-1:]}

    def emit(self, site: Site) -> str:
        """A method of the tensor; with padding, a function that counts what is real."""
        if not site.real():
            return f"{site.given()}{PLAIN[self.kind]}"
        return f"{site.use(f'pooling.pool_{self.kind}')}({site.given()}, {site.real()})"

    def title(self) -> str:
        """The kind of pooling."""
        return f"{self.kind.capitalize()} pooling"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Over the positions, or one of them."""
        if self.kind in ("first", "last"):
            return (rf"<in> _{{{'1' if self.kind == 'first' else 'T'}}}",)
        over = rf"\mathrm{{{self.kind}}}_{{t}}" if self.kind != "sum" else r"\sum_{t}"
        return (rf"{over} <in> _{{t}}",)


OPERATION = Pooling
