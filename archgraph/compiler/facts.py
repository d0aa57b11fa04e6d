"""What is known of each thing of a picture besides how it looks: the types of tensors, the numbers that are learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from archgraph.core.dims import Dim
from archgraph.draw.staging.unroll import copy_of, steps_of
from archgraph.graph.heads import Heads
from archgraph.graph.program import Program
from archgraph.graph.types import TensorType


def facts(program: Program, *, unroll: int = 0) -> tuple[tuple[str, str], ...]:
    """A line or two for each variable and each node, by name and path; of copies, for each.

    Unrolled over steps in time, what stands once for each of them has the type of one.
    """
    found = _told(program, frozenset())
    if not unroll:
        return tuple(found.items())
    once = {name: told for name, told in _told(program, steps_of(program.graph)).items() if "." not in name}
    copies = {copy_of(name, step): told for step in range(1, unroll + 1) for name, told in once.items()}
    return (*found.items(), *copies.items())


def _told(program: Program, steps: frozenset[str]) -> dict[str, str]:
    """What is known of each thing, its types without the axes of some steps."""
    found = {name: str(_of_one(value.type, steps)) for name, value in program.variables.items()}
    counts = _counts(program)
    for path, node in program.nodes():
        lines = [f"{_port(port)}{_of_one(value.type, steps)}" for port, value in node.results.items()]
        if path in counts:
            lines.append(counts.pop(path))
        if lines:
            found[path] = "\n".join(lines)
    attended = dict(_attended(program, counts, steps))
    return {**found, **counts, **attended}


def _attended(program: Program, counts: dict[str, str], steps: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The types of what each attention makes on its way: queries, keys, values, scores, and what it reads."""
    for path, facts in program.leaves():
        op = facts.leaf.op
        if not isinstance(op, Heads):
            continue
        asked, read = facts.given["in"][0].type, (facts.given.get("context") or facts.given["in"])[0].type
        for name, type_ in _inside(op, asked, read).items():
            id = f"{path}{name}"
            yield id, "\n".join(filter(None, (str(_of_one(type_, steps)), counts.pop(id, ""))))


def _inside(op: Heads, asked: TensorType, read: TensorType) -> dict[str, TensorType]:
    """The type of each part of an attention by the end of its path, for queries and context of these types."""
    inner, shared = op.inner(asked.axes[-1])
    valued, given = op.values(asked.axes[-1])
    query, key = _wide(asked, inner), _wide(read, shared)
    options = op.arguments()
    scores = TensorType("real", (*asked.axes[:-2], Dim.number(op.heads), asked.axes[-2], read.axes[-2]))
    found = {".q": query, ".k": key, "--softargmax": scores}
    if options.get("score") == "additive":
        return {**found, ".score": scores, "--read": _wide(asked, read.axes[-1])}
    found |= {".v": _wide(read, given), ".out": asked, "--read": _wide(asked, valued)}
    found |= {"--told-q": asked, "--told-k": read}
    found |= {".q_norm": query, ".k_norm": key} if op.qk_norm != "none" else {}
    if options.get("positions") == "rotary":
        found |= {"--rotary-q": query, "--rotary-k": key}
    return {**found, **dict.fromkeys(("--softcap", "--distance", "--window"), scores)}


def _wide(type_: TensorType, features: Dim) -> TensorType:
    """A type with other features."""
    return type_._replace(axes=(*type_.axes[:-1], features))


def _of_one(type_: TensorType, steps: frozenset[str]) -> TensorType:
    return type_._replace(axes=tuple(axis for axis in type_.axes if not steps.intersection(axis.names)))


def _port(name: str) -> str:
    return "" if name == "out" else f"{name}: "


def _counts(program: Program) -> dict[str, str]:
    """How many numbers each node learns, with all inside it; those that are shared count where they are owned."""
    totals: dict[str, Dim] = defaultdict(lambda: Dim.number(0))
    for name, parameter in program.parameters():
        parts = name.split(".")
        for length in range(1, len(parts)):
            path = ".".join(parts[:length])
            totals[path] = totals[path] + parameter.count
    return {path: f"{_number(total)} parameters" for path, total in totals.items()}


def _number(total: Dim) -> str:
    return f"{total.constant:,}" if total.constant is not None else str(total)
