"""The graph to the program: the walk through the top body, whose wires may end in variables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from archgraph.check import faults
from archgraph.check.lengths import agrees, free_axes
from archgraph.check.order import arrange
from archgraph.check.transfer import Revealed, crossing, passing, step
from archgraph.check.walk import NetWalk, Walker, str_end
from archgraph.core.diagnostic import Collector, Note
from archgraph.core.dims import Dim
from archgraph.core.lags import Bound, Lags, Step
from archgraph.core.limits import PARAMETERS
from archgraph.graph.masks import Given
from archgraph.graph.module import OBJECTIVES, End, Graph, Leaf, Node, Variable
from archgraph.graph.program import NetFacts, Program, Value
from archgraph.graph.types import TensorType


def analyse(graph: Graph, into: Collector) -> Program:
    """The program of a graph. Faults are recorded; what they leave unknown is absent."""
    symbols = frozenset(name for name, value in graph.params.items() if isinstance(value, Dim))
    known = [(v.name, v.type) for v in graph.variables.values() if v.observed and v.type is not None]
    axes = {name: frozenset(binders) for name, binders in free_axes(known, symbols).items()}
    revealed = Revealed(_revealing(graph, axes))
    walker = Walker(into, symbols, revealed, graph.variables, axes=frozenset(axes), sizes=graph.sizes)
    walk = _Top(walker, graph.net, "", {}, graph=graph, partial=into.failed)
    order = arrange([*graph.variables, *graph.nodes], graph.wires)
    order = tuple(walk.group(group) for group in order)
    values = {str_end(end): found[0] for end, found in walk.values.items() if found}
    net = NetFacts(graph.net, {}, walk.facts, order, {}, values)
    variables = {name: values[f"{name}.out"] for name in graph.variables if f"{name}.out" in values}
    program = Program(graph, net, variables, "", axes)
    if not into.failed:
        _budget(program, into)
    return program


def _revealing(graph: Graph, axes: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Free axes that targets alone bind."""
    targets = frozenset(v.name for v in graph.variables.values() if v.kind == "target")
    return {name: binders for name, binders in axes.items() if binders <= targets and name not in graph.sizes}


def _budget(program: Program, into: Collector) -> None:
    count = program.count()
    if count.names:
        return
    total = int(count.value({}))
    if total <= PARAMETERS:
        return
    name, largest = max(program.parameters(), key=lambda item: item[1].count.value({}))
    owner = next((node for node in program.graph.nodes.values() if name.startswith(f"{node.name}.")), None)
    into.add(
        faults.TOO_LARGE,
        f"the model would have {total:,} parameters, {total * 4 / 1e12:,.1f} TB in float32; "
        f"the limit is {PARAMETERS:,}",
        owner.span if owner else program.graph.span,
        hint=f"the largest is '{name}': {' × '.join(str(axis) for axis in largest.shape)}",
    )


