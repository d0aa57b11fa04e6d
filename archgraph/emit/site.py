"""The place of one operation in the emitted source: what its own file may ask while it writes its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archgraph.emit.scope import Scope
from archgraph.graph.masks import Mask, both
from archgraph.graph.operation import Types
from archgraph.graph.program import LeafFacts
from archgraph.graph.types import TensorType


@dataclass
class Place:
    """Implements `archgraph.graph.operation.Site`."""

    facts: LeafFacts
    scope: Scope
    path: str
    expression: str
    inputs: Mapping[str, tuple[str, ...]]
    ties: Mapping[str, str]

    @property
    def types(self) -> Types:
        """The types at the input ports."""
        return {port: tuple(value.type for value in values) for port, values in self.facts.given.items()}

    @property
    def results(self) -> Mapping[str, TensorType]:
        """The types of the outputs."""
        return {port: value.type for port, value in self.facts.results.items()}

    def module(self) -> str:
        """The expression of the submodule."""
        return self.expression

    def given(self, port: str = "in") -> str:
        """The expression of the tensor at a port."""
        return self.inputs[port][0]

    def all(self, port: str = "in") -> tuple[str, ...]:
        """The expressions of all tensors at a port."""
        return self.inputs[port]

    def has(self, port: str) -> bool:
        """Whether a port is wired."""
        return bool(self.facts.given.get(port))

    def real(self, port: str = "in", axis: int = -2) -> str:
        """The name of the mask along an axis at a port, or ""."""
        masks = self.facts.given[port][0].masks
        mask = masks[axis] if -len(masks) <= axis < len(masks) else None
        return self.scope.mask(mask) if mask is not None else ""

    def real_out(self, axis: int = -2) -> str:
        """The name of the mask along an axis of the first output, or ""."""
        masks = next(iter(self.facts.results.values())).masks
        mask = masks[axis] if -len(masks) <= axis < len(masks) else None
        return self.scope.mask(mask) if mask is not None else ""

    def counted_mask(self) -> Mask | None:
        """Real in every input of an objective, as a symbol."""
        found: Mask | None = None
        for port, values in self.facts.given.items():
            for value in values if port != "where" else ():
                for mask in value.masks:
                    found = both(found, mask)
        return found

    def counted(self) -> str:
        """The mask of the positions that an objective counts, or ""."""
        mask = self.counted_mask()
        real = self.scope.mask(mask) if mask is not None else ""
        where = self.inputs["where"][0] if self.has("where") else ""
        return f"{real} & {where}" if real and where else real or where

    def use(self, name: str) -> str:
        """Bring in a runtime class or function."""
        return self.scope.function(name)

    def call(self, *arguments: str) -> str:
        """A call of the submodule."""
        return f"{self.expression}({', '.join(part for part in arguments if part)})"

    def method(self, name: str, *arguments: str) -> str:
        """A call of a method of the submodule."""
        return f"{self.expression}.{name}({', '.join(part for part in arguments if part)})"

    def first(self) -> str:
        """The place of the first of the steps that are written."""
        return self.scope.demand("flag", "first", "first")

    def tied(self, parameter: str) -> str:
        """The name of a parameter that another operation owns, or ""."""
        owner = self.ties.get(f"{self.path}.{parameter}")
        return self.scope.demand("parameter", owner, owner.split(".")[-1]) if owner else ""

    def size(self, axis: str) -> str:
        """The length of a free axis."""
        return self.scope.demand("size", axis, f"size_{axis}")

    def corrupt(self) -> str:
        """The flag that says whether to corrupt."""
        return self.scope.demand("flag", "corrupt", "corrupt")

    def generator(self) -> str:
        """The random generator."""
        return self.scope.demand("flag", "generator", "generator")
