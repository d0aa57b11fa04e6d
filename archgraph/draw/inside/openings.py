"""Which operations open, and what of the graph their insides show."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from archgraph.draw.inside.additive import additive
from archgraph.draw.inside.attention import Opening
from archgraph.draw.inside.products import Products
from archgraph.graph.module import Graph, Net, Node
from archgraph.graph.operation import Operation

_PLACES = ("places", "context_places")


def opening(path: str, op: Operation, told: Collection[tuple[str, str]] = ()) -> Opening | None:
    """The inside of an operation that is an attention; None for another.

    Args:
        path: of the operation.
        op: the operation.
        told: the ports for places that are fed, each with the path of its operation.
    """
    if op.name == "cross_attention" and op.arguments().get("score") == "additive":
        return additive(path)
    if op.name not in ("self_attention", "cross_attention"):
        return None
    return Products(path, op, frozenset(port for owner, port in told if owner == path)).opening()


def told(graph: Graph) -> frozenset[tuple[str, str]]:
    """The ports for places that are fed from somewhere, each with the path of its operation."""
    return frozenset(_told(graph.nodes.values(), graph.net, "", frozenset()))


def _told(nodes: Collection[Node], net: Net, prefix: str, given: Set[str]) -> Iterator[tuple[str, str]]:
    """Those inside a body, of whose own input ports some are fed."""
    for node in nodes:
        fed = {wire.target.port for wire in net.into(node.name) if wire.source.owner or wire.source.port in given}
        path = f"{prefix}{node.name}" + (".0" if node.repeat is not None else "")
        if isinstance(node.body, Net):
            yield from _told(node.body.nodes.values(), node.body, f"{path}.", fed)
        else:
            yield from ((path, port) for port in _PLACES if port in fed)
