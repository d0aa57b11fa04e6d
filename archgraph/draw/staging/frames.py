"""The frames of a build: one picture laid out once, shown bit by bit, so that nothing moves from frame to frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archgraph.draw.owner import Turn, is_fork, lines, onward, owner
from archgraph.draw.scene import Group, Item, Line, Scene


def frames(scene: Scene, steps: Sequence[Sequence[str]]) -> tuple[Scene, ...]:
    """The scene after each step, then once more for each callout.

    Args:
        scene: the whole picture.
        steps: the parts that each step adds, in order; what belongs to none is in every frame.
    """
    callouts = [item.id for item in scene.items if isinstance(item, Group) and item.kind == "callout"]
    adding = [*steps, *((id,) for id in callouts)]
    known = frozenset(name for step in adding for name in step)
    names = {item.id: item.name for item in scene.items if isinstance(item, Group)}
    forks = _forks(scene, known)
    shown: set[str] = set()
    found = []
    for number, step in enumerate(adding, 1):
        shown.update(step)
        items = tuple(_visible(scene, _Frame(known, frozenset(shown)), forks))
        added = ", ".join(names.get(name, name) for name in step)
        said = f"Frame {number} of {len(adding)} adds {added}. {scene.description}"
        found.append(scene._replace(items=items, description=said))
    return tuple(found)


def _forks(scene: Scene, known: frozenset[str]) -> dict[str, dict[str, Turn]]:
    """For each dot where wires part, where each of them goes on, by the id of the wire."""
    wires = [line for item in scene.items for line in lines(item)]
    found: dict[str, dict[str, Turn]] = {}
    for dot in filter(is_fork, scene.items):
        own = owner(dot.id, known)
        near = [wire for wire in wires if own in (owner(wire.source, known), owner(wire.target, known))]
        found[dot.id] = {wire.id: turn for wire in near for turn in onward(wire, dot)}
    return found


def _visible(scene: Scene, frame: _Frame, forks: dict[str, dict[str, Turn]]) -> Iterator[Item]:
    """The items of a scene that a frame shows; a dot where wires part only if they do so in this frame."""
    items = [item for item in scene.items if frame.holds(item)]
    wires = [line for item in items for line in lines(item)]
    shown = {wire.id for wire in wires}
    for item in items:
        if is_fork(item) and len({turn for id, turn in forks[item.id].items() if id in shown}) < 2:
            continue
        if item.id.startswith("axes--") and not frame.leaves(item, wires):
            continue
        yield item


class _Frame(NamedTuple):
    """The names of all parts, and of those that one frame shows."""

    known: frozenset[str]
    shown: frozenset[str]

    def holds(self, item: Item) -> bool:
        """Whether an item is shown: a wire when both of its ends are."""
        ids = [id for line in lines(item) for id in (line.source, line.target)] or [item.id]
        owners = [owner(id, self.known) for id in ids]
        return all(not name or name in self.shown for name in owners)

    def leaves(self, item: Item, wires: Sequence[Line]) -> bool:
        """Whether a wire leaves the part that an item belongs to."""
        return owner(item.id, self.known) in {owner(line.source, self.known) for line in wires}
