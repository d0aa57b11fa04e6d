"""Which tensor of a file becomes which weight of a spec; every one of both is accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from archgraph.core.suggest import nearest
from archgraph.graph.weights import Origin, WeightRules
from archgraph.weights.errors import WeightsError, listed
from archgraph.weights.header import Stored
from archgraph.weights.source import Source

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]


@dataclass(frozen=True)
class Taken:
    """A weight of the spec with the tensor that it is, or is a part of.

    Attributes:
        name: in the state dict.
        shape: there.
        stored: the tensor in the file.
        transposed: whether that is the other way round.
        first: the row, after transposing, at which this weight begins.
        rows: how many rows it has; 0 where it is the whole tensor.
        reshape: whether only the count of numbers must agree.
        axes: the order of the tensor's axes in which its numbers come; as they are where there is none.
    """

    name: str
    shape: Shape
    stored: Stored
    transposed: bool = False
    first: int = 0
    rows: int = 0
    reshape: bool = False
    axes: tuple[int, ...] = ()

    @property
    def whole(self) -> Shape:
        """The shape of the tensor in the file, turned as the spec has it."""
        return self.stored.shape[::-1] if self.transposed else self.stored.shape


@dataclass(frozen=True)
class Account:
    """What becomes of every tensor of a file, and of every weight of a spec.

    Attributes:
        source: the files.
        loaded: the weights that are found.
        tied: tensors of the file that must equal others, as pairs of name and owner.
        unused: tensors of the file that the spec says it does not need.
        fresh: weights that the spec says come from nowhere.
        missing: weights that are in no file, with the name that was looked for ("" where no rule says any).
        extra: tensors of the file that nothing takes.
        unfit: weights whose tensor has another shape.
    """

    source: Source
    loaded: tuple[Taken, ...] = ()
    tied: tuple[tuple[Stored, Stored], ...] = ()
    unused: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()
    unfit: tuple[Taken, ...] = ()

    def __str__(self) -> str:
        """One line for each fate, with the names where they are few."""
        fates = {
            "loaded": [taken.name for taken in self.loaded],
            "tied": [stored.name for stored, _ in self.tied],
            "unused": list(self.unused),
            "fresh": [*self.fresh, *(name for name, _ in self.missing)],
            "of another shape, fresh": [taken.name for taken in self.unfit],
            "extra": list(self.extra),
        }
        return "\n".join(f"{len(names)} {fate}: {listed(names)}" for fate, names in fates.items() if names)

    def need_all(self) -> None:
        """Raise WeightsError unless every tensor and every weight has its place."""
        path = self.source.path
        if self.unfit:
            told = "; ".join(_apart(taken) for taken in self.unfit[:4])
            raise WeightsError(
                f"{self.unfit[0].stored.file}: {told}", "set the params that it has; or load what fits by warm_start"
            )
        if self.missing:
            raise WeightsError(*_missing(self, path.as_posix()))
        if self.extra:
            file = self.source.tensors[self.extra[0]].file
            fact = f"{file}: {len(self.extra)} tensors that the spec has no place for: {listed(self.extra)}"
            raise WeightsError(
                fact, "name them under 'unused' in its section 'weights'; or load what fits by warm_start"
            )


def _apart(taken: Taken) -> str:
    shape = list(taken.whole) if not taken.rows else f"{taken.rows} rows of {list(taken.whole)}"
    return f"'{taken.stored.name}' is {shape}, and '{taken.name}' is {list(taken.shape)}"


def _missing(account: Account, path: str) -> tuple[str, str]:
    name, wanted = account.missing[0]
    count = len(account.missing)
    if not wanted:
        fact = f"no rule of the spec says where '{name}' comes from" + (f" ({count} such)" if count > 1 else "")
        return fact, "add it under 'names' in the section 'weights'"
    near = nearest(wanted, account.extra[:500])
    fact = f"{path}: no tensor '{wanted}', which becomes '{name}'" + (f" ({count} are missing)" if count > 1 else "")
    return (
        fact,
        f"did you mean '{near}'?" if near else "take the spec of this checkpoint; or load what fits by warm_start",
    )


def match(rules: WeightRules | None, ours: Shapes, source: Source) -> Account:
    """Match the weights of a spec, names with shapes, with a file's; by their own names where there are no rules."""
    found = _Matcher(rules, ours, source) if rules and not source.own else None
    places = {name: found.place(name) if found else _Place(name) for name in ours}
    taken, missing, fresh = [], [], []
    for name, place in places.items():
        stored = found.stored(place.name) if found else source.tensors.get(place.name)
        if place.fresh:
            fresh.append(name)
        elif stored is None:
            missing.append((name, place.name))
        else:
            taken.append(_taken(name, place, stored, ours))
    used = {each.stored.name for each in taken}
    rest = [name for name in source.tensors if name not in used]
    tied = found.tied(rest) if found else ()
    pairs = {stored.name for stored, _ in tied}
    unused = tuple(name for name in rest if name not in pairs and found is not None and found.unused(name))
    return Account(
        source,
        loaded=tuple(each for each in taken if _fits(each)),
        tied=tied,
        unused=unused,
        fresh=tuple(fresh),
        missing=tuple(missing),
        extra=tuple(name for name in rest if name not in pairs and name not in unused),
        unfit=tuple(each for each in taken if not _fits(each)),
    )


