"""One spec that starts from another: the parent's tree under the child's, before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Tree
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
_HEADER = ("role", "label", "math", "weight")


@dataclass(frozen=True)
class Generations(Sequence):
    """The child's edges over the parent's: the older ones stand unless displaced or their node was removed."""

    older: Sequence | None = None
    removed: frozenset[str] = frozenset()


def merge(parent: Mapping, child: Mapping) -> Mapping:
    """The whole tree of a spec that extends another."""
    removed = _removed(child, "nodes") | _removed(child, "variables")
    merged: dict[str, Entry] = {entry.name: entry for entry in without(parent, removed).entries}
    for entry in child.entries:
        old = merged.get(entry.name)
        merged[entry.name] = Entry(entry.key, _top(entry.name, old.value if old else None, entry.value, removed))
    if "edges" in merged and removed and child.find("edges") is None:
        old_edges = merged["edges"]
        if isinstance(old_edges.value, Sequence):
            empty = Generations((), old_edges.value.span, False, old_edges.value, removed)
            merged["edges"] = Entry(old_edges.key, empty)
    return Mapping(tuple(merged.values()), child.span, child.flow)


def _removed(tree: Mapping, section: str) -> frozenset[str]:
    part = tree.get(section)
    if not isinstance(part, Mapping):
        return frozenset()
    return frozenset(e.name for e in part.entries if isinstance(e.value, Scalar) and e.value.value is None)


def _top(name: str, old: Tree | None, new: Tree, removed: frozenset[str]) -> Tree:
    if name == "edges":
        return _edges(old, new, removed)
    if name in ("nodes", "blocks") and isinstance(new, Mapping):
        return _named(old, new, bodies=True)
    if name in ("variables", "params", "dims", "variants", "layout") and isinstance(new, Mapping):
        return _named(old, new, bodies=False)
    return new


def _edges(old: Tree | None, new: Tree, removed: frozenset[str]) -> Tree:
    if isinstance(old, Sequence) and isinstance(new, Sequence):
        return Generations(new.items, new.span, new.flow, old, removed)
    return new


def _named(old: Tree | None, new: Mapping, *, bodies: bool) -> Mapping:
    entries = {entry.name: entry for entry in old.entries} if isinstance(old, Mapping) else {}
    for entry in new.entries:
        if isinstance(entry.value, Scalar) and entry.value.value is None:
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
    for entry in new.entries:
        before = entries.get(entry.name)
        entries[entry.name] = Entry(entry.key, _member(entry.name, before.value if before else None, entry.value))
    return Mapping(tuple(entries.values()), new.span, new.flow)


def _member(name: str, old: Tree | None, new: Tree) -> Tree:
    if name == "edges":
        return _edges(old, new, frozenset())
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