@dataclass
class _Top(NetWalk):
    """The walk through the top body."""

    graph: Graph = field(kw_only=True)
    partial: bool = field(kw_only=True)  # edges or nodes with faults of their own were left out

    def member(self, name: str) -> None:
        """A node, or a variable, which passes on what it is given or what it is."""
        variable = self.graph.variables.get(name)
        if variable is None:
            super().member(name)
            self._arrive(name)
            return
        value = self._observed(variable) if variable.observed else self._computed(variable)
        if value is not None:
            self.values[End(name, "out")] = (value,)

    def _arrive(self, name: str) -> None:
        """Put the name of a node on the path of every bound that it passes on."""
        node = self.graph.nodes[name]
        self._one_wide(node)
        for port, value in self.facts[name].results.items() if name in self.facts else ():
            time = {
                source: Lags(
                    lags.axis,
                    tuple(step(b, f"through {node.role} '{name}'".replace("  ", " "), node.span) for b in lags.bounds),
                )
                for source, lags in value.time.items()
            }
            self.values[End(name, port)] = (value._replace(time=time),)

    def _one_wide(self, node: Node) -> None:
        """A cost with a body of its own ends in width 1: one energy at each position."""
        out = self.facts[node.name].results.get("out") if node.name in self.facts else None
        if node.role not in OBJECTIVES or out is None or isinstance(node.body, Leaf):
            return
        combined = node.role == "loss" and not out.type.axes
        if not combined and (not out.type.axes or out.type.features.constant != 1):
            self.walker.fault(
                faults.SHAPE,
                f"the {node.role} '{node.name}' gives {out.type}, and an energy has width 1",
                node.span,
                hint="end its layers in 'linear: 1'",
            )

    def _observed(self, variable: Variable) -> Value | None:
        type_ = variable.type
        assert type_ is not None, "what is given states its type"
        axis = self._time_axis(variable, type_)
        bound = Bound(Fraction(0), None, 0) if axis is None else Bound()
        start = Step(f"'{variable.name}'", variable.span, "itself" if axis is not None else str(bound))
        time = {variable.name: Lags(axis, (replace(bound, path=start),))}
        masks = [None] * len(type_.axes)
        if variable.pad is not None and axis is not None:
            masks = [Given(variable.name) if index == axis else None for index in range(len(type_.axes))]  # type: ignore[misc]
        elif variable.pad is not None:
            self.walker.into.add(
                faults.DELAY_AXIS,
                f"'{variable.name}' has padding and no free axis to be padded along",
                variable.span,
                hint="name an axis in its type, or remove pad",
            )
        return Value(type_, tuple(masks), time, variable.start)

    def _time_axis(self, variable: Variable, type_: TensorType) -> int | None:
        free = [i for i, axis in enumerate(type_.axes) if axis.names - self.walker.symbols]
        named = {wire.axis for wire in self.graph.outof(variable.name) if wire.axis}
        for index in free:
            if str(type_.axes[index]) in named:
                return index
        return free[0] if free else None

    def _computed(self, variable: Variable) -> Value | None:
        given = self.given(variable.name).get("in", ())
        wired = any(w.target.port == "in" for w in self.graph.into(variable.name))
        if not given:
            self._learnable(variable)
            if variable.type is not None and not wired and variable.kind in ("latent", "parameter"):
                return Value(variable.type, (None,) * len(variable.type.axes))
            self._unknown(variable, wired)
            return None
        value = given[0]
        if variable.type is not None and not agrees(variable.type, value.type, self.graph.sizes):
            self._differs(variable, value.type)
        if variable.kind == "latent":
            return value._replace(time={})
        if variable.start is not None:
            value = value._replace(start=variable.start)
        return self._marked(variable, value)

    def _learnable(self, variable: Variable) -> None:
        """Record a learned variable whose size only data could tell."""
        axes = variable.type.axes if variable.kind == "parameter" and variable.type else ()
        free = sorted({name for axis in axes for name in axis.names} - self.walker.symbols - set(self.graph.sizes))
        if free:
            message = f"'{variable.name}' is learned, so its axis '{free[0]}' must be a number"
            self.walker.into.add(faults.SHAPE, message, variable.span, hint="state a number or a param")

    def _unknown(self, variable: Variable, wired: bool) -> None:
        touched = self.graph.into(variable.name) or self.graph.outof(variable.name)
        if touched and not wired and not self.partial:  # one that no edge touches was reported as that
            hint = (
                "state its type"
                if variable.kind == "latent"
                else f"draw an edge that computes it: '... -> {variable.name}'"
            )
            self.walker.into.add(
                faults.UNKNOWN_TYPE,
                f"nothing gives '{variable.name}' a value or a type",
                variable.span,
                hint=hint,
            )

    def _differs(self, variable: Variable, found: TensorType) -> None:
        wire = next(w for w in self.graph.into(variable.name) if w.target.port == "in")
        self.walker.fault(
            faults.STATED,
            f"'{variable.name}' is stated as {variable.type}, and what is computed is {found}",
            variable.span,
            hint="correct the type, or the last layer before it",
            notes=(Note("computed here", wire.span),),
        )

    def _marked(self, variable: Variable, value: Value) -> Value:
        """A computed tensor on a target port is itself a variable of the time analysis; what passes it is marked.

        So a way from a target that leads through it is told from one that leads around it.
        """
        for wire in self.graph.outof(variable.name):
            if wire.target.port == "target":
                axis = next((i for i, a in enumerate(value.type.axes) if a.names - self.walker.symbols), None)
                bound = Bound() if axis is not None else Bound(Fraction(0), None, 0)
                start = Step(f"'{variable.name}'", variable.span, "itself")
                mark = {variable.name: Lags(axis, (replace(bound, path=start),))}
                return value._replace(time={**crossing(value.time, passing(variable.name)), **mark})
        return value
