"""What each operation inside the modules of a graph computes, spelled out once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from archgraph.draw.equations.bodies import arriving, single
from archgraph.draw.equations.names import operation
from archgraph.draw.equations.pieces import (
    Equation,
    Piece,
    Pieces,
    applied,
    bracketed,
    formulas,
    joined,
    port_symbol,
    spelled,
    tex,
)
from archgraph.graph.module import Graph, Net
from archgraph.graph.operation import Operation


def operations(graph: Graph, called: Set[str]) -> Iterator[Equation]:
    """The lines of each operation that other lines have `called` by its name, in the order of the flow."""
    seen: set[tuple[str, ...]] = set()
    for node in graph.nodes.values():
        if not isinstance(node.body, Net) or single(node) is not None:
            continue
        for op, fed in _inside(node.body, {wire.target.port for wire in graph.into(node.name)}):
            lines = op.equations(fed)
            name = operation(op).tex
            if lines and lines not in seen and any(name in piece for piece in called):
                seen.add(lines)
                yield from written(op, fed, id=f"{op.name}--{len(seen)}")


def written(op: Operation, fed: Collection[str] = (), *, id: str) -> Iterator[Equation]:
    """The lines of one operation, whose inputs are called after its ports: a function of those that are `fed`."""
    lines = formulas(op.equations(fed))
    inputs = [port.name for port in op.ports_in() if port.required or port.name in fed]
    several = {port.name for port in op.ports_in() if port.many}
    ports: dict[str, list[Pieces]] = {name: [(each,) for each in _symbols(name, name in several)] for name in inputs}
    ports |= {f"out.{port.name}": [(_given(port.name, inputs),)] for port in op.ports_out()}
    call = applied(operation(op), [part for name in inputs for part in ports[name]])
    recurs = any(line.count("out") for line in lines)
    ports["out"] = [(port_symbol("h"),)] if recurs else [call]
    for index, line in enumerate(lines):
        left = ports[line.left.strip("<>")][0] if line.output else tex(line.left)
        yield Equation(f"{id}-{index + 1}", left, spelled(line.right, ports, ""), line.sign)
    given = [port.name for port in op.ports_out() if any(line.output == port.name for line in lines)]
    if recurs or "out" not in given:
        results = [ports["out"][0] if name == "out" else ports[f"out.{name}"][0] for name in given]
        right = results[0] if recurs or len(results) == 1 else bracketed(joined(results, ","))
        yield Equation(id, call, right)


def _symbols(name: str, several: bool) -> tuple[Piece, ...]:
    """What flows into a port; where that may be several tensors, two stand for them."""
    found = port_symbol(name)
    return (Piece(f"{found.tex}_{{1}}"), Piece(f"{found.tex}_{{2}}")) if several else (found,)


def _given(name: str, inputs: Collection[str]) -> Piece:
    """The symbol of an output, with a prime where an input has it."""
    found = port_symbol(name)
    return Piece(rf"{found.tex}^{{\prime}}") if name in inputs else found


def _inside(net: Net, given: Set[str]) -> Iterator[tuple[Operation, Set[str]]]:
    """The operations in a net and the nets in it, with the ports of each that are fed where those `given` are.

    The sum of a residual is told where its layers are composed.
    """
    for name, node in net.nodes.items():
        fed = {wire.target.port for wire in arriving(net, name, given)}
        if isinstance(node.body, Net):
            yield from _inside(node.body, fed)
        elif not node.role and not node.body.op.wraps:
            yield node.body.op, fed
