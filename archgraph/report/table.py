"""The summary: a row per node with shapes, parameters, FLOPs and their share.

FLOPs are those of matrix products, 2 per multiply-add, of one sample; lengths that only data tells stay symbols.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from archgraph.core.dims import Dim
from archgraph.graph.program import BodyFacts, LeafFacts, NetFacts, NodeFacts, Program, paths, unmoved
from archgraph.graph.types import TensorType


class Row(NamedTuple):
    """One node: where it stands, what it is, the type it gives, and what it costs per sample."""

    path: str
    role: str
    type: str
    parameters: Dim
    flops: Dim


@dataclass(frozen=True)
class Table:
    """The rows of a program, its totals, and the sizes that free axes were given to compare by."""

    title: str
    classification: str
    rows: tuple[Row, ...]
    parameters: Dim
    flops: Dim
    sizes: Mapping[str, int]

    def share(self, row: Row) -> float:
        """The part of all FLOPs that a row has, with every free axis at its size."""
        total = self.flops.value(self.sizes)
        return float(row.flops.value(self.sizes) / total) if total else 0.0

    def __str__(self) -> str:
        """The table in plain text."""
        head = ("node", "role", "gives", "parameters", "FLOPs", "share")
        body = [
            (row.path, row.role, row.type, number(row.parameters), number(row.flops), f"{self.share(row):.0%}")
            for row in self.rows
        ]
        last = ("total", "", "", number(self.parameters), number(self.flops), "")
        widths = [max(len(line[column]) for line in (head, *body, last)) for column in range(len(head))]
        lines = [f"{self.title}: {self.classification}"]
        for line in (head, *body, last):
            words = zip(line, widths, strict=True)
            lines.append("  ".join(_cell(word, width, at) for at, (word, width) in enumerate(words)))
        given = ", ".join(f"{name} = {size}" for name, size in self.sizes.items())
        lines.append("FLOPs are of one sample, forward, 2 per multiply-add" + (f"; shares at {given}" if given else ""))
        return "\n".join(line.rstrip() for line in lines)

    def as_dict(self) -> dict[str, Any]:
        """The table as plain values, for JSON."""
        return {
            "title": self.title,
            "classification": self.classification,
            "rows": [
                {
                    "path": row.path,
                    "role": row.role,
                    "type": row.type,
                    "parameters": plain(row.parameters),
                    "flops": plain(row.flops),
                    "share": round(self.share(row), 6),
                }
                for row in self.rows
            ],
            "parameters": plain(self.parameters),
            "flops": plain(self.flops),
            "sizes": dict(self.sizes),
        }


def table(program: Program, sizes: Mapping[str, int] | None = None) -> Table:
    """The summary of a program; `sizes` gives lengths to free axes, 64 where it says nothing."""
    around = loops(program.net)
    rows = tuple(_row(path, facts, around.get(path)) for path, facts in program.net.nodes.items())
    flops = sum((row.flops for row in rows), Dim.number(0))
    names = sorted(flops.names | program.count().names)
    known = {**program.graph.sizes, **(sizes or {})}
    title = program.graph.title or program.graph.name
    compared = {name: known.get(name, 64) for name in names}
    return Table(title, program.classification, rows, program.count(), flops, compared)


def number(value: Dim) -> str:
    """A count in words: a number with separators, or a formula."""
    constant = value.constant
    return f"{constant:,}" if constant is not None else str(value)


def plain(value: Dim) -> int | str:
    """A count as JSON has it: a number, or a formula."""
    constant = value.constant
    return constant if constant is not None else str(value)


def _cell(word: str, width: int, column: int) -> str:
    return word.ljust(width) if column < 3 else word.rjust(width)


class Loop(NamedTuple):
    """A loop over the positions of an axis; its members read all of what comes in at the ports `whole`, each time.

    What comes in at the ports `unmoved` of the node that is looked at is the same each time.
    """

    axis: Dim
    whole: frozenset[str]
    unmoved: frozenset[str] = frozenset()


def loops(net: NetFacts) -> dict[str, Loop]:
    """The members of cycles, each with the loop that it runs in."""
    found = {}
    for group in net.order:
        for name in group.members if group.scan else ():
            if name in net.nodes:
                axis = next(iter(net.nodes[name].results.values())).type.axes[0]
                whole = frozenset(port for member, port in group.whole if member == name)
                found[name] = Loop(axis, whole, unmoved(net, name))
    return found


def work(leaf: LeafFacts, loop: Loop | None) -> Dim:
    """The FLOPs of an operation; in a loop, those of one position as often as there are positions.

    What depends on nothing that changes with the positions is computed once, before the loop.
    """
    op = leaf.leaf.op
    given = {port: tuple(value.type for value in found) for port, found in leaf.given.items()}
    made = {port: value.type for port, value in leaf.results.items()}
    if loop is None:
        return op.flops(given, made)
    once = {
        port: found if port in loop.whole | loop.unmoved else tuple(_one(type_, loop.axis) for type_ in found)
        for port, found in given.items()
    }
    each = op.flops(once, {port: _one(type_, loop.axis) for port, type_ in made.items()})
    ahead = sum((flops for port, flops in op.ahead(once).items() if port in loop.unmoved), Dim.number(0))
    return (each - ahead) * loop.axis + ahead


def _one(given: TensorType, axis: Dim) -> TensorType:
    """The type at one position."""
    axes = given.axes
    return given._replace(axes=(Dim.number(1), *axes[1:])) if axes and axes[0] == axis else given


def _row(path: str, facts: NodeFacts, loop: Loop | None) -> Row:
    given = facts.results.get("out") or next(iter(facts.results.values()), None)
    flops, parameters = Dim.number(0), Dim.number(0)
    for leaf, owned, around in _leaves(facts, loop):
        flops = flops + work(leaf, around)
        if owned:
            parameters = sum((each.count for each in leaf.parameters()), parameters)
    return Row(path, facts.node.role, str(given.type) if given else "", parameters, flops)


def _leaves(facts: NodeFacts, loop: Loop | None, owned: bool = True) -> Iterator[tuple[LeafFacts, bool, Loop | None]]:
    """Every operation that runs, whether its weights are its own (those of shared copies count once), and its loop."""
    own = owned and not facts.node.share
    loop = loop._replace(unmoved=frozenset()) if loop and facts.node.repeat is not None else loop
    for index, (_, body) in enumerate(paths("", facts)):
        yield from _inside(body, loop, own and not (facts.node.shared and index))


def _inside(body: BodyFacts, loop: Loop | None, owned: bool) -> Iterator[tuple[LeafFacts, bool, Loop | None]]:
    if isinstance(body, LeafFacts):
        yield body, owned, loop
        return
    around = loops(body)
    for name, node in body.nodes.items():
        yield from _leaves(node, _deeper(loop, body, name) if loop else around.get(name), owned)


def _deeper(loop: Loop, body: NetFacts, name: str) -> Loop:
    """The loop as a node of a body inside sees it; what a loop in there computes before itself, this one repeats."""
    again = name in loops(body)
    return loop._replace(unmoved=frozenset() if again else unmoved(body, name, loop.unmoved))
