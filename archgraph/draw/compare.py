"""Two graphs in one picture: what the second adds to the first, takes from it and changes in place.

All parts of both are laid out once, so that nothing moves. Each sign says in ink what colour is not needed for: heavy
lines and a plus for what came, dashes and a minus for what went, a tilde for what changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from archgraph.draw.layout.grid import Plan
from archgraph.draw.layout.plan import plan
from archgraph.draw.layout.route import Route, route, stuck
from archgraph.draw.layout.traffic import WIRE
from archgraph.draw.layout.turn import flowing
from archgraph.draw.layout.worth import price, roundabout
from archgraph.draw.marks.badges import badge
from archgraph.draw.marks.heading import Heading, Note, heading
from archgraph.draw.owner import lines
from archgraph.draw.roles import Roles
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Style
from archgraph.draw.sketch import Link, Sketch, sketch
from archgraph.draw.slide import slide
from archgraph.draw.theme import THEMES, Theme
from archgraph.draw.touching import joined
from archgraph.graph.module import Graph

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
SIGNS = {ADDED: "+", REMOVED: "–", CHANGED: "~"}
_HEAVY = 1.75
_LIGHT = 0.7
_DASH = (3.0, 4.0)
# What it counts, in u of wire, that one which went is left out.
_MISSING = 10.0


def compared(
    before: Graph, after: Graph, changed: Collection[str], *, theme: str = "dark", title: str | None = None
) -> Scene:
    """The picture of a difference.

    Args:
        before: the first graph.
        after: the second graph.
        changed: the names of variables and nodes in both that are not the same in both.
        theme: the colours.
        title: in place of "first → second"; "" for none.

    Raises:
        ValueError: an unknown theme, or a label that cannot be set.
    """
    if theme not in THEMES:
        raise ValueError(f"unknown theme {theme!r}; known are {', '.join(THEMES)}")
    old, new = sketch(before), sketch(after)
    whole = union(old, new)
    marks = Marks(_parts(old, new, whole, changed), _links(old, new, whole))
    whole, places, routes = _laid(whole, marks)
    said = " → ".join(heading(graph, None, False).title for graph in (before, after))
    own = heading(after, said if title is None else title, False)
    head = Heading(said if not own.title else own.name, own.title, notes=_notes(marks, THEMES[theme]))
    scene = joined(slide(head, Roles(whole, places, routes), THEMES[theme]), whole)
    told = "; ".join(f"{whole.parts[name].title} {state}" for name, state in marks.parts.items())
    items = tuple(_marked(item, marks) for item in scene.items)
    signed = scene._replace(items=items, description=f"{scene.description} {told}.")
    return signed._replace(items=(*items, *_badges(signed, marks, THEMES[theme])))


@dataclass(frozen=True)
class Marks:
    """What became of the parts and of the links that are not in both graphs as they were, by name."""

    parts: Mapping[str, str]
    links: Mapping[str, str]

    def state(self, item: Item) -> str:
        """What became of what an item shows, "" for nothing."""
        name = item.id.removesuffix("--plate")
        return self.parts.get(name) or self.links.get(name, "")


def union(old: Sketch, new: Sketch) -> Sketch:
    """All parts and links of two sketches.

    A link of one that leads through parts that only the other has is theirs now, and not drawn beside them.
    """
    parts = {**new.parts, **{name: part for name, part in old.parts.items() if name not in new.parts}}
    links = [link for link in new.links if not _bridged(link, new, old)]
    known = {_ends(link) for link in new.links}
    links += [link for link in old.links if _ends(link) not in known and not _bridged(link, old, new)]
    named: dict[str, Link] = {}
    for link in links:
        # The first graph's second wire between two parts may have the name of the second graph's first.
        name = link.name if link.name not in named else f"{link.name}-before"
        named[name] = link._replace(name=name)
    return Sketch(parts, tuple(named.values()), tuple(dict.fromkeys((*new.pairs, *old.pairs))))


def _ends(link: Link) -> tuple[str, str, str, bool]:
    return link.source, link.target, link.port, link.context


def _bridged(link: Link, own: Sketch, other: Sketch) -> bool:
    """Whether the other sketch has, for a link that it lacks, a way through parts of its own."""
    if any(_ends(link) == _ends(each) for each in other.links):
        return False
    fresh = set(other.parts) - set(own.parts)
    waiting, seen = [link.source], {link.source}
    while waiting:
        name = waiting.pop()
        for target in other.targets(name):
            if target == link.target and name != link.source:
                return True
            if target in fresh and target not in seen:
                seen.add(target)
                waiting.append(target)
    return False


def _parts(old: Sketch, new: Sketch, whole: Sketch, changed: Collection[str]) -> dict[str, str]:
    found = {}
    for name in whole.parts:
        if name not in old.parts or name not in new.parts:
            found[name] = ADDED if name in new.parts else REMOVED
        elif name in changed:
            found[name] = CHANGED
    return found


def _links(old: Sketch, new: Sketch, whole: Sketch) -> dict[str, str]:
    had, has = ({_ends(link) for link in each.links} for each in (old, new))
    states = ((link.name, _ends(link)) for link in whole.links)
    return {name: ADDED if ends in has else REMOVED for name, ends in states if not (ends in had and ends in has)}


class _Laid(NamedTuple):
    """Parts with their places, and the ways of the wires that are drawn."""

    sketch: Sketch
    places: Plan
    routes: tuple[Route, ...]

    def price(self, whole: Sketch) -> float:
        """What is bad about it; wires that are left out count too."""
        missing = len(whole.links) - len(self.sketch.links)
        return price(self.sketch, self.places, self.routes) + _MISSING * missing


def _laid(whole: Sketch, marks: Marks) -> _Laid:
    """All parts and the ways of their wires, in layers where the plan of the family leads the wires of both about."""
    known = _wired(whole, plan(whole), marks)
    if known.places.layered or (known.price(whole) < WIRE and not roundabout(known.routes)):
        return known
    return min(known, _wired(whole, flowing(whole, "right"), marks), key=lambda found: found.price(whole))


def _wired(whole: Sketch, places: Plan, marks: Marks) -> _Laid:
    """The ways of all wires; one that went and finds no way any more, where parts have closed up, is left out."""
    routes = route(whole, places)
    gone = [way for way in routes if marks.links.get(way.link.name) == REMOVED and stuck(places, (way,))]
    if not gone:
        return _Laid(whole, places, routes)
    left = whole._replace(links=tuple(link for link in whole.links if link not in [way.link for way in gone]))
    return _Laid(left, places, route(left, places))


def _notes(marks: Marks, theme: Theme) -> tuple[Note, ...]:
    """A line of legend for each sign that the picture holds."""
    found = {*marks.parts.values(), *marks.links.values()}
    return tuple(Note(SIGNS[state], state, theme.text) for state in SIGNS if state in found)


def _marked(item: Item, marks: Marks) -> Item:
    """An item with the lines of what became of it."""
    state = marks.state(item)
    if state not in (ADDED, REMOVED):
        return item if not state or not isinstance(item, Group) else item._replace(name=f"{item.name}, {state}")
    named = item._replace(name=f"{item.name}, {state}") if isinstance(item, Group) else item
    return _drawn(named, state)


def _drawn(item: Item, state: str) -> Item:
    if isinstance(item, Group):
        return item._replace(items=tuple(_drawn(each, state) for each in item.items))
    if isinstance(item, (Shape, Line)) and item.style.width:
        return item._replace(style=_styled(item.style, state))
    return item


def _styled(style: Style, state: str) -> Style:
    """A style under a name of its own, since it is not how its kind looks elsewhere."""
    name = f"{style.name}-{state}" if style.name else ""
    if state == ADDED:
        return style._replace(width=style.width * _HEAVY, name=name)
    return style._replace(width=style.width * _LIGHT, dash=_DASH, name=name)


def _badges(scene: Scene, marks: Marks, theme: Theme) -> Iterator[Group]:
    """The signs: beside each part, and on a wire between parts that have none."""
    taken: list[Group] = []
    for item in scene.items:
        state = marks.state(item)
        if not state or not isinstance(item, Group) or item.kind == "plate":
            continue
        ends = [end for line in lines(item) for end in (line.source, line.target)]
        if any(marks.parts.get(end) in (ADDED, REMOVED) for end in ends):
            continue
        found = badge(item, SIGNS[state], (*scene.items, *taken), page=(scene.width, scene.height), theme=theme)
        taken.append(found._replace(name=f"{item.name.removesuffix(f', {state}')}: {state}"))
        yield taken[-1]
