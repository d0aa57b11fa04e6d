"""A spec written out in one text: parents, included blocks, the variant and outside params settled into it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from archgraph.core.diagnostic import Collector
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Tree
from archgraph.lang.build import Choice, chosen_params
from archgraph.lang.decode import decode, edges_of
from archgraph.lang.merge import Generations
from archgraph.lang.spec import EdgeSpec


def resolved_text(tree: Mapping, choice: Choice, into: Collector) -> str:
    """The joined tree as a text that stands alone; raises Stop where the choice names what the spec lacks."""
    spec = decode(tree, into)
    params = chosen_params(spec, choice, into) if spec else {}
    entries = []
    for entry in tree.entries:
        if entry.name == "params":
            entries.append(Entry(entry.key, _mapping(params, entry.value)))
        elif entry.name not in ("variants", "extends", "include"):
            entries.append(entry)
    return "\n".join(_lines(Mapping(tuple(entries), tree.span), 0, into)) + "\n"


def _mapping(params: dict[str, Scalar], like: Tree) -> Mapping:
    return Mapping(tuple(Entry(Scalar(name, value.span), value) for name, value in params.items()), like.span)


def _lines(tree: Tree, depth: int, into: Collector) -> Iterator[str]:
    """A value in block style, one line after the other."""
    indent = "  " * depth
    if isinstance(tree, Mapping):
        for entry in tree.entries:
            yield from _item(f"{indent}{_word(entry.key)}:", entry.value, depth, into)
    elif isinstance(tree, Generations):
        for edge in edges_of(tree, into):
            yield f"{indent}- {json.dumps(_edge(edge))}"
    elif isinstance(tree, Sequence):
        for item in tree.items:
            yield from _item(f"{indent}-", item, depth, into)
    else:
        yield f"{indent}{_word(tree)}"


def _item(head: str, value: Tree, depth: int, into: Collector) -> Iterator[str]:
    if isinstance(value, Scalar):
        yield f"{head} {_word(value)}".rstrip()
        return
    lines = list(_lines(value, depth + 1, into))
    if not lines:
        yield f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"
        return
    yield head
    yield from lines


def _edge(edge: EdgeSpec) -> dict[str, object]:
    found: dict[str, object] = {"from": _end(edge.source.name, edge.source.port), "to": _end(edge.target.name, edge.target.port)}
    if edge.kinds:
        found["kind"] = sorted(edge.kinds)
    if edge.steps:
        found["steps"] = int(edge.steps) if edge.steps.isdigit() else edge.steps
    if edge.axis:
        found["axis"] = edge.axis
    return found


def _end(name: str, port: str) -> str:
    return f"{name}.{port}" if port else name


def _word(scalar: Scalar) -> str:
    """A scalar as it was meant: what stood in quotes keeps them, what stood plain stays plain."""
    value = scalar.value
    if isinstance(value, str):
        plain = not scalar.quoted and "\n" not in value and ": " not in value and " #" not in value
        return value if plain else json.dumps(value, ensure_ascii=False)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("inf", ".inf").replace("nan", ".nan")
