"""A fixed factor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, ClassVar

from pydantic import Field
from pydantic.json_schema import WithJsonSchema

from archgraph.graph.notation import decimal
from archgraph.graph.operation import EXPRESSION, Operation, Site, Types, need_features
from archgraph.graph.types import TensorType

Factor = Annotated[float, Field(allow_inf_nan=False), WithJsonSchema({"anyOf": [{"type": "number"}, EXPRESSION]})]


class Scale(Operation):
    """Every number times one that is not learned, such as `width ** -0.5`."""

    name: ClassVar[str] = "scale"
    summary: ClassVar[str] = "multiply by a fixed number"
    reference: ClassVar[str] = "y = factor · x"
    example: ClassVar[str] = "scale: 0.125"
    obvious: ClassVar[str] = "factor"
    words: ClassVar[str] = "Scale"
    meanings: ClassVar[Mapping[str, str]] = {
        "factor": "the number",
    }

    factor: Factor

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[...]` to itself."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def emit(self, site: Site) -> str:
        """The product."""
        return f"{site.given()} * {self.factor!r}"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The factor in front."""
        return (rf"{decimal(self.factor)} <in>",)


OPERATION = Scale
