"""What a program costs before it runs: FLOPs, and the memory of training and of decoding, as formulas and numbers.

Formulas are in the free axes, for one sample. FLOPs are those of matrix products, 2 per multiply-add. Memory is in
float32. Activations are what the backward pass reads again, every tensor once; the peak of a training step has the
gradients of a layer or two beside them. The cache is the state of a stream, its axis standing for the capacity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archgraph.core.dims import Dim
from archgraph.graph.advance import looks_ahead
from archgraph.graph.masks import Mask, without
from archgraph.graph.memory import FLAG, NUMBER, SYMBOL, weigh
from archgraph.graph.program import Program
from archgraph.graph.types import TensorType
from archgraph.report.flows import NONE, Visit, Walk
from archgraph.report.table import number, plain, table

UNITS = {"FLOPs": ("", "k", "M", "G", "T", "P"), "bytes": ("", "k", "M", "G", "T", "P")}


@dataclass(frozen=True)
class Line:
    """One cost: what it is, its formula, and whether it is of each sample of a batch."""

    name: str
    unit: str
    formula: Dim
    each: bool = True


@dataclass(frozen=True)
class Cost:
    """The costs of a program, and the sizes and the batch that numbers are for.

    `reason` says why there is no cache, where there is none.
    """

    title: str
    lines: tuple[Line, ...]
    sizes: Mapping[str, int]
    batch: int
    reason: str = ""

    def value(self, line: Line) -> int:
        """A cost as a number."""
        return int(line.formula.value(self.sizes)) * (self.batch if line.each else 1)

    def __str__(self) -> str:
        """A line for each cost, number first."""
        given = [f"{name} = {size}" for name, size in self.sizes.items()]
        rows = [(line.name, shown(self.value(line), line.unit), _told(line)) for line in self.lines]
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        found = [f"{self.title}: costs at {', '.join([f'batch = {self.batch}', *given])}"]
        found += [f"{name.ljust(widths[0])}  {value.rjust(widths[1])}  {formula}" for name, value, formula in rows]
        return "\n".join([*found, *[f"no cache: {self.reason}"] * bool(self.reason)])

    def as_dict(self) -> dict[str, Any]:
        """The costs as plain values, for JSON."""
        return {
            "title": self.title,
            "batch": self.batch,
            "sizes": dict(self.sizes),
            "costs": [
                {
                    "name": line.name,
                    "unit": line.unit,
                    "formula": plain(line.formula),
                    "per": "sample" if line.each else "model",
                    "value": self.value(line),
                }
                for line in self.lines
            ],
            "no_cache": self.reason,
        }


def cost(program: Program, *, sizes: Mapping[str, int], batch: int = 1, stream: Stream | None = None) -> Cost:
    """The costs of a program at the given sizes of free axes (64 where they say nothing) and batch.

    Args:
        program: a checked graph.
        sizes: lengths by the names of free axes.
        batch: samples.
        stream: what goes step by step in it, or why nothing does.

    Raises:
        ValueError: a size for what is no free axis; a size or a batch below 1.
    """
    stream = stream or Stream(reason="nothing is known of a target")
    summed, held = table(program), activations(program)
    weights = program.count() * NUMBER
    lines = [
        Line("forward", "FLOPs", summed.flops),
        Line("training step", "FLOPs", summed.flops * 3),
        Line("the same, blocks computed twice", "FLOPs", summed.flops * 4),
        Line("weights", "bytes", weights, each=False),
        Line("weights, gradients, Adam's moments", "bytes", weights * 4, each=False),
        Line("activations", "bytes", held),
    ]
    lines += [] if stream.reason else [Line("cache", "bytes", cache(program, stream))]
    names = sorted({name for line in lines for name in line.formula.names})
    _refuse(sizes, names, batch)
    known = {**program.graph.sizes, **sizes}
    title = program.graph.title or program.graph.name
    return Cost(title, tuple(lines), {name: known.get(name, 64) for name in names}, batch, stream.reason)


@dataclass(frozen=True)
class Stream:
    """What a causal program reads step by step, and its prediction; or the reason that there is no such thing."""

    target: str = ""
    prediction: str = ""
    reason: str = ""


def activations(program: Program) -> Dim:
    """The bytes per sample that the backward pass reads again."""
    found: dict[int, Dim] = {}
    total = Dim.number(0)
    walk = Walk(program).run()
    for visit in walk.visits:
        saved = visit.facts.leaf.op.saves(*_types(visit))
        tensors = [tensor for port in saved.inputs for tensor in visit.given.get(port, ())]
        tensors += [visit.made[port] for port in saved.outputs if port in visit.made]
        found |= {id(tensor): weigh(tensor.type) for tensor in tensors}
        total = total + saved.numbers * NUMBER
    return sum(found.values(), total)


def cache(program: Program, stream: Stream) -> Dim:
    """The bytes per sample of a stream's state: of operations, of delays, and of what is computed once."""
    walk = Walk(program, stream.target, stream.prediction, _needed(program, stream.prediction)).run()
    target = program.variables[stream.target].type
    total = walk.queues + _symbol(target)
    once: dict[int, Dim] = {}
    ends: set[Mask | None] = set()  # which positions are real, for what looks ahead, where inputs tell
    for visit in walk.visits:
        if not any(tensor.moves for tensor in visit.made.values()):
            continue
        masks = {port: tuple(value.masks for value in found) for port, found in visit.facts.given.items()}
        ahead = next((tensor.ahead for found in visit.given.values() for tensor in found if tensor.moves), NONE)
        state = visit.facts.leaf.op.state(_types(visit)[0], masks, target.axes[0] + ahead)
        total = total + state
        if looks_ahead(visit.facts) and _bound(program, target):
            ends.add(without(visit.facts.given["in"][0].masks[0], stream.target))
        if not state.terms:
            still = [tensor for found in visit.given.values() for tensor in found if not tensor.moves]
            once |= {id(tensor): weigh(tensor.type) for tensor in still}
    return sum(once.values(), total + target.axes[0] * FLAG * len(ends))


