"""The section `weights`: how a published checkpoint becomes the weights of the spec."""

from __future__ import annotations

from collections.abc import Iterable

from archgraph.core.diagnostic import Collector
from archgraph.core.expression import ExpressionError, parse
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Tree
from archgraph.core.suggest import hint
from archgraph.graph.weights import Origin, Plain, WeightRules
from archgraph.lang import models
from archgraph.lang.faults import schema
from archgraph.lang.fields import load
from archgraph.lang.read import describe


def weight_rules(tree: Tree | None, params: Iterable[str], into: Collector) -> WeightRules | None:
    """The rules that a section says, or None where there is none or it has faults."""
    if tree is None or (isinstance(tree, Scalar) and tree.value is None):
        return None
    if not isinstance(tree, Mapping):
        into.add(schema.FORM, f"'weights' is {describe(tree)}, and must be a mapping", tree.span, hint=_HINT)
        return None
    before = len(into.items)
    model = load(models.WeightsModel, tree, into, what="the section 'weights'")
    if model is None:
        return None
    entries = {name: _entries(tree, name) for name in ("params", "requires", "names", "tied")}
    rules = WeightRules(
        span=tree.span,
        families=tuple([model.family] if isinstance(model.family, str) else model.family),
        params=tuple((entry.name, _settings(entry, into)) for entry in entries["params"]),
        requires=tuple((entry.name, _plain(entry, into)) for entry in entries["requires"]),
        prefixes=tuple(prefix.rstrip(".") for prefix in model.prefixes),
        aliases=tuple(model.aliases.items()),
        names=tuple((entry.name, _origin(entry, into)) for entry in entries["names"]),
        tied=tuple(model.tied.items()),
        unused=tuple(model.unused),
    )
    _known(entries["params"], sorted(params), into)
    return rules if len(into.items) == before else None


_HINT = "write 'weights: {family: gpt2, params: {width: n_embd}, names: {...}}'"


def _entries(tree: Mapping, name: str) -> tuple[Entry, ...]:
    found = tree.get(name)
    return found.entries if isinstance(found, Mapping) else ()


def _known(entries: tuple[Entry, ...], params: list[str], into: Collector) -> None:
    for entry in entries:
        if entry.name not in params:
            fact = f"'{entry.name}' is not a param of this spec"
            into.add(schema.PARAM, fact, entry.key.span, hint=hint(entry.name, params))


def _settings(entry: Entry, into: Collector) -> tuple[Plain, ...]:
    """What a param is in the config; arithmetic is read here once, so that its faults have a place."""
    found = _plain(entry, into)
    items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    for value, item in zip(found, items, strict=False):
        if isinstance(value, str):
            try:
                parse(value.replace(".", "_"))
            except ExpressionError as fault:
                into.add(schema.FORM, f"'{entry.name}': {fault.message}", item.span, hint="write '4 * n_embd'")
    return found


def _plain(entry: Entry, into: Collector) -> tuple[Plain, ...]:
    """One value, or a list of them."""
    items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    found = []
    for item in items:
        if isinstance(item, Scalar):
            found.append(item.value if isinstance(item.value, (str, int, float, bool)) else None)
        else:
            fact = f"'{entry.name}' is {describe(item)}, and must be one value, or a list of them"
            into.add(schema.FORM, fact, item.span, hint=f"write '{entry.name}: n_embd'")
    return tuple(found)


def _origin(entry: Entry, into: Collector) -> Origin | None:
    value = entry.value
    if isinstance(value, Scalar):
        if isinstance(value.value, str):
            return Origin(value.value)
        if value.value is None:
            return None
    if isinstance(value, Mapping):
        model = load(models.OriginModel, value, into, what="the origin of weights")
        if model is None or not _ordered(model, value, into):
            return None
        return Origin(model.from_, tuple(model.split), model.transposed, model.reshape, tuple(model.axes))
    fact = f"'{entry.name}' is {describe(value)}, and must be a name in the file"
    into.add(schema.FORM, fact, value.span, hint=f"write '{entry.name}: {{from: h.*.attn.c_attn, split: [q, k, v]}}'")
    return None


def _ordered(model: models.OriginModel, tree: Mapping, into: Collector) -> bool:
    """Whether the axes, if any are said, are each there once, and nothing else turns the tensor or cuts it."""
    if sorted(model.axes) != list(range(len(model.axes))):
        fact = f"'axes' is {model.axes}, and must have each number from 0 on once"
    elif model.axes and (model.transposed or model.split):
        fact = f"'axes' stands beside '{'transposed' if model.transposed else 'split'}', which it does not go with"
    else:
        return True
    entry = tree.find("axes")
    assert entry is not None
    into.add(schema.FORM, fact, entry.value.span, hint="write 'axes: [0, 2, 3, 1]', for a tensor of four axes")
    return False
