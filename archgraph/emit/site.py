"""The place of one operation in the emitted source: what its own file may ask while it writes its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from archgraph.core.dims import Dim
from archgraph.emit.code import NotCausal
from archgraph.emit.scope import Ahead, Scope
from archgraph.graph.advance import looks_ahead
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
    unmoved: frozenset[str] = field(default=frozenset(), kw_only=True)

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

    def ahead(self, port: str, method: str, wish: str, kind: str = "Tensor") -> str:
        """The name of what a method makes of the tensor at a port, if that is known before a loop; else ""."""
        if port not in self.unmoved:
            return ""
        return self.scope.ahead(Ahead(f"{self.expression}.{method}", self.given(port), kind), wish)

    def still(self, port: str) -> bool:
        """Whether a loop brings the same to a port in each step."""
        return port in self.unmoved

    def first(self) -> str:
        """The place of the first of the steps that are written: of a whole sequence, the beginning."""
        return "0"

    def tied(self, parameter: str) -> str:
        """The name of a parameter that another operation owns, or ""."""
        owner = self.ties.get(f"{self.path}.{parameter}")
        return self.scope.demand("parameter", owner, owner.split(".")[-1]) if owner else ""

    def size(self, axis: str) -> str:
        """The length of a free axis."""
        return self.scope.demand("size", axis, f"size_{axis}".lower())

    def corrupt(self) -> str:
        """The flag that says whether to corrupt."""
        return self.scope.demand("flag", "corrupt", "corrupt")

    def generator(self) -> str:
        """The random generator."""
        return self.scope.demand("flag", "generator", "generator")


class Flowing(Protocol):
    """A tensor in the streaming form, as `archgraph.emit.steps.stream` has it."""

    @property
    def text(self) -> str:
        """Its expression, in `step` if it moves, else in `start`."""

    @property
    def moves(self) -> bool:
        """Whether it comes in steps."""


class Streaming(Protocol):
    """Who writes the streaming form."""

    @property
    def start(self) -> Scope:
        """The scope of `start`."""

    @property
    def axis(self) -> Dim:
        """The axis of the positions."""

    def keep(self, text: str) -> str:
        """The expression in `step` of what `start` computed."""

    def end(self, mask: Mask | None) -> str:
        """The expression in `start` of which positions are real, as far as that is known there; "" where it is not."""


@dataclass
class StepPlace(Place):
    """The place of an operation that is written for the next steps: from place `begin` on, `length` of them."""

    flows: Mapping[str, tuple[Flowing, ...]]
    stream: Streaming
    begin: str
    length: str

    def given(self, port: str = "in") -> str:
        """The expression of the next positions at a port, or of a tensor that has none."""
        return self._text(port, 0)

    def all(self, port: str = "in") -> tuple[str, ...]:
        """The expressions of all tensors at a port."""
        return tuple(self._text(port, index) for index in range(len(self.flows[port])))

    def _text(self, port: str, index: int) -> str:
        flowing = self.flows[port][index]
        if flowing.moves:
            return flowing.text
        kept = self.stream.keep(flowing.text)
        return self._upcoming(kept) if self._aligned(port, index) else kept

    def _upcoming(self, kept: str) -> str:
        """The next positions of what is known beforehand."""
        return f"{self.use('padding.upcoming')}({kept}, {self.begin}, {self.length})"

    def _aligned(self, port: str, index: int) -> bool:
        """Whether what is known beforehand has the same positions, of which only the next are read."""
        axes = self.facts.given[port][index].type.axes
        return bool(axes) and axes[0].parts[-1].size == self.stream.axis

    def real(self, port: str = "in", axis: int = -2) -> str:
        """The mask of positions for what looks ahead; others need none, since padding is a suffix."""
        masks = self.facts.given[port][0].masks
        mask = masks[axis] if -len(masks) <= axis < len(masks) else None
        if self.flows[port][0].moves:
            end = self.stream.end(mask) if looks_ahead(self.facts) else ""
            return self._upcoming(self.stream.keep(end)) if end else ""
        if self._aligned(port, 0):
            return ""
        return self.stream.keep(self.stream.start.mask(mask)) if mask is not None else ""

    def real_out(self, axis: int = -2) -> str:
        """As `real`."""
        return ""

    def first(self) -> str:
        """The place of the first of the steps."""
        return self.begin

    def size(self, axis: str) -> str:
        """How many steps are written, for their axis."""
        if axis != str(self.stream.axis):
            raise NotCausal(f"'{self.path}' makes the axis {axis} out of what comes step by step")
        return self.length

    def corrupt(self) -> str:
        """A stream reads what it is given as it is."""
        return "False"

    def generator(self) -> str:
        """Nothing is drawn."""
        return "None"
