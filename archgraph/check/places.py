"""Bodies in their places: where a tensor comes from, traced out of nested bodies and back through plain variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archgraph.graph.module import End, Graph, Leaf, Net, Node, Wire


class Place(NamedTuple):
    """A body of nodes in its place: the node that holds it, and the body around that; at the top neither."""

    graph: Graph
    net: Net
    holder: str = ""
    around: Place | None = None

    def into(self, owner: str, port: str) -> tuple[Wire, ...]:
        """The wires of this body that end in a port."""
        return tuple(wire for wire in self.net.into(owner) if wire.target.port == port)


class Origin(NamedTuple):
    """Where a tensor is made: the body, the end there, the steps of delay since, and the first delaying wire."""

    net: int
    end: End
    delay: int = 0
    wire: Wire | None = None


def places(graph: Graph) -> Iterator[tuple[Place, Node]]:
    """Every node with the body that it stands in, parents first; copies of a repeat count once."""
    yield from _below(Place(graph, graph.net))


def _below(place: Place) -> Iterator[tuple[Place, Node]]:
    for node in place.net.nodes.values():
        yield place, node
        if isinstance(node.body, Net):
            yield from _below(Place(place.graph, node.body, node.name, place))


def origins(place: Place, wire: Wire) -> tuple[Origin, ...]:
    """Where what a wire brings was made: an observed variable, a latent, or an output of a node."""
    found: dict[Origin, None] = {}
    front: list[tuple[Place, Wire, int, Wire | None]] = [(place, wire, 0, None)]
    seen: set[tuple[int, int]] = set()
    while front:
        here, at, delay, first = front.pop()
        if (id(here.net), id(at)) in seen:
            continue
        seen.add((id(here.net), id(at)))
        delay, first = delay + at.delay, first or (at if at.delay else None)
        outer, wires = before(here, at.source)
        if wires:
            front += [(outer, earlier, delay, first) for earlier in wires]
        else:
            found[Origin(id(here.net) if here.around else 0, at.source, delay, first)] = None
    return tuple(found)


def before(place: Place, end: End) -> tuple[Place, tuple[Wire, ...]]:
    """The wires that bring what stands at an end, where it only passes on: a port of the body, a variable."""
    if not end.owner and place.around is not None:
        return place.around, place.around.into(place.holder, end.port)
    variable = None if place.around else place.graph.variables.get(end.owner)
    if variable is not None and variable.kind != "latent":
        return place, place.into(end.owner, "in")
    return place, ()


def holds(node: Node, operation: str) -> Leaf | None:
    """The first operation of that name in a node's body, or None."""
    if isinstance(node.body, Leaf):
        return node.body if node.body.op.name == operation else None
    for inner in node.body.nodes.values():
        found = holds(inner, operation)
        if found:
            return found
    return None
