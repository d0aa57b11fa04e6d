"""The frames of a build: one picture laid out once, shown bit by bit, so that nothing moves from frame to frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archgraph.draw.owner import is_fork, lines, onward, owner
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
    shown: set[str] = set()
    found = []
    for number, step in enumerate(adding, 1):
        shown.update(step)
        items = tuple(_visible(scene, _Frame(known, frozenset(shown))))
        added = ", ".join(names.get(name, name) for name in step)
        said = f"Frame {number} of {len(adding)} adds {added}. {scene.description}"
        found.append(replace(scene, items=items, description=said))
    return tuple(found)


def _visible(scene: Scene, frame: _Frame) -> Iterator[Item]:
    """The items of a scene that a frame shows; a dot where wires part only if they do so in this frame."""
    wires = [line for item in scene.items if frame.holds(item) for line in lines(item)]
    for item in scene.items:
        if not frame.holds(item):
            continue
        if is_fork(item) and len({turn for line in wires for turn in onward(line, item)}) < 2:
            continue
        if item.id.startswith("axes--") and not frame.leaves(item, wires):
            continue
        yield item


@dataclass(frozen=True)
class _Frame:
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
