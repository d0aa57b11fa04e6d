"""Mappings against pydantic models: every error of validation becomes a diagnostic at its key or value."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from archgraph.core.diagnostic import Collector, Edit, Fault
from archgraph.core.dims import Dim
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Span, Tree, plain
from archgraph.core.suggest import advise, hint, nearest
from archgraph.lang.faults import schema, values
from archgraph.lang.forms import misplaced, otherwise
from archgraph.lang.read import describe
from archgraph.lang.screen import find_pasted

Model = TypeVar("Model", bound=BaseModel)
WORDS = {"role": schema.ROLE, "kind": schema.KIND}


class Meant(NamedTuple):
    """A mapping with its misspelt keys as they were meant; `clear` unless one of them could not be guessed."""

    tree: Mapping
    clear: bool


class Beside(NamedTuple):
    """The keys that stand beside an unknown one, and what to do without it, where that is known."""

    taken: frozenset[str]
    advice: str = ""
    otherwise: str = ""  # the same, where no key is near


def meant(
    model: type[BaseModel], tree: Mapping, into: Collector, *, what: str, reserved: Collection[str] = ()
) -> Meant:
    """Record keys that `model` does not have; what was meant goes on under its right name, so that one cause is told.

    A key of which that cannot be told is left out.
    """
    legal = keys(model)
    strange = [entry for entry in tree.entries if entry.name not in legal and entry.name not in reserved]
    taken = {entry.name for entry in tree.entries}
    names: dict[int, str | None] = {}
    for entry in strange:
        advice = misplaced(tree, entry.name) or advise(entry.name)
        beside = Beside(frozenset(taken), advice, otherwise(tree, entry.name))
        names[id(entry)] = near = unknown_key(entry.key, legal, into, what, beside)
        taken |= {near} if near else set()
    entries = []
    for entry in tree.entries:
        name = names.get(id(entry), entry.name)
        if name is not None:
            entries.append(entry if name == entry.name else Entry(Scalar(name, entry.key.span), entry.value))
    return Meant(Mapping(tuple(entries), tree.span), None not in names.values())


def load(
    model: type[Model], tree: Mapping, into: Collector, *, what: str, reserved: Collection[str] = ()
) -> Model | None:
    """The mapping as an instance of `model`, or None after its faults were recorded."""
    tree, clear = meant(model, tree, into, what=what, reserved=reserved)
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
        found = model.model_validate(kept)
        return found if clear else None
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
        example = getattr(model, "example", "")  # of an operation
        mend = f"add '{name}:'" + (f", as in '{example}'" if example else "")
        into.add(schema.MISSING, f"{what} needs the key '{name}'", _head(tree), hint=mend)
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


def unknown_key(key: Scalar, legal: list[str], into: Collector, what: str, beside: Beside) -> str | None:
    """Record a key that `what` does not have, and tell which was meant."""
    word = str(key.value)
    near = None if beside.advice else nearest(word, [name for name in legal if name not in beside.taken])
    advice = beside.advice or (f"did you mean '{near}'?" if near else beside.otherwise or hint(word, legal))
    into.add(
        schema.UNKNOWN_KEY,
        f"{what} has no key '{word}'",
        key.span,
        hint=advice if legal else "remove it",
        fixes=(Edit(key.span, near),) if near else (),
    )
    return near


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
    if isinstance(tree, Sequence) and kind in ("string_type", "dict_type"):
        return 'write it as text, "real[T, 16]"' if name == "type" else f"write '{name}: {{...}}', without dashes"
    if _in_quotes(tree) and kind not in ("literal_error", "value_error"):
        return "remove the quotes"
    if kind == "literal_error":
        near = nearest(_shown(tree), re.findall(r"'(\w+)'", context.get("expected", "")))
        return f"did you mean '{near}'?" if near else "write one of these"
    if kind in _BOUNDS or kind == "finite_number":
        return f"write a number {_range(kind, context)}".replace("a number a finite", "a finite")
    if isinstance(tree, Sequence) and kind in ("int_type", "float_type", "is_instance_of"):
        alike = ", which holds for both axes" if name in ("kernel", "stride", "dilation") else ""
        return f"write one number, no list{alike}"
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
