"""The order in which the members of a body are computed, and the cycles among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from archgraph.graph.module import Wire
from archgraph.graph.program import Group


def arrange(members: Sequence[str], wires: Iterable[Wire]) -> tuple[Group, ...]:
    """Groups in the order of computation; members of one cycle form one group, to be scanned over time."""
    joined = [wire for wire in wires if wire.source.owner and wire.target.owner]
    flat = _sorted(members, joined)
    if flat is not None:
        return tuple(Group((name,)) for name in flat)
    return _condensed(members, joined)


def shortest_cycle(members: Sequence[str], wires: Iterable[Wire]) -> list[Wire]:
    """The wires of a shortest cycle among `members`."""
    inside = [w for w in wires if w.source.owner in members and w.target.owner in members]
    best: list[Wire] = []
    for member in members:
        found = _back(member, inside)
        if found and (not best or len(found) < len(best)):
            best = found
    return best


def _sorted(members: Sequence[str], wires: Iterable[Wire]) -> list[str] | None:
    """The members by what they need; the file's order where that leaves a choice. None if there is a cycle."""
    sorter: TopologicalSorter[str] = TopologicalSorter({name: () for name in members})
    for wire in wires:
        sorter.add(wire.target.owner, wire.source.owner)
    place = {name: index for index, name in enumerate(members)}
    try:
        sorter.prepare()
    except CycleError:
        return None
    found: list[str] = []
    while sorter.is_active():
        for name in sorted(sorter.get_ready(), key=place.__getitem__):
            found.append(name)
            sorter.done(name)
    return found


def _condensed(members: Sequence[str], wires: list[Wire]) -> tuple[Group, ...]:
    import networkx as nx  # only graphs with cycles pay for it

    place = {name: index for index, name in enumerate(members)}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(members)
    graph.add_edges_from((wire.source.owner, wire.target.owner) for wire in wires)
    whole = nx.condensation(graph)
    groups = []
    order = nx.lexicographical_topological_sort(
        whole, key=lambda number: min(place[name] for name in whole.nodes[number]["members"])
    )
    for number in order:
        names = sorted(whole.nodes[number]["members"], key=place.__getitem__)
        scan = len(names) > 1 or (names[0], names[0]) in graph.edges
        groups.append(Group(_within(names, wires) if scan else tuple(names), scan))
    return tuple(groups)


def _within(names: list[str], wires: list[Wire]) -> tuple[str, ...]:
    """The order within one step of a cycle: what is delayed comes from the step before. Empty: there is none."""
    inside = [w for w in wires if not w.delay and w.source.owner in names and w.target.owner in names]
    return tuple(_sorted(names, inside) or ())


def _back(member: str, wires: list[Wire]) -> list[Wire]:
    """A shortest walk from `member` back to itself, breadth first."""
    came: dict[str, Wire] = {}
    front = [member]
    while front:
        following = []
        for name in front:
            for wire in wires:
                if wire.source.owner != name or wire.target.owner in came:
                    continue
                came[wire.target.owner] = wire
                following.append(wire.target.owner)
        if member in came:
            break
        front = following
    walk: list[Wire] = []
    at = member
    while at in came and (not walk or at != member):
        walk.insert(0, came[at])
        at = came[at].source.owner
    return walk if member in came else []
