"""The time domain: which past of an observed variable a tensor may depend on.

A bound (s, o, m) says: element i depends on v[k] only where i >= m and k <= floor(s*i + o). `s` is the rate, `o` the
offset (None stands for no bound at all), `m` where the dependence starts. A `Lags` holds, per observed variable, the
bounds along one axis of the tensor; axis None holds what does not move with any axis (s = 0). On an axis of several
segments each bound speaks of one of them, and counts i from its beginning, or of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from archgraph.core.limits import BOUNDS
from archgraph.core.source import Span


@dataclass(frozen=True)
class Step:
    """One step of a path that a bound came along: what it went through, where, and the step before."""

    text: str
    span: Span | None
    bound: str
    before: Step | None = field(default=None, repr=False)

    def chain(self) -> tuple[Step, ...]:
        """The steps from the first to this one."""
        steps: list[Step] = []
        step: Step | None = self
        while step is not None:
            steps.append(step)
            step = step.before
        return tuple(reversed(steps))


@dataclass(frozen=True)
class Bound:
    """Element i depends on v[k] only where i >= start and k <= floor(rate * i + offset); offset None: on all of v.

    `segment` is the stretch of the axis that it speaks of, the last being 0, and None all of them.
    """

    rate: Fraction = Fraction(1)
    offset: Fraction | None = Fraction(0)
    start: int = 0
    path: Step | None = field(default=None, compare=False, repr=False)
    crossed: frozenset[str] = frozenset()
    segment: int | None = None

    def covers(self, other: Bound) -> bool:
        """Whether everything that `other` allows is allowed by this bound, on paths of the same kind."""
        if self.crossed != other.crossed or self.start > other.start or self.segment not in (None, other.segment):
            return False
        if self.offset is None or other.offset is None:
            return self.offset is None
        first = other.start
        return self.rate >= other.rate and self.rate * first + self.offset >= other.rate * first + other.offset

    @property
    def leaks(self) -> bool:
        """Whether some element may depend on its own place in v, or a later one."""
        if self.offset is None or self.rate > 1:
            return True
        return floor(self.rate * self.start + self.offset) >= self.start

    def __str__(self) -> str:
        if self.offset is None:
            return "sees all of it"
        sign, size = ("-" if self.offset < 0 else "+"), abs(self.offset)
        if self.rate == 0:
            return f"sees up to {self.offset}"
        index = "t" if self.rate == 1 else f"{self.rate} t"
        return f"sees up to {index}" + (f" {sign} {size}" if size else "")


class Lags(NamedTuple):
    """Bounds of one tensor on one observed variable, along `axis` of the tensor (batch not counted)."""

    axis: int | None
    bounds: tuple[Bound, ...]


Time = Mapping[str, Lags]
Lengths = tuple[int | None, ...]  # of the segments of an axis in order; None: as many as the data has


class Transfer(NamedTuple):
    """How an operation moves bounds along one axis, from one input port to one output port.

    `kind`: `window` (patch or stride `rate`, look-ahead `ahead`), `upsample` (`rate`, look-ahead `ahead` counted in
    positions afterwards), `delay` (`rate` steps), `everything` (all of the axis), `fixed` (position `ahead`), `placed`
    (at the segments `places` of another axis), `taken` (the segment `places[0]` alone).
    `keeps` says whether the axis is still there afterwards. `past`: earlier positions are read too, in whatever order
    they stand, so that of earlier segments nothing is known but that they are read.
    `ends`: what would stand past the end is read too, as zeros or as nothing, which tells where the end is.
    """

    kind: str = "window"
    rate: int = 1
    ahead: int = 0
    keeps: bool = True
    past: bool = False
    ends: bool = False
    places: tuple[int, ...] = ()

    def through(self, bound: Bound, lengths: Lengths, *, divided: bool) -> tuple[Bound, ...]:
        """The bounds after the operation on an axis of segments of these lengths, which it has still if `divided`."""
        if self.kind == "placed":
            places = self.places if bound.segment is None else (bound.segment,)
            return tuple(replace(bound, segment=place) for place in places)
        if self.kind == "taken":
            found = replace(bound, segment=None) if bound.segment in (None, self.places[0]) else None
            found = found if self.keeps or found is None else FIRST.apply(found)
        elif divided and (self.kind, self.rate) == ("window", 1):
            return self._within(bound, lengths)
        else:
            found = self._over(bound, lengths)
        return (found,) if found else ()

    def _within(self, bound: Bound, lengths: Lengths) -> tuple[Bound, ...]:
        """A window over several segments: it sees where the next begin; those before its own count as whole."""
        own = self.apply(bound)
        if bound.segment is None or own is None:
            return (own,) if own and bound.rate == 0 else (replace(EVERYTHING.apply(bound) or bound, segment=None),)
        whole = replace(bound, offset=bound.offset if bound.rate == 0 else None, start=0)
        found = [own, *(replace(whole, segment=later) for later in range(bound.segment) if self.past)]
        newest = self.ahead - 1  # what the last position of the segment before sees of this one
        for earlier in range(bound.segment + 1, len(lengths)):
            seen = Transfer("fixed", ahead=newest).apply(bound) if newest >= 0 else None
            found += [replace(seen, segment=earlier)] if seen else []
            newest -= lengths[-1 - earlier] or 1
        return tuple(found)

    def _over(self, bound: Bound, lengths: Lengths) -> Bound | None:
        """Any other operation: it takes the segments as one axis, each where it begins."""
        if bound.segment is None:
            return self.apply(bound) if len(lengths) == 1 or bound.rate == 0 else EVERYTHING.apply(bound)
        before = lengths[: len(lengths) - 1 - bound.segment]
        bound = replace(bound, segment=None)
        if self.kind == "fixed" and self.ahead < len(before):
            return None
        known = [length for length in before if length is not None]
        if len(known) < len(before):
            return EVERYTHING.apply(bound)
        offset = None if bound.offset is None else bound.offset - bound.rate * sum(known)
        return self.apply(replace(bound, offset=offset, start=bound.start + sum(known)))

    def apply(self, bound: Bound) -> Bound | None:
        """The bound after the operation, or None where no dependence is left."""
        s, o, m = bound.rate, bound.offset, bound.start
        if self.kind == "window":
            o = None if o is None else o + s * self.ahead
            return replace(bound, rate=s * self.rate, offset=o, start=max(0, ceil(Fraction(m - self.ahead, self.rate))))
        if self.kind == "patch":
            o = None if o is None else o + s * (self.rate - 1)
            return replace(bound, rate=s * self.rate, offset=o, start=m // self.rate)
        if self.kind == "upsample":
            o = None if o is None else o + s * Fraction(self.ahead, self.rate)
            return replace(bound, rate=s / self.rate, offset=o, start=max(0, m * self.rate - self.ahead))
        if self.kind == "delay":
            o = None if o is None else o - s * self.rate
            return replace(bound, offset=o, start=m + self.rate)
        if self.kind == "fixed":
            if m > self.ahead:
                return None
            o = None if o is None else Fraction(floor(s * self.ahead + o))
            return replace(bound, rate=Fraction(0), offset=o, start=0)
        # everything: with rate 0 the bound does not move, so reading all of the axis adds nothing
        return replace(bound, offset=o if s == 0 else None, start=0)

    @property
    def causal(self) -> bool:
        """Whether the operation keeps the rate and looks at nothing later."""
        return (self.kind in ("window", "delay")) and (self.rate == 1 or self.kind == "delay") and self.ahead <= 0


POINTWISE = Transfer()
PAST = Transfer(past=True)
EVERYTHING = Transfer("everything")
FIRST = Transfer("fixed", keeps=False)


def prune(bounds: Iterable[Bound]) -> tuple[Bound, ...]:
    """The bounds without those that another covers; beyond the limit they are joined into one that sees all."""
    kept: list[Bound] = []
    for bound in bounds:
        if any(other.covers(bound) for other in kept):
            continue
        kept = [other for other in kept if not bound.covers(other)] + [bound]
    if len(kept) > BOUNDS:
        joined = {bound.crossed: replace(bound, offset=None, start=0, segment=None) for bound in kept}
        return tuple(joined.values())
    return tuple(kept)


def meet(times: Iterable[Time]) -> dict[str, Lags]:
    """The dependences of a tensor made from several: the union of their bounds.

    Bounds along different axes of the tensors that meet cannot be compared; they become unbounded.
    """
    found: dict[str, Lags] = {}
    for time in times:
        for name, lags in time.items():
            if name not in found:
                found[name] = lags
                continue
            found[name] = _join(found[name], lags)
    return found


def _join(left: Lags, right: Lags) -> Lags:
    axes = {lags.axis for lags in (left, right) if lags.axis is not None}
    bounds = left.bounds + right.bounds
    if len(axes) > 1:
        bounds = tuple(replace(bound, rate=Fraction(0), offset=None, start=0, segment=None) for bound in bounds)
    return Lags(axes.pop() if len(axes) == 1 else None, prune(bounds))
