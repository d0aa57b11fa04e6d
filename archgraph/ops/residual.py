"""The residual connection: layers whose result is added to what went in."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.operation import Mismatch, Operation, Port, Site, Types
from archgraph.graph.types import TensorType


class Residual(Operation):
    """`x + f(x)`, where f is the chain of layers that stands as the argument."""

    name: ClassVar[str] = "residual"
    summary: ClassVar[str] = "layers, and what went into them added to what comes out"
    reference: ClassVar[str] = "He et al. 2016"
    example: ClassVar[str] = "residual: [layer_norm, {linear: 64}]"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), Port("branch"))
    glyph: ClassVar[str] = "add"
    words: ClassVar[str] = "Add"
    wraps: ClassVar[bool] = True

    def shape(self, given: Types) -> dict[str, TensorType]:
        """Both sides have one type."""
        x, branch = given["in"][0], given["branch"][0]
        if x != branch:
            raise Mismatch(
                f"the layers of a residual give {branch}, and what went in is {x}",
                hint="let the last layer give the shape that went in",
            )
        return {"out": x}

    def emit(self, site: Site) -> str:
        """The sum."""
        return f"{site.given('in')} + {site.given('branch')}"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The sum of both."""
        return (r"<in> + <branch>",)


OPERATION = Residual
