"""Mappings against pydantic models: every error of validation becomes a diagnostic at its key or value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from archgraph.core.diagnostic import Collector, Edit, Fault
from archgraph.core.dims import Dim
from archgraph.core.source import Mapping, Scalar, Sequence, Span, Tree, plain
from archgraph.core.suggest import hint, nearest
from archgraph.lang.faults import schema, values
from archgraph.lang.read import describe
from archgraph.lang.screen import find_pasted

Model = TypeVar("Model", bound=BaseModel)
WORDS = {"role": schema.ROLE, "kind": schema.KIND}


def load(
    model: type[Model], tree: Mapping, into: Collector, *, what: str, reserved: Iterable[str] = ()
) -> Model | None:
    """The mapping as an instance of `model`, or None after its faults were recorded."""
    for entry in tree.entries:
        if entry.name in reserved:
            into.add(
                schema.RESERVED,
                f"'{entry.name}' is reserved, not yet built",
                entry.key.span,
                hint="remove it",
            )
    kept = {entry.name: plain(entry.value) for entry in tree.entries if entry.name not in reserved}
    try:
        return model.model_validate(kept)
    except ValidationError as error:
        # a field that takes several types gives an error for each; the first says enough
        first = {item["loc"][:1]: item for item in reversed(error.errors(include_url=False))}
        for item in reversed(first.values()):
            _report(item, model, tree, into, what)
        return None


@cache
def takes_list(model: type[BaseModel], name: str) -> bool:
    """Whether a list may be the value of a field."""
    info = model.model_fields.get(name)
    return info is not None and any(word in str(info.annotation) for word in ("tuple", "list"))


@cache
def keys(model: type[BaseModel]) -> list[str]:
    """The keys of a model as they are written."""
    return [info.alias or name for name, info in model.model_fields.items()]


def _report(item: Any, model: type[BaseModel], tree: Mapping, into: Collector, what: str) -> None:
    name = str(item["loc"][0]) if item["loc"] else ""
    entry = tree.find(name)
    if item["type"] == "missing" or entry is None:
        into.add(schema.MISSING, f"{what} needs the key '{name}'", _head(tree), hint=f"add '{name}:'")
        return
    if item["type"] == "extra_forbidden":
        unknown_key(entry.key, keys(model), into, what, {other.name for other in tree.entries})
        return
    value = _item(entry.value, item["loc"][1:])
    span = value.span
    if item["type"] == "literal_error" and name in WORDS and isinstance(value, Scalar):
        legal = _legal(model, name)
        word = str(value.value)
        if find_pasted(word, span, into):
            return
        near = nearest(word, legal)
        edge = what == "an edge"
        into.add(
            schema.CHAIN if edge else WORDS[name],
            f"unknown {name} {'of edge ' if edge else ''}'{word}'",
            span,
            hint=hint(word, legal),
            fixes=(Edit(span, near),) if near else (),
        )
        return
    flag = _FLAGS.get(span.text.strip("\"'").lower()) if item["type"] == "bool_type" else None
    fixes = (Edit(span, flag),) if flag else ()
    name = name if value is entry.value else f"{name}[{item['loc'][1]}]"
    mend = f"write '{flag}'" if flag and span.text[1:-1] != flag else _mend(item, name, value)
    into.add(*value_fault(item, name, value), span, hint=mend, fixes=fixes)


def _item(tree: Tree, way: tuple[object, ...]) -> Tree:
    """The item of a list that an error speaks of, or what was written where it speaks of all."""
    if isinstance(tree, Sequence) and way and isinstance(way[0], int) and way[0] < len(tree.items):
        return tree.items[way[0]]
    return tree


def unknown_key(key: Scalar, legal: list[str], into: Collector, what: str, taken: Set[str]) -> None:
    """Record a key that `what` does not have; `taken` are those that stand beside it."""
    word = str(key.value)
    near = nearest(word, [name for name in legal if name not in taken])
    into.add(
        schema.UNKNOWN_KEY,
        f"{what} has no key '{word}'",
        key.span,
        hint=hint(word, legal),
        fixes=(Edit(key.span, near),) if near else (),
    )


def value_fault(item: Any, name: str, tree: Tree) -> tuple[Fault, str]:
    """The fault and the message for a value that pydantic refused."""
    kind = item["type"]
    if isinstance(tree, Scalar) and isinstance(tree.value, Dim):
        return values.AUTO, f"'{name}' depends on a param that is 'auto', and must be known before the data"
    context = item.get("ctx", {})
    if kind in _BOUNDS or kind == "finite_number":
        return values.RANGE, f"'{name}' is {_shown(tree)}, and must be {_range(kind, context)}"
    if kind == "value_error":
        return values.RANGE, f"'{name}' is {_shown(tree)}: {item['msg'].removeprefix('Value error, ')}"
    if kind == "literal_error":
        return (
            values.WRONG_KIND,
            f"'{name}' is {describe(tree)}, and must be one of {context.get('expected', '')}",
        )
    wanted = _WANTED.get(kind, f"of another kind ({item['msg'].lower()})")
    return values.WRONG_KIND, f"'{name}' is {describe(tree)}, and must be {wanted}"


_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
_FLAGS = {"true": "true", "on": "true", "yes": "true", "false": "false", "off": "false", "no": "false"}
_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "list_type": "a list",
    "string_too_long": "shorter",
    "is_instance_of": "a whole number",
}


def _shown(tree: Tree) -> str:
    text = str(tree.value) if isinstance(tree, Scalar) else describe(tree)
    return text if len(text) <= 40 else text[:37] + "..."


def _range(kind: str, context: dict[str, Any]) -> str:
    if kind == "finite_number":
        return "a finite number"
    key, text = _BOUNDS[kind]
    return f"{text} {context.get(key)}"


def _mend(item: Any, name: str, tree: Tree) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if isinstance(tree, Scalar) and isinstance(tree.value, Dim):
        return "give it a number"
    if _in_quotes(tree) and kind not in ("literal_error", "value_error"):
        return "remove the quotes"
    if kind == "literal_error":
        near = nearest(_shown(tree), re.findall(r"'(\w+)'", context.get("expected", "")))
        return f"did you mean '{near}'?" if near else "write one of these"
    if kind in _BOUNDS or kind == "finite_number":
        return f"write a number {_range(kind, context)}".replace("a number a finite", "a finite")
    return f"write {_WANTED[kind]}" if kind in _WANTED else f"give '{name}' another value"


def _in_quotes(tree: Tree) -> bool:
    return isinstance(tree, Scalar) and tree.quoted


def _legal(model: type[BaseModel], name: str) -> list[str]:
    annotation = model.model_fields[name].annotation
    words = [word for part in (annotation, *get_args(annotation)) for word in get_args(part) if isinstance(word, str)]
    return list(dict.fromkeys(words))


def _head(tree: Mapping) -> Span:
    return tree.entries[0].key.span if tree.entries else tree.span


def scalar_of(tree: Mapping, name: str) -> Scalar | None:
    """The scalar under a key; None where there is none, or nothing is written."""
    value = tree.get(name)
    return value if isinstance(value, Scalar) and value.value is not None else None
