"""Values before the first step that do not fit what they stand before, or that nothing reads."""

from __future__ import annotations

from archgraph.check.places import Place, before, places
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.core.examples import RECURRENT, swap
from archgraph.core.source import Span
from archgraph.graph.module import Wire
from archgraph.graph.program import Program
from archgraph.graph.types import TensorType

_FIRST = '  first: {kind: input, type: "real[4]"}\n  h: {kind'
FAULT = Fault(
    "AG078",
    "an initial value that does not fit",
    story="""
`-[initial]->` into a variable gives its value before the first step, for whatever reads it delayed. So it has the
type of the variable without the axis that the delay acts on: `real[4]` before `real[T, 4]`, one symbol, `tokens(8)[]`,
before `tokens(8)[T]`. The delay is drawn from the variable itself, not from a group or variable that it flows into.
Where nothing reads the variable delayed, nobody would ever see the value.
""",
    bad=swap(
        RECURRENT, ("  h: {kind", _FIRST.replace("real[4]", "real[3]")), ("edges:", "edges:\n  - first -[initial]-> h")
    ),
    good=swap(RECURRENT, ("  h: {kind", _FIRST), ("edges:", "edges:\n  - first -[initial]-> h")),
)


def find(program: Program, into: Collector) -> None:
    """Record initial edges whose value has another type than one step of the variable, and idle ones."""
    begun = {wire.target.owner for wire in program.graph.wires if wire.initial}
    for place, node in places(program.graph) if begun else ():
        for wire in place.net.into(node.name):
            name = _passed(place, wire, begun) if wire.delay else ""
            if name:
                what = f"'{name}' is delayed here by another name, past its initial value"
                hint = f"draw the delay from '{name}' itself"
                into.add(FAULT, what, wire.span, hint=hint, notes=(Note("the variable", _span(program, name)),))
                begun = begun - {name}
    for wire in program.graph.wires:
        if wire.initial and wire.target.owner in begun:
            _judge(program, wire, into)


def _span(program: Program, name: str) -> Span:
    return program.graph.variables[name].span


def _passed(place: Place, wire: Wire, begun: set[str]) -> str:
    """The variable with an initial value that a wire brings without being drawn from it; "" for none."""
    front = [(place, wire)]
    while front:
        here, at = front.pop()
        if at is not wire and here.around is None and at.source.owner in begun:
            return at.source.owner
        outer, wires = before(here, at.source)
        if at is not wire or not (here.around is None and at.source.owner in begun):
            front += [(outer, earlier) for earlier in wires if not earlier.delay]
    return ""


def _judge(program: Program, wire: Wire, into: Collector) -> None:
    name = wire.target.owner
    readers = [reader for reader in program.graph.outof(name) if reader.delay]
    whole, value = program.variables.get(name), program.net.values.get(f"{wire.source.owner}.{wire.source.port}")
    if not readers:
        hint = f"read it delayed, '{name} -[delay]-> ...', or remove this edge"
        into.add(FAULT, f"nothing reads '{name}' delayed, so its initial value is never seen", wire.span, hint=hint)
    elif whole is not None and value is not None:
        for reader in readers:
            step = _step(whole.type, reader, program)
            if step is not None and value.type != step:
                what = f"'{name}' is {whole.type}, so its initial value must be {step}, and is {value.type}"
                hint = "give it that type, or put a 'linear' or an 'embedding' in between"
                into.add(FAULT, what, wire.span, hint=hint, notes=(Note("delayed here", reader.span),))
                return


def _step(type_: TensorType, reader: Wire, program: Program) -> TensorType | None:
    """The type of one step along the axis of a delay; None where that fault is told elsewhere."""
    symbols = {name for name, value in program.graph.params.items() if not isinstance(value, (int, float, str))}
    free = [i for i, axis in enumerate(type_.axes) if axis.names - symbols]
    found = [i for i in free if str(type_.axes[i]) == reader.axis] if reader.axis else free
    if len(found) != 1:
        return None
    axes = tuple(axis for i, axis in enumerate(type_.axes) if i != found[0])
    return TensorType(type_.element, axes, type_.classes)


RULE = Rule(FAULT, find)
