"""A graph unrolled over time: a copy of all that has steps for each of them, delays between one copy and a later."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from archgraph.draw.errors import PictureError
from archgraph.draw.sketch import Link, Part, Sketch
from archgraph.graph.module import Graph

_BETWEEN = ("delay", "start", "switch")
_STEPS = re.compile(r"delay--.*?-(\d+)(-loop)?\Z", re.DOTALL)
_SUBSCRIPT = re.compile(r"(?s)(.+_\{.*)\}\Z")


class Unrolled(NamedTuple):
    """The copies as one sketch, and which parts belong where.

    `steps`: the parts of each step. `shared`: those that have no steps. `delays`: between the copy of a step and a
    later one. `starts`: what the first steps read in the place of earlier ones.
    """

    sketch: Sketch
    steps: tuple[tuple[str, ...], ...]
    shared: tuple[str, ...]
    delays: tuple[str, ...]
    starts: tuple[str, ...]

    def named(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """What stands for some parts: themselves where they have no steps, else their copies, step by step."""
        shared = tuple(name for name in names if name in self.shared)
        copies = (copy_of(name, step) for step in range(1, len(self.steps) + 1) for name in names)
        return (*shared, *(name for name in copies if name in self.sketch.parts))


def stepwise(graph: Graph, sketch: Sketch) -> frozenset[str]:
    """The parts of a sketch that have a value for each step: by the axis that is delayed, and by what they read.

    Raises:
        PictureError: nothing is delayed.
    """
    delayed = _delayed(graph)
    if not delayed:
        raise PictureError("nothing is delayed here, so there are no steps to unroll")
    axes, time = {name: _axes(graph, name) for name in graph.variables}, steps_of(graph)
    found = {name for name, own in axes.items() if own & time and name in sketch.parts}
    found |= {name for name in delayed if name in sketch.parts}
    fixed = {name for name, variable in graph.variables.items() if variable.observed} - found
    found |= {name for name, part in sketch.parts.items() if part.sort in ("delay", "switch")}
    return _onward(sketch, found, fixed)


def steps_of(graph: Graph) -> frozenset[str]:
    """The axes whose steps an unrolled graph has side by side: those along which something is delayed."""
    axes = {name: _axes(graph, name) for name in graph.variables}
    time = {axis for name, own in _delayed(graph).items() for axis in ((own,) if own else axes.get(name, ()))}
    observed = (found for name, found in axes.items() if graph.variables[name].observed)
    return frozenset(time) or frozenset(axis for found in observed for axis in found)


def _delayed(graph: Graph) -> dict[str, str]:
    """What is delayed, with the axis that is named for it, "" for none."""
    return {wire.source.owner: wire.axis for wire in graph.wires if wire.delay}


def _axes(graph: Graph, name: str) -> frozenset[str]:
    """The free axes of a variable whose type is written."""
    type_ = graph.variables[name].type
    return frozenset(axis for each in type_.axes for axis in each.names) if type_ else frozenset()


def _onward(sketch: Sketch, found: set[str], fixed: set[str]) -> frozenset[str]:
    """What follows from steps has steps, unless it is only looked up."""
    waiting = sorted(found)
    while waiting:
        name = waiting.pop()
        fresh = {link.target for link in sketch.links if link.source == name and not link.context} - found - fixed
        found |= fresh
        waiting.extend(sorted(fresh))
    return frozenset(name for name in found if sketch.parts[name].sort not in _BETWEEN)


def unrolled(sketch: Sketch, steps: frozenset[str], count: int) -> Unrolled:
    """The copies of a sketch over `count` steps; `steps` are the parts that have a copy in each."""
    copier = _Copier(sketch, steps, count)
    for link in sketch.links:
        copier.link(link)
    shared = tuple(name for name in copier.parts if name in sketch.parts)
    pairs = tuple(
        tuple(copy_of(name, step) for name in pair)
        for pair in sketch.pairs
        if steps.issuperset(pair)
        for step in range(1, count + 1)
    )
    made = Sketch(copier.parts, tuple(copier.links), pairs)
    by_step = tuple(
        tuple(copy_of(name, step) for name in sketch.parts if name in steps) for step in range(1, count + 1)
    )
    return Unrolled(made, by_step, shared, tuple(copier.delays), tuple(copier.starts))


def copy_of(name: str, step: int) -> str:
    """The name of the copy of a part in a step, counted from 1."""
    return f"{name}--{step}"


class _Copier:
    """Collects the copies of parts and links."""

    def __init__(self, sketch: Sketch, steps: frozenset[str], count: int) -> None:
        self.sketch = sketch
        self.steps = steps
        self.times = range(1, count + 1)
        self.links: list[Link] = []
        self.delays: dict[str, int] = {}
        self.starts: dict[str, None] = {}
        things = {name: part for name, part in sketch.parts.items() if part.sort not in _BETWEEN}
        self.parts = {name: part for name, part in things.items() if name not in steps}
        for step in self.times:
            self.parts |= {copy_of(n, step): _at(part, step) for n, part in things.items() if n in steps}

    def link(self, link: Link) -> None:
        """The copies of one link; what comes through a delay comes from an earlier step."""
        if self.sketch.parts[link.target].sort in _BETWEEN:
            return
        delay, start = self.behind(link.source)
        for step in self.times if link.target in self.steps else (0,):
            target = copy_of(link.target, step) if step else link.target
            if delay:
                self.add(link, self.delayed(delay, start, step), target, step)
                continue
            many = link.source in self.steps
            for at in (step,) if step else self.times:
                self.add(link, copy_of(link.source, at) if many else link.source, target, at if many else step)
                if not many:
                    break

    def add(self, link: Link, source: str, target: str, step: int) -> None:
        """The copy of a link in one step, 0 for what has none."""
        self.links.append(link._replace(name=f"{link.name}--{step}", source=source, target=target))

    def behind(self, name: str) -> tuple[str, str]:
        """The delay that a part is or switches, and the initial value beside it."""
        if self.sketch.parts[name].sort == "delay":
            return name, ""
        if self.sketch.parts[name].sort == "switch":
            delay, start = self.sketch.sources(name)
            return delay, start
        return "", ""

    def delayed(self, delay: str, start: str, step: int) -> str:
        """What a step reads through a delay: the delay between two copies, or what was there before the first."""
        found = _STEPS.match(delay)
        before = step - (int(found[1]) if found else 1)
        source = self.sketch.sources(delay)[0]
        if before < 1:
            return self.start(source, start, before)
        name = f"{delay}--{before}"
        if name not in self.parts:
            title = f"{self.sketch.parts[delay].title}, from step {before} to {step}"
            self.parts[name] = replace(self.sketch.parts[delay], name=name, title=title)
            self.delays[name] = before
            held = copy_of(source, before) if source in self.steps else source
            # Called after the step that it leads to, as the link behind it is.
            self.links.append(Link(f"{source}-{delay}--{step}", held, name))
        return name

    def start(self, source: str, start: str, step: int) -> str:
        """The part that stands for a value before the first step."""
        if start in self.parts:
            return start
        name = f"start--{source}-{-step}"
        if name not in self.parts:
            given = self.sketch.parts.get(start)
            part = given or _at(self.sketch.parts[source], step)
            title = f"initial value of {source}"
            self.parts[name] = replace(part, name=name, sort="start", title=title)
            self.starts[name] = None
        return name


def _at(part: Part, step: int) -> Part:
    """The copy of a part in one step: a variable and a cost carry its number below."""
    title = f"{part.title}, step {step}"
    words = part.sort == "module"
    tex = part.tex if words else _numbered(part.tex, step)
    return replace(part, name=copy_of(part.name, step), title=title, tex=tex)


def _numbered(tex: str, step: int) -> str:
    r"""A symbol with the number of its step below, beside what stands there already.

    >>> _numbered(r"\boldsymbol{h}", 2), _numbered(r"h_{x}", 2)
    ('\\boldsymbol{h}_{2}', 'h_{x,2}')
    """
    found = _SUBSCRIPT.match(tex)
    return f"{found[1]},{step}}}" if found else f"{tex}_{{{step}}}"
