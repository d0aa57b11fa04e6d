"""Where containers stand: the family's plan with room for what is inside, rows from the bottom up elsewhere.

The encoders and the predictor stand in one band, in the order in which the slide of roles has them; the decoder
stands over it, observations lie under it, and the target's column is on the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from archgraph.draw.inside.courses import Wiring, rows
from archgraph.draw.inside.laid import Laid
from archgraph.draw.layout.family import BOTTOM, MIDDLE, RIGHT
from archgraph.draw.layout.grid import Place, Plan, apart, place
from archgraph.draw.layout.settle import settle
from archgraph.draw.sketch import Sketch

_GAP = 0.9
_BAND = 1.4
_LOOP = 2.7
_AIR = 0.9
_RISE = 1.1
_OVER = 0.7
_EDGE = 1.0
_TIP = 0.35
# Variables side by side, from middle to middle.
_ABREAST = 1.4
# What stands beside what it reads leaves room for the wire that comes down.
_BESIDE = 1.0
# How far over a level wire a module stands that it enters from below.
_LEVEL = 0.6
# How many sources may pass from one column of modules to the next.
_PASSING = 4
# What a further wire under the upper band needs.
_LANE = 0.4
# How far the prediction stands over the target at the least.
_COLUMN = 3.6


@dataclass(frozen=True)
class Kin:
    """The slide of roles of a graph of the family, and which block inside computes each variable, and reads it first.

    `beside`: whether decoders may stand beside what they read, rather than over it. `stacked`: whether predictors
    stand over the long way in from the target, rather than beside it.
    """

    base: Plan
    makers: Mapping[str, str]
    readers: Mapping[str, str]
    beside: bool = False
    stacked: bool = False


def bands(sketch: Sketch, modules: Mapping[str, Laid], kin: Kin) -> dict[str, Laid] | None:
    """Every part of the slide where the family's plan has it, or None where not all of them find a place."""
    return _Bands(sketch, modules, kin).arrange()


def upward(
    sketch: Sketch, modules: Mapping[str, Laid], ranked: list[list[str]], limits: Iterable[float]
) -> Iterator[tuple[dict[str, Laid], int]]:
    """Every part of the slide in rows from the bottom up, in columns where it is higher than a limit; and its cuts.

    `ranked` are the parts by the longest way from a source. Limits that lead to the same give it once.
    """
    sizes = {name: modules[name] if name in modules else alone(name, _standing(sketch, name)) for name in sketch.parts}
    # What is only looked up stands at the left, where its wire enters.
    context = {link.source for link in sketch.links if link.context}
    aside = [name for name in context if not sketch.sources(name) and len(sketch.targets(name)) == 1]
    order = [[name for name in row if name not in aside] for row in ranked]
    order = [row for row in order if row]
    tied = frozenset(name for name, part in sketch.parts.items() if part.sort not in ("module", "delay"))
    wiring = Wiring(sketch.links, tied=tied, most=_PASSING)
    folding = rows(order, lambda name: _outline(name, sizes[name]), wiring)
    found = [folding.within(limit) for limit in limits]
    for whole in {id(each): each for each in found}.values():
        result = {}
        for name, spot in whole.places.items():
            box = sizes[name].box
            result[name] = sizes[name].moved(spot.left - box[0], spot.bottom - box[1])
        for index, name in enumerate(name for name in sketch.parts if name in aside):
            box = sizes[name].box
            result[name] = sizes[name].moved(whole.box[0] - _GAP - box[2], whole.box[1] - box[1] + 1.5 * index)
        yield result, whole.cuts


def _standing(sketch: Sketch, name: str) -> Place:
    return place(sketch.parts[name], 0.0, 0.0, "up" if sketch.parts[name].sort == "delay" else "right")


def _bounding(laid: Laid) -> Place:
    left, bottom, right, top = laid.box
    return Place((left + right) / 2, (bottom + top) / 2, right - left, top - bottom, "container", "up")


def _outline(name: str, laid: Laid) -> Laid:
    return Laid({name: _bounding(laid)}, box=laid.box, out=laid.out)


