"""Lists of edges: chains and the long form, and the edges of a spec over those that it starts from."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from itertools import zip_longest
from typing import NamedTuple

from archgraph.core.diagnostic import Collector
from archgraph.core.source import Mapping, Scalar, Sequence, Tree
from archgraph.lang import models
from archgraph.lang.chains import cut_chain, parse_chain
from archgraph.lang.faults import graph, schema
from archgraph.lang.fields import load, scalar_of
from archgraph.lang.forms import chain_hint
from archgraph.lang.merge import Generations
from archgraph.lang.read import describe
from archgraph.lang.spec import EdgeSpec, EndSpec

# The port of a cost that follows from the kind of the variable that feeds it.
PORT_OF_KIND = {"target": "target", "prediction": "prediction", "contrastive": "prediction"}


class Costs(NamedTuple):
    """What tells where an edge into a cost lands: the costs of one operation, and the ports that variables feed."""

    names: frozenset[str] = frozenset()
    ports: Dict[str, str] = {}

    def landing(self, edge: EdgeSpec) -> tuple[str, str]:
        """The node and the port that an edge ends in."""
        port = edge.target.port or next((kind for kind in ("context", "initial") if kind in edge.kinds), "")
        if not port and edge.target.name in self.names:
            port = self.ports.get(edge.source.name, "")
        return edge.target.name, port or "in"


def costs_of(tree: Mapping) -> Costs:
    """The costs of a spec, and what variables feed of them."""
    nodes, variables = tree.get("nodes"), tree.get("variables")
    names = set()
    for entry in nodes.entries if isinstance(nodes, Mapping) else ():
        role = scalar_of(entry.value, "role") if isinstance(entry.value, Mapping) else None
        if role is not None and role.value == "cost" and isinstance(entry.value, Mapping) and entry.value.find("op"):
            names.add(entry.name)
    return Costs(frozenset(names), _fed(variables))


def _fed(variables: Tree | None) -> dict[str, str]:
    """The port of a cost that each variable feeds by its kind."""
    ports = {}
    for entry in variables.entries if isinstance(variables, Mapping) else ():
        kind = scalar_of(entry.value, "kind") if isinstance(entry.value, Mapping) else entry.value
        ports[entry.name] = PORT_OF_KIND.get(str(kind.value), "") if isinstance(kind, Scalar) else ""
    return ports


def edges_of(tree: Tree | None, into: Collector, costs: Costs | None = None) -> tuple[EdgeSpec, ...]:
    """The elementary edges of a list, the parent's first where one extends another."""
    costs = costs or Costs()
    if tree is None or (isinstance(tree, Scalar) and tree.value is None):
        return ()
    if not isinstance(tree, Sequence):
        into.add(
            schema.FORM,
            f"'edges' is {describe(tree)}, and must be a list",
            tree.span,
            hint="write '- a -> b'",
        )
        return ()
    found: list[EdgeSpec] = []
    cut = False
    for item, after in zip_longest(tree.items, tree.items[1:]):
        spent, cut = cut, tree.flow and after is not None and cut_chain(item, after, into)
        if not spent and not cut:
            found += _edge(item, into)
    if not isinstance(tree, Generations) or tree.older is None:
        return tuple(found)
    taken = {costs.landing(edge) for edge in found}
    before = costs if tree.variables is None else Costs(costs.names, _fed(tree.variables))
    older = [
        edge
        for edge in edges_of(tree.older, into, before)
        if before.landing(edge) not in taken and not {edge.source.name, edge.target.name} & tree.removed
    ]
    return (*older, *found)


def _edge(tree: Tree, into: Collector) -> list[EdgeSpec]:
    """A chain, or the long form of an edge."""
    if isinstance(tree, Scalar) and isinstance(tree.value, str):
        return parse_chain(tree, into)
    if isinstance(tree, Mapping):
        return _long(tree, into)
    into.add(schema.FORM, f"an edge is a chain, not {describe(tree)}", tree.span, hint=chain_hint(tree))
    return []


def _is_pair(tree: Mapping) -> bool:
    """Whether this is one name before another, `x: encoder`, which the long form is not."""
    value = tree.entries[0].value if len(tree.entries) == 1 else None
    return isinstance(value, Scalar) and isinstance(value.value, str) and tree.entries[0].name not in ("from", "to")


def _word(tree: Tree) -> str:
    return str(tree.value) if isinstance(tree, Scalar) else ""


def _long(tree: Mapping, into: Collector) -> list[EdgeSpec]:
    first = tree.entries[0] if tree.entries else None
    if first and "->" in first.name:
        if isinstance(first.value, Scalar) and first.value.value is None:
            return parse_chain(first.key, into)  # {a -> b}, or a colon at the end
        hint = "remove the colon; what an edge is stands in its arrow, as -[delay]->, or in the long form"
        into.add(schema.FORM, f"'{first.name}' is a chain with a value behind it", first.key.span, hint=hint)
        return []
    if first and ("-[" in first.name or _is_pair(tree)):
        arrow = "a -[delay 2]-> b" if "-[" in first.name else f"{first.name} -> {_word(first.value)}"
        hint = f"an edge has no colon: write '{arrow}'"
        into.add(schema.FORM, f"'{first.name}' stands before a colon, which ends a key", first.key.span, hint=hint)
        return []
    model = load(models.EdgeModel, tree, into, what="an edge")
    if model is None:
        return []
    ends = []
    for name, written in (("from", model.from_), ("to", model.to)):
        value = tree.get(name)
        head, _, port = written.partition(".")
        ends.append(EndSpec(head, port, value.span if value else tree.span))
    steps = scalar_of(tree, "steps")
    kinds = frozenset(model.kind)
    if steps is not None and "delay" not in kinds:
        into.add(
            graph.DELAY,
            "'steps' stands on an edge that is no delay",
            steps.span,
            hint="add 'kind: [delay]'",
        )
        return []
    shown = str(steps.value) if steps else ""
    return [EdgeSpec(ends[0], ends[1], kinds, tree.entries[0].key.span, shown, model.axis or "")]
