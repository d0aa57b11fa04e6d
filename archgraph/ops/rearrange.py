"""Axes split, merged and reordered by a pattern."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from pydantic import Field, field_validator

from archgraph.core.dims import Dim
from archgraph.core.lags import POINTWISE, Transfer
from archgraph.graph.masks import Grouped, Mask
from archgraph.graph.notation import named
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Site, Size, Types, dim
from archgraph.graph.patterns import Group, Pattern, parse_pattern
from archgraph.graph.types import TensorType

GONE = (Transfer("everything", keeps=False), None)


class Rearrange(Operation):
    """A view with other axes, such as patches `(t p) d -> t (p d)`; the batch is not written.

    A free axis counts positions: it is kept, cut into patches, or, the other way, made of them; nothing else.
    """

    name: ClassVar[str] = "rearrange"
    summary: ClassVar[str] = "split, merge and reorder axes"
    reference: ClassVar[str] = "Rogozhnikov 2022 (einops); patches: Dosovitskiy et al. 2021"
    example: ClassVar[str] = "rearrange: {pattern: (t p) d -> t (p d), sizes: {p: 4}}"
    obvious: ClassVar[str] = "pattern"
    words: ClassVar[str] = "Rearrange"
    meanings: ClassVar[Mapping[str, str]] = {
        "pattern": "the axes before and after, as in `c h w -> (h w) c`",
        "sizes": "of axes that the pattern splits",
    }

    pattern: str
    sizes: dict[str, Size] = Field(default_factory=dict)

    @field_validator("pattern")
    @classmethod
    def _readable(cls, value: str) -> str:
        parse_pattern(value)
        return value

    @property
    def parsed(self) -> Pattern:
        """Both sides of the pattern."""
        return parse_pattern(self.pattern)

    def shape(self, given: Types) -> dict[str, TensorType]:
        """The input with the axes of the right side."""
        pattern, factors = self.parsed, self._factors(given)
        _keep_positions(pattern, factors)
        axes = tuple(_product(group, factors) for group in pattern.after)
        return {"out": TensorType(given["in"][0].element, axes, given["in"][0].classes)}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Patches, the way back, and axes that move; of any other axis nothing is known afterwards."""
        pattern, factors = self.parsed, self._factors(given)
        return {("in", "out"): Flow(tuple(_moved(group, pattern, factors) for group in pattern.before))}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """A patch is real where all of it is; positions made of a patch are as real as it was.

        Raises Mismatch where positions are mixed up of which some are padding.
        """
        pattern, factors = self.parsed, self._factors(types)
        found: list[Mask | None] = [None] * len(pattern.after)
        for mask, group in zip(given["in"][0], pattern.before, strict=True):
            transfer, place = _moved(group, pattern, factors)
            if mask is not None and place is None:
                raise _mixed(group, pattern, "of which some are padding")
            if mask is not None and place is not None:
                sizes = {"patch": transfer.rate, "upsample": -transfer.rate}
                found[place] = Grouped(mask, sizes[transfer.kind]) if transfer.kind in sizes else mask
        return {"out": tuple(found)}

    def emit(self, site: Site) -> str:
        """Cut axes apart, reorder them, join them."""
        pattern, factors = self.parsed, self._factors(site.types)
        text = site.given()
        for place, group in reversed(list(enumerate(pattern.before, 1))):
            if not group:
                text += f".squeeze({place})"
            elif len(group) > 1:
                text = f"torch.unflatten({text}, {place}, ({', '.join(_written(factors[name]) for name in group)}))"
        text += _reorder(pattern)
        starts = [1 + sum(len(group) for group in pattern.after[:place]) for place in range(len(pattern.after))]
        for start, group in reversed(list(zip(starts, pattern.after, strict=True))):
            text += f".flatten({start}, {start + len(group) - 1})" if len(group) > 1 else ""
        return text + "".join(f".unsqueeze({place})" for place, group in enumerate(pattern.after, 1) if not group)

    def _factors(self, given: Types) -> dict[str, Dim]:
        """The size of every name; raises Mismatch where the input does not have the axes of the left side."""
        pattern, x = self.parsed, given["in"][0]
        for name in self.sizes:
            if name not in pattern.names:
                raise Mismatch(
                    f"sizes names '{name}', which is not in '{self.pattern}'",
                    hint=f"name one of {', '.join(pattern.names)}",
                    field="sizes",
                )
        if len(pattern.before) != len(x.axes):
            raise Mismatch(
                f"'{self.pattern}' takes {len(pattern.before)} axes, and gets {x}",
                hint="write one name for each axis, without the batch",
                field="pattern",
            )
        sizes = {name: dim(size) for name, size in self.sizes.items()}
        for group, axis in zip(pattern.before, x.axes, strict=True):
            sizes |= self._solve(group, axis, sizes)
        return sizes

    def _solve(self, group: Group, axis: Dim, sizes: dict[str, Dim]) -> dict[str, Dim]:
        """The sizes of the factors of one axis, one of which may be unknown."""
        known = _product(tuple(name for name in group if name in sizes), sizes)
        unknown = [name for name in group if name not in sizes]
        if len(unknown) > 1:
            raise Mismatch(
                f"'{self.pattern}' does not say how {axis} is split into {' and '.join(unknown)}",
                hint=f"add 'sizes: {{{unknown[-1]}: ...}}'",
                field="pattern",
            )
        if not unknown:
            if known != axis:
                raise Mismatch(
                    f"{_shown(group)} is {known}, and the axis is {axis}",
                    hint=_mend(group),
                    field="pattern",
                )
            return {}
        if known.constant is None or (axis.constant is not None and axis.constant % known.constant):
            raise Mismatch(
                f"{_shown(group)} splits an axis of {axis} into parts of {known}, which does not divide it",
                hint="give sizes that divide the axis",
                field="sizes",
            )
        return {unknown[0]: axis.exactly(known.constant)}

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The indices of an entry before and after, as einops has them."""
        before, after = (",".join(map(_indexed, groups)) for groups in (self.parsed.before, self.parsed.after))
        return (rf"<in> _{{{before}{{\to}}{after}}}",)


def _keep_positions(pattern: Pattern, factors: dict[str, Dim]) -> None:
    """Raise Mismatch where a free axis is split or merged other than as a patch, or the way back."""
    for group in pattern.before:
        free = [name for name in group if factors[name].constant is None]
        if free and _moved(group, pattern, factors)[1] is None:
            raise _mixed(group, pattern, f"that {factors[free[0]]} counts")


def _mixed(group: Group, pattern: Pattern, which: str) -> Mismatch:
    after = " ".join(_shown(pattern.after[place]) for place in sorted({pattern.where(name) for name in group}))
    patches = "cut time into patches, '(t p) d -> t (p d)', or join them, 't (p d) -> (t p) d'"
    whole = f"keep '{group[0]}' an axis of its own, or join only axes behind it whose size is a number"
    return Mismatch(
        f"{_shown(group)} to {after} mixes up the positions {which}",
        hint=whole if len(group) == 1 else patches,
        field="pattern",
    )


def _moved(group: Group, pattern: Pattern, factors: dict[str, Dim]) -> tuple[Transfer, int | None]:
    """How an axis of the left side comes to one of the right, led by its first factor, or is gone."""
    if not group:
        return GONE
    place = pattern.where(group[0])
    after = pattern.after[place]
    rest = _product((group if len(group) > 1 else after)[1:], factors).constant
    if after == group:
        return POINTWISE, place
    if len(after) == 1 and rest is not None:
        return Transfer("patch", rate=rest), place
    if len(group) == 1 and after[0] == group[0] and rest is not None:
        return Transfer("upsample", rate=rest), place
    return GONE


def _product(group: Group, factors: dict[str, Dim]) -> Dim:
    total = Dim.number(1)
    for name in group:
        total = total * factors[name]
    return total


def _written(size: Dim) -> str:
    return "-1" if size.constant is None else f"{size}"


def _reorder(pattern: Pattern) -> str:
    """A permutation, written as a transposition where it is one."""
    after = [name for group in pattern.after for name in group]
    order = [pattern.names.index(name) + 1 for name in after]
    moved = [place for place, source in enumerate(order, 1) if place != source]
    if not moved:
        return ""
    if len(moved) == 2:
        return f".transpose({moved[0]}, {moved[1]})"
    return f".permute(0, {', '.join(str(source) for source in order)})"


def _indexed(group: Group) -> str:
    names = "".join(map(named, group))
    return f"({names})" if len(group) > 1 else names or "1"


def _shown(group: Group) -> str:
    return f"({' '.join(group)})" if group else "1"


def _mend(group: Group) -> str:
    return "write sizes whose product is the axis" if group else "name the axis"


OPERATION = Rearrange
