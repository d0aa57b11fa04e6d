"""A learned temperature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.graph.operation import Operation, Parameter, Positive, Site, Types, need_features
from archgraph.graph.types import TensorType


class Temperature(Operation):
    """Divide by a temperature that is learned, from `initial` on; it stays positive."""

    name: ClassVar[str] = "temperature"
    summary: ClassVar[str] = "divide by one learned number, which sharpens or flattens a softmax"
    reference: ClassVar[str] = "y = e^s x, s learned; Radford et al. 2021, section 2.3"
    example: ClassVar[str] = "temperature: 0.07"
    obvious: ClassVar[str] = "initial"
    words: ClassVar[str] = "Temperature"
    meanings: ClassVar[Mapping[str, str]] = {
        "initial": "the temperature before training",
    }

    initial: Positive = 1.0

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[...]` to itself."""
        need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        return f"{site.use('gains.Temperature')}({self.initial!r})"

    def emit(self, site: Site) -> str:
        """The call of the module."""
        return site.call(site.given())

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The logarithm of the inverse temperature."""
        return (Parameter("log_scale", (Dim.number(1),)),)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The learned temperature below."""
        return (r"<in> / [\tau]",)


OPERATION = Temperature
