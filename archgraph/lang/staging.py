"""The sections `layout`, `callouts` and `builds`: what a spec says of its picture alone."""

from __future__ import annotations

from archgraph.core.diagnostic import Collector, Edit, Note
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Tree
from archgraph.core.suggest import hint, nearest
from archgraph.graph.staging import Callout, Staging
from archgraph.lang import models
from archgraph.lang.faults import picture, schema, values
from archgraph.lang.fields import load
from archgraph.lang.read import describe
from archgraph.lang.spec import CalloutSpec, PinSpec, StagingSpec

SECTIONS = ("layout", "callouts", "builds")
# Further out, in u, nothing could be seen.
FURTHEST = 500


def staging_of(tree: Mapping, into: Collector) -> StagingSpec:
    """What a spec says of its picture; faults of form are recorded, and what has none is kept."""
    layout, callouts, builds = (tree.get(name) for name in SECTIONS)
    return StagingSpec(
        pins=tuple(pin for entry in _entries(layout, into) if (pin := _pin(entry, into))),
        callouts=tuple(found for item in _items("callouts", callouts, into) if (found := _callout(item, into))),
        builds=tuple(names for item in _items("builds", builds, into) if (names := _names("a step", item, into))),
    )


def _nothing(tree: Tree | None) -> bool:
    return tree is None or (isinstance(tree, Scalar) and tree.value is None)


def _entries(tree: Tree | None, into: Collector) -> tuple[Entry, ...]:
    if _nothing(tree):
        return ()
    if isinstance(tree, Mapping):
        return tree.entries
    assert tree is not None
    message = f"'layout' is {describe(tree)}, and must be a mapping of names to places"
    into.add(schema.FORM, message, tree.span, hint="write 'layout: {x: [0, 0]}'")
    return ()


def _items(name: str, tree: Tree | None, into: Collector) -> tuple[Tree, ...]:
    if _nothing(tree):
        return ()
    if isinstance(tree, Sequence):
        return tree.items
    assert tree is not None
    into.add(schema.FORM, f"'{name}' is {describe(tree)}, and must be a list", tree.span, hint=_HINTS[name])
    return ()


_HINTS = {
    "callouts": "write 'callouts: [{around: [encoder], caption: ...}]'",
    "builds": "write 'builds: [x, [encoder, h]]'",
}


def _pin(entry: Entry, into: Collector) -> PinSpec | None:
    spot = entry.value
    found = [_number(item) for item in spot.items] if isinstance(spot, Sequence) else []
    x, y = found if len(found) == 2 else (None, None)
    if x is None or y is None:
        message = f"a place is [column, row], two numbers, and '{entry.name}' has {describe(spot)}"
        into.add(schema.FORM, message, spot.span, hint=f"write '{entry.name}: [2.5, 0]'")
        return None
    if not max(abs(x), abs(y)) <= FURTHEST:
        message = f"the place of '{entry.name}' is [{x:g}, {y:g}], and lies within {FURTHEST} u of the origin"
        into.add(values.RANGE, message, spot.span, hint="a u is the diameter of a variable")
        return None
    return PinSpec(entry.key, (x, y), spot.span)


def _number(tree: Tree) -> float | None:
    value = tree.value if isinstance(tree, Scalar) and not tree.quoted else None
    return value + 0.0 if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _callout(tree: Tree, into: Collector) -> CalloutSpec | None:
    if not isinstance(tree, Mapping):
        message = f"a callout is a mapping, not {describe(tree)}"
        into.add(schema.FORM, message, tree.span, hint=_HINTS["callouts"])
        return None
    model = load(models.CalloutModel, tree, into, what="a callout")
    around = tree.get("around")
    names = _names("'around'", around, into) if model is not None and around is not None else ()
    return CalloutSpec(names, " ".join(model.caption.split())) if model is not None and names else None


def _names(what: str, tree: Tree, into: Collector) -> tuple[Scalar, ...]:
    """A name, or a list of names."""
    items = tree.items if isinstance(tree, Sequence) else (tree,)
    found = tuple(item for item in items if isinstance(item, Scalar) and isinstance(item.value, str) and item.value)
    if not items or len(found) < len(items):
        wrong = next((item for item in items if item not in found), tree)
        message = f"{what} is a name or a list of names, and here is {describe(wrong) if items else 'an empty list'}"
        into.add(schema.FORM, message, wrong.span, hint="name variables and nodes of the spec")
        return ()
    return found