def _bound(program: Program, target: TensorType) -> bool:
    """Whether an input has the target's positions."""
    inputs = (v.type for v in program.graph.variables.values() if v.kind == "input")
    return any(type_ is not None and target.axes[0] in type_.axes for type_ in inputs)


def shown(value: int, unit: str) -> str:
    """A number with three digits and a prefix."""
    scaled, prefixes = float(value), iter(UNITS[unit])
    prefix = next(prefixes)
    while scaled >= 999.5 and prefix != "P":
        scaled, prefix = scaled / 1000, next(prefixes)
    digits = f"{scaled:.0f}" if prefix == "" or scaled >= 99.95 else f"{scaled:.3g}"
    return f"{digits} {prefix}{'B' if unit == 'bytes' else 'FLOP'}"


def _told(line: Line) -> str:
    constant = line.formula.constant
    what = "" if not line.each else " a sample"
    return f"{number(line.formula)} {line.unit}{what}" if constant is not None else f"{line.formula}{what}"


def _types(visit: Visit) -> Any:
    given = {port: tuple(value.type for value in found) for port, found in visit.facts.given.items()}
    return given, {port: value.type for port, value in visit.facts.results.items()}


def _symbol(target: Any) -> Dim:
    """What stands before the first position."""
    size = Dim.number(SYMBOL if target.element != "real" else NUMBER)
    for axis in target.axes[1:]:
        size = size * axis
    return size


def _needed(program: Program, name: str) -> frozenset[str]:
    """All that a variable is computed from."""
    found, waiting = {name}, [name]
    while waiting:
        for wire in program.graph.into(waiting.pop()):
            if wire.source.owner not in found:
                found.add(wire.source.owner)
                waiting.append(wire.source.owner)
    return frozenset(found)


def _refuse(sizes: Mapping[str, int], names: list[str], batch: int) -> None:
    for name, size in {**sizes, "batch": batch}.items():
        if size < 1:
            raise ValueError(f"{name} is {size}, and must be at least 1")
    unknown = [name for name in sizes if name not in names]
    if unknown:
        raise ValueError(f"'{unknown[0]}' is no free axis of this spec: {', '.join(names) or 'it has none'}")
