"""What differs between two graphs: variables, nodes and edges that were added, removed, or changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archgraph.graph.module import Graph, Leaf, Node, Variable, Wire, walk

Facts = Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One thing in both graphs whose facts differ: each fact before and after, "" where there was or is none."""

    thing: str
    facts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Difference:
    """Two graphs compared. Things are named as `variable y`, `node encoder.linear`, `edge y -> encoder`."""

    before: str
    after: str
    added: tuple[tuple[str, Facts], ...]
    removed: tuple[tuple[str, Facts], ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        """A line per difference, `-` for what went, `+` for what came, `~` for what changed."""
        lines = [f"{self.before} -> {self.after}"]
        lines += [f"- {thing}{_told(facts)}" for thing, facts in self.removed]
        lines += [f"+ {thing}{_told(facts)}" for thing, facts in self.added]
        for change in self.changed:
            told = ", ".join(f"{name} {old or 'none'} -> {new or 'none'}" for name, old, new in change.facts)
            lines.append(f"~ {change.thing}: {told}")
        return "\n".join(lines if self else [*lines, "no difference"])

    def touched(self) -> frozenset[str]:
        """The names of the variables and nodes of the whole spec in which something changed, came or went."""
        things = [change.thing for change in self.changed]
        things += [thing for thing, _ in (*self.added, *self.removed) if "." in thing]
        found = (thing.partition(" ") for thing in things)
        return frozenset(name.partition(".")[0] for kind, _, name in found if kind != "edge")

    def as_dict(self) -> dict[str, Any]:
        """The difference as plain values, for JSON."""
        return {
            "before": self.before,
            "after": self.after,
            "added": [{"thing": thing, **facts} for thing, facts in self.added],
            "removed": [{"thing": thing, **facts} for thing, facts in self.removed],
            "changed": [
                {"thing": change.thing, "facts": {name: [old, new] for name, old, new in change.facts}}
                for change in self.changed
            ],
        }


def difference(before: Graph, after: Graph) -> Difference:
    """Compare two graphs; what both have in the same way is not mentioned."""
    old, new = _things(before), _things(after)
    changed = tuple(Change(thing, facts) for thing in old if thing in new and (facts := _facts(old[thing], new[thing])))
    return Difference(
        *_titles(before, after),
        tuple((thing, facts) for thing, facts in new.items() if thing not in old),
        tuple((thing, facts) for thing, facts in old.items() if thing not in new),
        changed,
    )


def _titles(before: Graph, after: Graph) -> tuple[str, str]:
    """What the graphs are called: by their titles, or by their files where those are equal, as without names."""
    old, new = before.title or before.name, after.title or after.name
    return (old, new) if old != new else (before.span.source.name, after.span.source.name)


def _things(graph: Graph) -> dict[str, Facts]:
    found: dict[str, Facts] = {f"variable {v.name}": _variable(v) for v in graph.variables.values()}
    for path, node in walk(graph.nodes):
        if not (isinstance(node.body, Leaf) and node.body.op.wraps):  # the sum of a residual goes without saying
            found[f"node {path}"] = _node(node)
    for wire in graph.wires:
        found[f"edge {_edge(wire)}"] = {}
    return found


def _variable(variable: Variable) -> Facts:
    facts = {
        "kind": variable.kind,
        "type": str(variable.type or ""),
        "pad": variable.pad,
        "start": variable.start,
        "stop": variable.stop,
    }
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}


def _node(node: Node) -> Facts:
    facts = {
        "role": node.role,
        "repeat": "" if node.repeat is None else str(node.repeat),
        "shares": node.share,
        "weight": "" if node.weight == 1 else repr(node.weight),
    }
    if isinstance(node.body, Leaf):
        op = node.body.op
        facts["operation"] = op.name
        facts |= {name: str(value) for name, value in sorted(op.arguments().items())}
    return {name: value for name, value in facts.items() if value}


def _edge(wire: Wire) -> str:
    """An edge as its chain is written, so that a delay put on it reads as another edge in its place."""
    kinds = [f"delay {wire.delay}" if wire.delay > 1 else "delay"] if wire.delay else []
    kinds += [
        name for name, is_so in (("context", wire.context), ("initial", wire.initial), ("stop", wire.stop)) if is_so
    ]
    arrow = f"-[{', '.join(kinds)}]->" if kinds else "->"
    return f"{wire.source} {arrow} {wire.target}"


def _facts(old: Facts, new: Facts) -> tuple[tuple[str, str, str], ...]:
    names = dict.fromkeys([*old, *new])
    return tuple((name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name))


def _told(facts: Facts) -> str:
    told = ", ".join(f"{name} {value}" for name, value in facts.items())
    return f" ({told})" if told else ""