def staged(spec: StagingSpec, names: frozenset[str], into: Collector) -> Staging:
    """The staging of a spec whose variables and nodes have these names; what names nothing is recorded."""
    pins = _pins(spec.pins, names, into)
    callouts = tuple(Callout(_known(each.around, names, into), each.caption) for each in spec.callouts)
    return Staging(pins, tuple(each for each in callouts if each.around), _builds(spec.builds, names, into))


def _known(found: tuple[Scalar, ...], names: frozenset[str], into: Collector) -> tuple[str, ...]:
    """The names that there are; those that there are not are recorded."""
    for scalar in found:
        name = str(scalar.value)
        if name not in names:
            near = nearest(name, sorted(names))
            into.add(
                picture.NOTHING,
                f"there is no variable or node '{name}'",
                scalar.span,
                hint=hint(name, sorted(names)),
                fixes=(Edit(scalar.span, near),) if near and not scalar.quoted else (),
            )
    return tuple(dict.fromkeys(str(scalar.value) for scalar in found if scalar.value in names))


def _pins(pins: tuple[PinSpec, ...], names: frozenset[str], into: Collector) -> dict[str, tuple[float, float]]:
    known = frozenset(_known(tuple(pin.name for pin in pins), names, into))
    taken: dict[tuple[float, float], PinSpec] = {}
    for pin in pins:
        other = taken.setdefault(pin.place, pin)
        if other is not pin:
            x, y = pin.place
            into.add(
                picture.SAME_SPOT,
                f"'{pin.name.value}' and '{other.name.value}' are both pinned to [{x:g}, {y:g}]",
                pin.span,
                hint="move one of them by two u",
                notes=(Note("the other one", other.span),),
            )
    return {str(pin.name.value): pin.place for pin in pins if pin.name.value in known}


def _builds(
    builds: tuple[tuple[Scalar, ...], ...], names: frozenset[str], into: Collector
) -> tuple[tuple[str, ...], ...]:
    first: dict[str, Scalar] = {}
    for scalar in (scalar for step in builds for scalar in step):
        other = first.setdefault(str(scalar.value), scalar)
        if other is not scalar:
            into.add(
                picture.SHOWN,
                f"'{scalar.value}' is shown already",
                scalar.span,
                hint="name it once",
                notes=(Note("the first step that shows it", other.span),),
            )
    known = (_known(step, names, into) for step in builds)
    return tuple(step for step in known if step)


def without(tree: Mapping, removed: frozenset[str]) -> Mapping:
    """A tree whose picture no longer speaks of what was removed from a parent."""
    if not removed:
        return tree
    kept = [Entry(e.key, _pruned(e.value, removed)) if e.name in SECTIONS else e for e in tree.entries]
    return Mapping(tuple(kept), tree.span, tree.flow)


def _pruned(tree: Tree, removed: frozenset[str]) -> Tree:
    """A section without names that were removed, and without the lists that this left empty."""
    if isinstance(tree, Mapping):
        entries = [Entry(e.key, _pruned(e.value, removed)) for e in tree.entries if e.name not in removed]
        return Mapping(tuple(entries), tree.span, tree.flow)
    if isinstance(tree, Sequence):
        items = tuple(item for each in tree.items if not _gone(item := _pruned(each, removed), each, removed))
        return Sequence(items, tree.span, tree.flow)
    return tree


def _gone(item: Tree, before: Tree, removed: frozenset[str]) -> bool:
    """Whether nothing is left of an item: a name, a list of names, or a callout around them."""
    if isinstance(item, Scalar):
        return item.value in removed
    if isinstance(item, Mapping) and isinstance(before, Mapping):
        one, other = item.get("around"), before.get("around")
        return one is not None and other is not None and _gone(one, other, removed)
    return isinstance(item, Sequence) and isinstance(before, Sequence) and bool(before.items) and not item.items
