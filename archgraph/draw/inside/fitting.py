"""Which arrangements of opened modules a page may get: the plain one where it reads well, else what promises most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf

from archgraph.draw.inside.blocks import Block
from archgraph.draw.inside.floor import Kin, alone, bands, upward
from archgraph.draw.inside.laid import Laid
from archgraph.draw.inside.stacks import Body
from archgraph.draw.inside.stretch import stretched
from archgraph.draw.layout.family import family
from archgraph.draw.layout.grid import Plan
from archgraph.draw.layout.layers import columns
from archgraph.draw.paths import Box, around
from archgraph.draw.sketch import Link, Sketch

Placed = Mapping[str, Laid]
# From this part of the notation's size on, the plain arrangement reads well.
_WELL = 0.6
# The plain arrangement is tried first, too, where it promises this part of the best.
_AS_WELL = 0.95
# From this size on it is left only where it promises less than this part of the best.
_FAIR, _FAIRLY = 0.5, 0.85
# How high, in u, a module or the whole may be before it stands in columns.
_MODULES = (inf, 26.0, 20.0, 16.0, 13.0, 11.5, 10.0, 9.0, 8.0, 6.5, 5.0)
_WHOLES = (inf, 48.0, 34.0, 22.0, 18.0, 15.0, 12.0, 9.0)
# What it is worth to go on beside itself once, and to leave the family's plan.
_WORTH = 0.96
_STRANGE = 0.8
_TRIALS = 4
# The slide, less its margins, in u.
_WIDE, _HIGH = 14.5, 8.25


@dataclass(frozen=True)
class Arrangement:
    """An arrangement, how large it promises to be, as a part of the notation's size, and what that is worth.

    It is worth less the more often something in it goes on beside itself, and where the family's plan is left.
    """

    placed: Placed
    worth: float
    promise: float = 0.0


def pulled_apart(
    sketch: Sketch, tops: Mapping[str, Block], links: tuple[Link, ...], plan: Plan
) -> Iterator[Arrangement]:
    """Arrangements in which parts stand as an author pinned them on the slide of roles; what they promise at the most.

    Args:
        sketch: the parts.
        tops: the modules among them, opened.
        links: the wires.
        plan: where they stand on that slide.
    """
    found = []
    for modules in _limited(tops, links):
        others = {name: alone(name, spot._replace(x=0.0, y=0.0)) for name, spot in plan.places.items()}
        placed = stretched(plan.places, {**others, **modules})
        worth = _WORTH ** sum(each.cuts for each in modules.values())
        found.append(Arrangement(placed, worth, worth * _bound(_boxes(placed))))
    yield from sorted(found, key=lambda each: -each.promise)[:_TRIALS]


def arranged(
    sketch: Sketch, tops: Mapping[str, Block], links: tuple[Link, ...], size: Callable[[list[Box]], float]
) -> Iterator[Arrangement]:
    """Arrangements of all parts that promise most, the plain one before them where it reads well.

    Args:
        sketch: the parts.
        tops: the modules among them, opened.
        links: the wires.
        size: how large a picture of some boxes would be on its page.
    """
    kin, ranked, limited = _kin(sketch, links), columns(sketch), _limited(tops, links)
    # With no limit to their height.
    plain = next(_standing(sketch, limited[0], kin, ranked))
    plain = replace(plain, worth=1.0, promise=size(_boxes(plain.placed)))
    well = plain.promise >= _WELL
    if well:
        yield plain
    found = _promising(sorted(_all(sketch, limited, kin, ranked), key=lambda each: -each.promise), size)
    fairly = plain.promise >= _FAIR and plain.promise >= _FAIRLY * found[0].promise
    first = well or fairly or plain.promise >= _AS_WELL * found[0].promise
    if first and not well:
        yield plain
    for each in found:
        # What reads well as it is, is not asked to be larger.
        if not (first and each.placed == plain.placed):
            enough = min(_WELL, plain.promise) if well or fairly else inf
            yield replace(each, promise=min(each.promise, enough))


def _promising(ready: list[Arrangement], size: Callable[[list[Box]], float]) -> list[Arrangement]:
    """Those that promise most on the page itself, of arrangements in the order of what they promise at the most."""
    found: list[Arrangement] = []
    for each in ready:
        # Different limits often lead to the same.
        if any(each.placed == other.placed for other in found):
            continue
        if len(found) >= _TRIALS and each.promise < sorted(plan.promise for plan in found)[-_TRIALS]:
            break
        found.append(replace(each, promise=each.worth * size(_boxes(each.placed))))
    return sorted(found, key=lambda each: -each.promise)[:_TRIALS]


def _kin(sketch: Sketch, links: tuple[Link, ...]) -> Kin | None:
    """What the family's plan says of a graph, None for one that is not of the family."""
    base = family(sketch)
    if base is None:
        return None
    readers = {link.source: link.target for link in reversed(links)}
    return Kin(base, {link.target: link.source for link in links}, readers)


def _all(
    sketch: Sketch, limited: list[dict[str, Laid]], kin: Kin | None, ranked: list[list[str]]
) -> Iterator[Arrangement]:
    """Arrangements with modules, or the whole, in columns; what they promise at the most."""
    for modules in limited:
        for each in _standing(sketch, modules, kin, ranked):
            yield replace(each, promise=each.worth * _bound(_boxes(each.placed)))


def _limited(tops: Mapping[str, Block], links: tuple[Link, ...]) -> list[dict[str, Laid]]:
    """The modules with less and less height, each way once."""
    bodies = {name: Body(block, links) for name, block in tops.items()}
    seen: list[dict[str, Laid]] = []
    for limit in _MODULES:
        modules = {name: body.within(limit) for name, body in bodies.items()}
        if modules not in seen:
            seen.append(modules)
    return seen


def _standing(
    sketch: Sketch, modules: Mapping[str, Laid], kin: Kin | None, ranked: list[list[str]]
) -> Iterator[Arrangement]:
    """Arrangements of modules as they are."""
    cuts = sum(each.cuts for each in modules.values())
    worth = _WORTH**cuts
    for each in (kin, replace(kin, stacked=True), replace(kin, beside=True)) if kin is not None else ():
        found = bands(sketch, modules, each)
        if found is not None:
            worth = _STRANGE * _WORTH**cuts
            yield Arrangement(found, _WORTH**cuts)
    for placed, more in upward(sketch, modules, ranked, _WHOLES):
        yield Arrangement(placed, worth * _WORTH**more)


def _boxes(placed: Placed) -> list[Box]:
    return [each.box for each in placed.values()]


def _bound(boxes: list[Box]) -> float:
    """How large a picture could be at the most, with the slide to itself."""
    left, bottom, right, top = around(corner for box in boxes for corner in (box[:2], box[2:]))
    return min(_WIDE / (right - left), _HIGH / (top - bottom))