@dataclass(frozen=True)
class _Place:
    """Where a weight is looked for: a name, and how it lies there; `beside` are the weights in the same tensor."""

    name: str = ""
    origin: Origin = field(default_factory=lambda: Origin(""))
    beside: tuple[str, ...] = ()
    fresh: bool = False


def _taken(name: str, place: _Place, stored: Stored, ours: Shapes) -> Taken:
    shape, turned = ours[name], place.origin.transposed and len(stored.shape) == 2
    if not place.beside:
        axes = place.origin.axes if len(place.origin.axes) == len(stored.shape) else ()
        return Taken(name, shape, stored, turned, reshape=place.origin.reshape or bool(axes), axes=axes)
    sizes = {other: ours[other][0] if ours.get(other) else 0 for other in place.beside}
    before = [sizes[other] for other in place.beside[: place.beside.index(name)]]
    found = Taken(name, shape, stored, turned, sum(before), shape[0] if shape else 0)
    whole = found.whole
    # Parts that do not add up to the whole are another model's: a rest would be lost without a word.
    return found if whole and sum(sizes.values()) == whole[0] else Taken(name, shape, stored, turned)


def _fits(taken: Taken) -> bool:
    whole = taken.whole
    if taken.reshape:
        return _count(whole) == _count(taken.shape)
    return (taken.rows, *whole[1:]) == taken.shape if taken.rows else whole == taken.shape


def _count(shape: Shape) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def pattern(text: str) -> re.Pattern[str]:
    """What a path stands for, with `*` for the number of a copy: itself, or what lies below it."""
    return re.compile(re.escape(text).replace(r"\*", r"(\d+)") + r"(?:\.(?P<rest>.+))?")


@dataclass(frozen=True)
class _Matcher:
    rules: WeightRules
    ours: Shapes
    source: Source

    @cached_property
    def _names(self) -> list[tuple[re.Pattern[str], Origin | None]]:
        """The longest paths first: what is said of a part goes before what is said of the whole."""
        ordered = sorted(self.rules.names, key=lambda item: -item[0].count(".") * 1000 - len(item[0]))
        return [(pattern(path), origin) for path, origin in ordered]

    @cached_property
    def _unused(self) -> list[re.Pattern[str]]:
        return [pattern(text) for text in self.rules.unused]

    def place(self, name: str) -> _Place:
        """Where a weight of the spec comes from, by the first rule that fits its name."""
        for path, origin in self._names:
            found = path.fullmatch(name)
            if found is None:
                continue
            if origin is None:
                return _Place(fresh=True)
            rest = found["rest"] or ""
            theirs = _counted(origin.name, [part for part in found.groups()[:-1] if part is not None])
            part, _, below = rest.partition(".")
            if not origin.split:
                return _Place(f"{theirs}.{rest}" if rest else theirs, origin)
            if part in origin.split:
                stem = name[: len(name) - len(rest)]
                tail = f".{below}" if below else ""
                return _Place(theirs + tail, origin, tuple(f"{stem}{each}{tail}" for each in origin.split))
        return _Place()

    def stored(self, name: str) -> Stored | None:
        """The tensor of a name or an alias of it, with or without one of the prefixes."""
        found = ((f".{name}.".replace(f".{word}.", f".{alias}."))[1:-1] for word, alias in self.rules.aliases)
        others = [each for each in found if each != name]
        for bare in (name, *others) if name else ():
            for candidate in (bare, *(f"{prefix}.{bare}" for prefix in self.rules.prefixes)):
                if candidate in self.source.tensors:
                    return self.source.tensors[candidate]
        return None

    def tied(self, rest: Iterable[str]) -> tuple[tuple[Stored, Stored], ...]:
        """The tensors that equal others, by the rules, among those that are left."""
        pairs = [(self.stored(name), self.stored(owner)) for name, owner in self.rules.tied]
        left = set(rest)
        return tuple((one, owner) for one, owner in pairs if one is not None and owner is not None and one.name in left)

    def unused(self, name: str) -> bool:
        """Whether the rules say that a tensor is not needed."""
        bare = next(_bare(name, self.rules.prefixes), name)
        return any(each.fullmatch(candidate) for each in self._unused for candidate in (name, bare))


def _bare(name: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    for prefix in prefixes:
        if name.startswith(f"{prefix}."):
            yield name[len(prefix) + 1 :]


def _counted(name: str, numbers: list[str]) -> str:
    """A name with the numbers of the copies in the places of its stars."""
    for number in numbers:
        name = name.replace("*", number, 1)
    return name
