"""One spec that starts from another: the parent's tree under the child's, before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archgraph.core.diagnostic import Collector
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Tree
from archgraph.core.suggest import hint
from archgraph.lang.faults import graph
from archgraph.lang.staging import without

BODIES = {
    "op": "op",
    "layers": "layers",
    "nodes": "nodes",
    "edges": "nodes",
    "ports": "nodes",
    "use": "use",
} | {
    "with": "use",
    "share": "share",
    "repeat": "",
}
_JOINED = ("edges", "nodes", "blocks", "variables", "params", "dims", "variants", "layout")
_HEADER = ("role", "label", "math", "weight")


@dataclass(frozen=True)
class Generations(Sequence):
    """The child's edges over the parent's: the older ones stand unless displaced or their node was removed."""

    older: Sequence | None = None
    removed: frozenset[str] = frozenset()
    variables: Tree | None = None  # the parent's, of which a child may have changed the kind


def merge(parent: Mapping, child: Mapping, into: Collector) -> Mapping:
    """The whole tree of a spec that extends another."""
    _known(parent, child, into)
    removed = _removed(child, "nodes") | _removed(child, "variables")
    merged: dict[str, Entry] = {entry.name: entry for entry in without(parent, removed).entries}
    for entry in child.entries:
        old = merged.get(entry.name)
        if old is not None and _nothing(entry.value) and entry.name in _JOINED:
            continue  # a section with nothing in it changes nothing
        merged[entry.name] = Entry(entry.key, _top(entry.name, old.value if old else None, entry.value, removed))
    edges, drawn = merged.get("edges"), child.get("edges")
    if drawn is not None and not _nothing(drawn) and edges is not None and isinstance(edges.value, Generations):
        # what an edge of the parent fed was told by the kinds that its variables had there
        merged["edges"] = Entry(edges.key, replace(edges.value, variables=parent.get("variables")))
    if removed and edges is not None and (drawn is None or _nothing(drawn)):
        merged["edges"] = Entry(edges.key, _fewer(edges.value, removed))
    return Mapping(tuple(merged.values()), child.span, child.flow)


def _removed(tree: Mapping, section: str) -> frozenset[str]:
    part = tree.get(section)
    if not isinstance(part, Mapping):
        return frozenset()
    return frozenset(e.name for e in part.entries if _nothing(e.value))


def _nothing(tree: Tree) -> bool:
    return isinstance(tree, Scalar) and tree.value is None


def _top(name: str, old: Tree | None, new: Tree, removed: frozenset[str]) -> Tree:
    if name == "edges":
        return _edges(old, new, removed)
    if name in ("nodes", "blocks") and isinstance(new, Mapping):
        return _named(old, new, bodies=True)
    if name == "variables" and isinstance(new, Mapping):
        return _named(_kinds(old) if isinstance(old, Mapping) else None, _kinds(new), bodies=False)
    if name in _JOINED and isinstance(new, Mapping):
        return _named(old, new, bodies=False)
    return new


def _kinds(variables: Mapping) -> Mapping:
    """Variables with the short form, `h: hidden`, written out."""
    entries = []
    for entry in variables.entries:
        kind = entry.value
        if isinstance(kind, Scalar) and isinstance(kind.value, str):
            entry = Entry(entry.key, Mapping((Entry(Scalar("kind", kind.span), kind),), kind.span))
        entries.append(entry)
    return Mapping(tuple(entries), variables.span, variables.flow)


def _known(parent: Mapping, child: Mapping, into: Collector) -> None:
    """Record names that are removed and that the parent does not have; of nodes inside groups too."""
    for section in ("variables", "nodes", "blocks", "layers"):
        old, new = parent.get(section), child.get(section)
        known = {e.name: e.value for e in old.entries} if isinstance(old, Mapping) else {}
        for entry in new.entries if isinstance(new, Mapping) else ():
            before = known.get(entry.name)
            if before is None and _nothing(entry.value):
                what = f"'{entry.name}' is removed, and there is none in the '{section}' of the parent"
                into.add(graph.NOTHING, what, entry.key.span, hint=hint(entry.name, known))
            elif isinstance(before, Mapping) and isinstance(entry.value, Mapping) and section != "variables":
                _known(before, entry.value, into)


def _edges(old: Tree | None, new: Tree, removed: frozenset[str]) -> Tree:
    if isinstance(old, Sequence) and isinstance(new, Sequence):
        return Generations(new.items, new.span, new.flow, old, removed)
    return new


def _named(old: Tree | None, new: Mapping, *, bodies: bool) -> Mapping:
    entries = {entry.name: entry for entry in old.entries} if isinstance(old, Mapping) else {}
    for entry in new.entries:
        if _nothing(entry.value):
            entries.pop(entry.name, None)
            continue
        before = entries.get(entry.name)
        value = entry.value
        if before is not None and isinstance(before.value, Mapping) and isinstance(value, Mapping):
            value = _body(before.value, value) if bodies else _plain(before.value, value)
        entries[entry.name] = Entry(entry.key, value)
    return Mapping(tuple(entries.values()), new.span, new.flow)


def _kind(tree: Mapping) -> str:
    """Which body a node or layer has; an operation written alone counts as its name."""
    for entry in tree.entries:
        if BODIES.get(entry.name):
            return BODIES[entry.name]
    return next((f"op:{e.name}" for e in tree.entries if e.name not in BODIES and e.name not in _HEADER), "")


def _body(old: Mapping, new: Mapping) -> Mapping:
    kind = _kind(new)
    kept = old
    if kind and kind != _kind(old):
        kept = Mapping(tuple(entry for entry in old.entries if entry.name in _HEADER), old.span, old.flow)
    entries = {entry.name: entry for entry in kept.entries}
    removed = _removed(new, "nodes")
    for entry in new.entries:
        before = entries.get(entry.name)
        value = _member(entry.name, before.value if before else None, entry.value, removed)
        entries[entry.name] = Entry(entry.key, value)
    edges = entries.get("edges")
    if removed and edges is not None and new.find("edges") is None:
        entries["edges"] = Entry(edges.key, _fewer(edges.value, removed))
    return Mapping(tuple(entries.values()), new.span, new.flow)


def _fewer(edges: Tree, removed: frozenset[str]) -> Tree:
    """The parent's edges without those of what the child removes, where the child draws none of its own."""
    return Generations((), edges.span, False, edges, removed) if isinstance(edges, Sequence) else edges


def _member(name: str, old: Tree | None, new: Tree, removed: frozenset[str]) -> Tree:
    if name == "edges":
        return _edges(old, new, removed)
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    if name in ("nodes", "layers"):
        return _named(old, new, bodies=True)
    if name == "op":
        return _operation(old, new)
    return _plain(old, new)


def _operation(old: Mapping, new: Mapping) -> Mapping:
    """The arguments of one operation; another operation replaces the first."""
    if [entry.name for entry in old.entries] != [entry.name for entry in new.entries]:
        return new
    return _plain(old, new)


def _plain(old: Mapping, new: Mapping) -> Mapping:
    entries = {entry.name: entry for entry in old.entries}
    for entry in new.entries:
        before = entries.get(entry.name)
        value = entry.value
        if before is not None and isinstance(before.value, Mapping) and isinstance(value, Mapping):
            value = _plain(before.value, value)
        entries[entry.name] = Entry(entry.key, value)
    return Mapping(tuple(entries.values()), new.span, new.flow)
