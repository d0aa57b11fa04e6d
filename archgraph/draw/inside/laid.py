"""Blocks in their places, as a value that can be shifted and joined with others. All is in u, y upward."""

from __future__ import annotations

from dataclasses import dataclass, field

from archgraph.draw.inside.attention import Ways
from archgraph.draw.layout.grid import Place
from archgraph.draw.paths import Box, Point


@dataclass(frozen=True)
class Laid:
    """Blocks in place: `dots` by the block over a branch dot, `lanes` by the block that a skip enters.

    Inside an attention, `fixed` are the ways of wires by target and port, `tails` their last stretches where they come
    from outside, and `labels` symbols with the wires' points that they stand beside. `out` is where, across, what it
    gives leaves; `cuts` is how often something in it goes on beside itself.
    """

    places: dict[str, Place] = field(default_factory=dict)
    dots: dict[str, Point] = field(default_factory=dict)
    lanes: dict[str, tuple[Point, ...]] = field(default_factory=dict)
    box: Box = (0.0, 0.0, 0.0, 0.0)
    fixed: Ways = field(default_factory=dict)
    tails: Ways = field(default_factory=dict)
    labels: dict[str, tuple[str, Point]] = field(default_factory=dict)
    out: float = 0.0
    cuts: int = 0

    def moved(self, dx: float, dy: float) -> Laid:
        """All of it shifted."""

        def shift(point: Point) -> Point:
            return point[0] + dx, point[1] + dy

        places = {
            name: Place(spot.x + dx, spot.y + dy, spot.width, spot.height, spot.shape, spot.direction)
            for name, spot in self.places.items()
        }
        dots = {name: shift(point) for name, point in self.dots.items()}
        lanes = {name: tuple(map(shift, points)) for name, points in self.lanes.items()}
        fixed = {pin: tuple(map(shift, points)) for pin, points in self.fixed.items()}
        tails = {pin: tuple(map(shift, points)) for pin, points in self.tails.items()}
        labels = {name: (tex, shift(point)) for name, (tex, point) in self.labels.items()}
        left, bottom, right, top = self.box
        box = (left + dx, bottom + dy, right + dx, top + dy)
        return Laid(places, dots, lanes, box, fixed, tails, labels, self.out + dx, self.cuts)

    def joined(self, *others: Laid) -> Laid:
        """This and others, the box still to be told."""
        whole = Laid(out=self.out, cuts=sum(each.cuts for each in (self, *others)))
        for each in (self, *others):
            whole.places.update(each.places)
            whole.dots.update(each.dots)
            whole.lanes.update(each.lanes)
            whole.fixed.update(each.fixed)
            whole.tails.update(each.tails)
            whole.labels.update(each.labels)
        return whole