def alone(name: str, spot: Place) -> Laid:
    """A part that is no module, in its place."""
    return Laid({name: spot}, box=(spot.left, spot.bottom, spot.right, spot.top))


@dataclass
class _Bands:
    """The family's plan of the roles, stretched: a lower band, an upper band, and what stands about them."""

    sketch: Sketch
    modules: Mapping[str, Laid]
    kin: Kin
    result: dict[str, Laid] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    raised: list[str] = field(default_factory=list)

    @property
    def base(self) -> Plan:
        """The plan of the roles."""
        return self.kin.base

    def arrange(self) -> dict[str, Laid] | None:
        """All parts in place, or None where some part has none."""
        spots = self.base.places
        inside = self.onward(sorted(self.modules, key=lambda name: spots[name].x))
        lower = [name for name in inside if self.low(name)]
        lower = lower or inside[:1]  # where all stand in the top row, the first is what the others stand on
        upper = [name for name in inside if name not in lower]
        floor = [name for name in lower if not self.paired(name)]
        if self.kin.stacked:
            self.raised = [name for name in floor if spots[name].y == MIDDLE]
            if len(self.raised) != 1 or self.looping(self.raised[0]) or all(spots[name].y >= BOTTOM for name in floor):
                return None
        self.lower([name for name in floor if name not in self.raised])
        self.stack(floor)
        for name in lower:
            self.over(name)
        self.heads(lower)
        self.upper(upper, lower)
        self.column()
        self.loops()
        self.below(lower)
        settle(self.sketch, self.places)
        if len(self.places) < len(self.sketch.parts) or not self.sound():
            return None
        self.result.update((name, alone(name, spot)) for name, spot in self.places.items() if name not in self.modules)
        return {name: self.result[name] for name in self.sketch.parts}

    def onward(self, names: list[str]) -> list[str]:
        """The modules from the left, but of two neighbours that do not flow left the one that feeds the other first."""
        found: list[str] = []
        for name in names:
            before = found[-1] if found else name
            flowing = all(self.base.places[each].direction != "left" for each in (before, name))
            fed = flowing and self.low(name) and name in self.sketch.sources(before)
            found[len(found) - fed :] = [name, before] if fed else [name]
        return found

    def low(self, name: str) -> bool:
        """Whether a module belongs to the lower band: the slide has it low, or it reads low variables alone."""
        sources = self.sketch.sources(name)
        below = all(source not in self.modules and self.base.places[source].y <= MIDDLE for source in sources)
        return self.base.places[name].y <= MIDDLE or below

    def sound(self) -> bool:
        """Whether all parts stand clear of each other."""
        listed = list(self.places.values())
        return all(apart(one, other) for index, one in enumerate(listed) for other in listed[index + 1 :])

    def put(self, name: str, x: float, y: float, direction: str = "right") -> None:
        """Stand a part that is no module at a centre."""
        self.places[name] = place(self.sketch.parts[name], x, y, direction)

    def stand(self, name: str, axis: float, bottom: float) -> None:
        """Stand a module over a point of its axis."""
        laid = self.modules[name]
        self.result[name] = laid.moved(axis, bottom - laid.box[1])
        self.places[name] = _bounding(self.result[name])

    def axis(self, name: str) -> float:
        """Where a placed module's axis is."""
        return self.places[name].left - self.modules[name].box[0]

    def exit(self, name: str) -> float:
        """Where what a placed module gives leaves it."""
        return self.axis(name) + self.modules[name].out

    def paired(self, name: str) -> tuple[str, ...]:
        """The two variables under a module that one other module computes, () where there are none."""
        sources = self.sketch.sources(name)
        return next((pair for pair in self.sketch.pairs if set(pair) == set(sources)), ())

    def over(self, name: str) -> None:
        """A module that reads a pair stands over it, and the pair over the module that computes it."""
        pair = self.paired(name)
        maker = self.sketch.sources(pair[0])[0] if pair else ""
        if maker not in self.places or maker not in self.modules:
            return
        axis, y = self.exit(maker), self.places[maker].top + _RISE
        for side, variable in zip((-1, 1), pair, strict=True):
            self.put(variable, axis + 0.5 * side, y)
            beside = [each for each in self.sketch.targets(variable) if self.sketch.parts[each].sort == "objective"]
            for index, objective in enumerate(each for each in beside if self.sketch.sources(each) == (variable,)):
                self.put(objective, axis + (2.5 + 1.5 * index) * side, y)
        self.stand(name, axis, y + _RISE)

    def looping(self, name: str) -> bool:
        """Whether a switch feeds a part, so that it closes a cycle."""
        return any(self.sketch.parts[source].sort == "switch" for source in self.sketch.sources(name))

    def lower(self, names: list[str]) -> None:
        """The band of encoders and predictors, side by side on one lower edge."""
        bottom = _BAND + (0.5 if any(map(self.looping, names)) else 0.0)
        edge = 0.0
        for name in names:
            edge += _LOOP if self.looping(name) else 0.0
            self.stand(name, edge - self.modules[name].box[0], bottom)
            edge = self.places[name].right + _GAP

    def stack(self, floor: list[str]) -> None:
        """The raised module over the long way in, with room between them for the variables that it reads."""
        for name in self.raised:
            way = [self.places[each] for each in floor if self.base.places[each].y < BOTTOM]
            left = min(spot.left for spot in way)
            self.stand(name, left - self.modules[name].box[0], max(spot.top for spot in way) + _BAND + _RISE)

    def heads(self, lower: list[str]) -> None:
        """Variables of the top row that the lower band computes: over their module, several in the slide's order."""
        spots = self.base.places
        variables = [name for name, part in self.sketch.parts.items() if part.sort == "variable"]
        top = [name for name in variables if spots[name].y > MIDDLE and spots[name].x < RIGHT]
        makers = {name: [each for each in self.sketch.sources(name) if each in lower] for name in top}
        for maker in lower:
            computed = [name for name in top if makers[name] == [maker]]
            exits = {name: self.result[maker].places[self.kin.makers[name]].x for name in computed}
            straight = all(abs(exits[a] - exits[b]) > _ABREAST for a, b in combinations(computed, 2))
            computed.sort(key=lambda name: -spots[name].x)
            axis = self.exit(maker)
            # Clear of the wires that come over from the modules at its right.
            beside = [self.places[other].top + _OVER for other in lower if self.axis(other) > axis]
            for index, name in enumerate(computed):
                x = exits[name] if straight and len(computed) > 1 else axis - 1.5 * index
                self.put(name, x, max([self.places[maker].top + _RISE, *beside]))

    def upper(self, names: list[str], lower: list[str]) -> None:
        """The band of decoders: right of what feeds it, over the encoder that stands there."""
        for name in names:
            feeds = [source for source in self.sketch.sources(name) if source in self.places]
            if not feeds:
                continue
            least = max(map(self.clear, feeds))
            over = [self.axis(other) for other in lower if self.axis(other) >= least]
            axis = min(over, default=least - self.modules[name].box[0])
            free = [z for z in self.sketch.sources(name) if z not in self.places and not self.sketch.sources(z)]
            heads = self.levels(feeds)
            if self.kin.beside and not free:
                axis, heads = max(axis, self.past(feeds) + _BESIDE - self.modules[name].box[0]), []
            if feeds[0] in self.raised:
                axis = self.exit(feeds[0])
            span = (axis + self.modules[name].box[0], axis + self.modules[name].box[2])
            beneath = [
                spot.top for spot in self.places.values() if spot.left < span[1] + 0.4 and spot.right > span[0] - 0.4
            ]
            rise = _AIR + (1.2 if free else 0.0) + (_LANE if self.telling(lower) else 0.0)
            beneath += [self.places[feed].top for feed in feeds if free]
            bottom = max([top + rise for top in beneath] + heads, default=_BAND)
            # The wire of what stands at the left runs level under its lower edge, or well over that.
            bottom = max([bottom, *(y for y in self.levels(feeds) if bottom < y < bottom + 2 * _LEVEL)])
            self.stand(name, axis, bottom)
            for index, latent in enumerate(free):
                self.put(latent, min(self.axis_of(feed) for feed in feeds) - 0.9 - 1.5 * index, bottom - 0.75)

    def telling(self, lower: list[str]) -> bool:
        """Whether a module of the lower band tells a cost where to look: that wire passes under the upper band."""
        costs = [name for name, spot in self.base.places.items() if spot.x == RIGHT]
        return any(maker in self.sketch.sources(cost) for cost in costs for maker in lower)

    def levels(self, feeds: list[str]) -> list[float]:
        """How high a module must be over the wires of the variables that feed it."""
        return [self.places[feed].y + _LEVEL for feed in feeds if feed not in self.modules]

    def past(self, feeds: list[str]) -> float:
        """The right edge of some parts and of what stands over or under them."""
        spans = [(self.places[feed].left, self.places[feed].right) for feed in feeds]
        spots = self.places.values()
        return max(spot.right for spot in spots for left, right in spans if spot.left <= right and spot.right >= left)

    def axis_of(self, name: str) -> float:
        """The middle of a module or of any other part."""
        return self.axis(name) if name in self.modules else self.places[name].x

    def clear(self, feed: str) -> float:
        """The least axis that a module above may have, given one that feeds it."""
        spot = self.places[feed]
        if feed not in self.modules:
            return spot.right + 0.6
        return spot.right + _GAP if self.base.places[feed].y > MIDDLE else self.axis(feed) + _GAP

    def column(self) -> None:
        """The target's column, right of all else: y at the bottom, the cost, the prediction at the top."""
        names = sorted(
            (name for name, spot in self.base.places.items() if spot.x == RIGHT and name not in self.modules),
            key=lambda name: self.base.places[name].y,
        )
        inside = [name for name in names if self.base.places[name].y in (BOTTOM, MIDDLE, RIGHT - 6.0)]
        x = max(spot.right for spot in self.places.values()) + _EDGE + 0.5
        highest = max([_COLUMN, *(self.places[maker].top + _TIP for maker in self.makers(inside[-1]))])
        heights = {BOTTOM: 0.0, MIDDLE: highest / 2}
        for name in inside:
            self.put(name, x, heights.get(self.base.places[name].y, highest))

    def makers(self, name: str) -> list[str]:
        """The modules in place that feed a part; any module where none does."""
        found = [source for source in self.sketch.sources(name) if source in self.modules and source in self.places]
        return found or [name for name in self.modules if name in self.places]

    def loops(self) -> None:
        """A recurrent loop: down through the delay at the left of its module, and in from below by a switch."""
        for name in self.modules:
            switches = [source for source in self.sketch.sources(name) if self.sketch.parts[source].sort == "switch"]
            if not switches or name not in self.places:
                continue
            delay, start = self.sketch.sources(switches[0])
            x = self.places[name].left - 1.7
            self.put(delay, x, self.places[name].bottom + 1.0, "down")
            self.put(switches[0], x + 1.0, 0.5)
            if start not in self.places and not self.sketch.sources(start):
                self.put(start, x, 0.0)

    def below(self, lower: list[str]) -> None:
        """What the lower band reads from below: variables under it, delays of the target right of its axis."""
        for name in lower:
            sources = [source for source in self.sketch.sources(name) if source not in self.places]
            delays = [source for source in sources if self.sketch.parts[source].sort == "delay"]
            for index, delay in enumerate(delays):
                self.put(delay, self.axis(name) + 1.1 + 1.6 * index, BOTTOM, "left")
            variables = [source for source in sources if self.sketch.parts[source].sort == "variable"]
            first = self.axis(name) + (0.35 if self.looping(name) else -0.75 * (len(variables) - 1))
            first -= 0.75 if delays else 0.0
            inside = self.result.get(name, Laid()).places
            firsts = {each: self.kin.readers.get(each, "") for each in variables}
            read = {each: inside[block].x for each, block in firsts.items() if block in inside}
            apart = all(abs(read[a] - read[b]) > _ABREAST for a, b in combinations(read, 2))
            straight = len(read) == len(variables) > 1 and apart and not delays and not self.looping(name)
            y = self.places[name].bottom - _BAND if name in self.raised else BOTTOM
            for index, variable in enumerate(variables):
                self.put(variable, read[variable] if straight else first + 1.5 * index, y)
