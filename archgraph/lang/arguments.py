"""Operations from what was written: arithmetic worked out, words and numbers checked against the operation's fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from archgraph.core.diagnostic import Edit
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Span, Tree
from archgraph.core.suggest import nearest
from archgraph.graph.operation import Operation
from archgraph.lang.faults import schema, values
from archgraph.lang.fields import keys, load, meant, takes_list
from archgraph.lang.forms import find_meant
from archgraph.lang.models import RESERVED_OPERATIONS
from archgraph.lang.params import Environment, Refused
from archgraph.lang.read import describe
from archgraph.lang.screen import find_pasted
from archgraph.lang.spec import OpSpec


class Registry(Protocol):
    """The closed set of operations."""

    def names(self) -> list[str]:
        """Every operation, in order."""

    def get(self, name: str) -> type[Operation] | None:
        """The operation called `name`, or None."""

    def __iter__(self) -> Iterator[type[Operation]]: ...


def find_operation(written: OpSpec, registry: Registry, env: Environment) -> type[Operation]:
    """The class of a written operation; raises Refused."""
    if written.name in RESERVED_OPERATIONS and registry.get(written.name) is None:
        env.into.add(
            schema.RESERVED,
            f"the operation '{written.name}' is reserved, not yet built",
            written.span,
            hint="remove it",
        )
        raise Refused
    found = registry.get(written.name)
    if found is None and find_pasted(written.name, written.span, env.into):
        raise Refused
    if found is None:
        near, mend = find_meant(written, {known.name: known.example or known.name for known in registry})
        env.into.add(
            schema.OPERATION,
            f"unknown operation '{written.name[:60]}'",
            written.span,
            hint=mend,
            fixes=(Edit(written.span, near),) if near else (),
        )
        raise Refused
    return found


def make_operation(written: OpSpec, registry: Registry, env: Environment) -> Operation:
    """The operation with its arguments; raises Refused after recording every fault in them."""
    cls = find_operation(written, registry, env)
    tree = _spread(written, cls, env)
    _known_keys(tree, cls, registry, env)
    tree, clear = meant(cls, tree, env.into, what=f"'{cls.name}'")
    prepared, ok = [], True
    for entry in tree.entries:
        try:
            prepared.append(Entry(entry.key, _value(entry, cls, env)))
        except Refused:
            ok = False
    if not ok:
        raise Refused
    made = load(cls, Mapping(tuple(prepared), tree.span), env.into, what=f"'{cls.name}'")
    if made is None or not clear:
        raise Refused
    return made


def _spread(written: OpSpec, cls: type[Operation], env: Environment) -> Mapping:
    """The arguments as a mapping; the obvious one may stand alone."""
    argument = written.argument
    if argument is None or (isinstance(argument, Scalar) and argument.value is None):
        return Mapping((), written.span)
    if isinstance(argument, Mapping) and not cls.ends:
        return argument
    if not cls.obvious:
        fact = f"'{cls.name}' takes {'named' if keys(cls) else 'no'} arguments, not {describe(argument)}"
        more = f"; it takes: {', '.join(keys(cls))}" if keys(cls) else ""
        env.into.add(schema.FORM, fact, argument.span, hint=f"write '{cls.example or cls.name}'{more}")
        raise Refused
    return Mapping((Entry(Scalar(cls.obvious, written.span), argument),), argument.span)


def _known_keys(tree: Mapping, cls: type[Operation], registry: Registry, env: Environment) -> None:
    legal = keys(cls)
    for entry in tree.entries:
        if entry.name in legal or nearest(entry.name, legal):
            continue
        owners = [other.name for other in registry if entry.name in keys(other)]
        if owners:
            env.into.add(
                schema.OTHER_KEY,
                f"'{entry.name}' is an argument of {', '.join(owners[:4])}, not of '{cls.name}'",
                entry.key.span,
                hint=_apart(entry, registry) or f"'{cls.name}' takes: {', '.join(legal) or 'no arguments'}",
            )
            raise Refused


def _apart(entry: Entry, registry: Registry) -> str:
    """How an argument is written that is an operation of its own, as `dropout: 0.1` or `activation: relu`."""
    value = str(entry.value.value) if isinstance(entry.value, Scalar) else ""
    layer = f"{entry.name}: {value}" if registry.get(entry.name) else value if registry.get(value) else ""
    return f"write it as a layer of its own: '{layer}'" if layer else ""


def _value(entry: Entry, cls: type[Operation], env: Environment) -> Tree:
    numeric = cls.numeric().get(entry.name)
    what = f"'{entry.name}'"
    if not takes_list(cls, entry.name):
        entry = Entry(entry.key, env.in_turn(entry.value, what))
    if isinstance(entry.value, Sequence) and numeric:
        items = tuple(_number(item, numeric, what, env) for item in entry.value.items)
        return Sequence(items, entry.value.span, entry.value.flow)
    if isinstance(entry.value, Mapping) and numeric:
        entries = tuple(Entry(e.key, _number(e.value, numeric, f"'{e.name}'", env)) for e in entry.value.entries)
        return Mapping(entries, entry.value.span)
    if numeric:
        return _number(entry.value, numeric, what, env)
    if isinstance(entry.value, Scalar):
        return Scalar(env.word(entry.value), entry.value.span, entry.value.quoted)
    return entry.value


def _number(tree: Tree, numeric: str, what: str, env: Environment) -> Tree:
    """A number worked out where arithmetic was written; anything else is left for the field to judge."""
    if not isinstance(tree, Scalar):
        return tree
    value = tree.value
    if isinstance(value, str):
        number: Any = env.whole(tree, what) if numeric == "int" else env.real(tree, what)
        return Scalar(number, tree.span)
    if numeric == "float" and isinstance(value, int) and not isinstance(value, bool):
        return Scalar(float(value), tree.span)
    if numeric == "int" and isinstance(value, float):
        return _not_whole(value, tree.span, what, env)
    return tree


def _not_whole(value: float, span: Span, what: str, env: Environment) -> Tree:
    whole = value == value and abs(value) != float("inf") and value == int(value)
    env.into.add(
        values.WRONG_KIND,
        f"{what} is the real number {value}, and must be a whole number",
        span,
        hint=f"write {int(value)}" if whole else "give a whole number",
        fixes=(Edit(span, str(int(value))),) if whole else (),
    )
    raise Refused
