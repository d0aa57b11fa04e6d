"""The order in which a picture tells its story: what each step of a build adds to those before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archgraph.draw.sketch import Sketch

Steps = tuple[tuple[str, ...], ...]

# What comes with what reads it, and has no step of its own.
_BETWEEN = ("delay", "start", "switch")
_OBSERVED = {"input": 0.0, "target": 0.1}
_COMPUTED, _FREE, _OBJECTIVE = 0.5, 5, 9
# Observations, what they become, what is predicted from that, and how good it is.
_ROLES = {"corruption": 1, "encoder": 1, "projector": 1, "predictor": 2, "node": 2, "sampler": 2, "decoder": 3}


def story(sketch: Sketch, builds: Iterable[Sequence[str]] = ()) -> Steps:
    """The parts that each step adds; without `builds`, one thing at a time in the order of the story.

    A delay comes with the first that reads it; one on a cycle is a step of its own, with its switch and initial value,
    or comes with the last that `builds` names of what it joins. What `builds` does not name is there from the first
    step.
    """
    chosen = [[name for name in step if name in sketch.parts] for step in builds]
    named = [step for step in chosen if step]
    return _named(sketch, named) if named else _told(sketch)


def _named(sketch: Sketch, steps: list[list[str]]) -> Steps:
    """The steps that the author wants, with what comes along."""
    known = {name for step in steps for name in step}
    steps[0] = [*(name for name in _things(sketch) if name not in known), *steps[0]]
    at = {name: index for index, step in enumerate(steps) for name in step}
    for name, part in sketch.parts.items():
        if part.sort in _BETWEEN:
            first = min((at[reader] for reader in _readers(sketch, name)), default=0)
            steps[max([first, *(at[source] for source in _joined(sketch, name))])].append(name)
    return tuple(map(tuple, steps))


def _told(sketch: Sketch) -> Steps:
    """One thing at a time."""
    steps = [[name] for name in _ordered(sketch)]
    at = {step[0]: index for index, step in enumerate(steps)}
    loops: dict[int, list[str]] = {}
    for name, part in sketch.parts.items():
        if part.sort in _BETWEEN:
            first = min((at[reader] for reader in _readers(sketch, name)), default=0)
            last = max((at[source] for source in _joined(sketch, name)), default=0)
            (loops.setdefault(last, []) if last > first else steps[first]).append(name)
    return tuple(tuple(found) for index, step in enumerate(steps) for found in (step, loops.get(index, [])) if found)


def _things(sketch: Sketch) -> list[str]:
    return [name for name, part in sketch.parts.items() if part.sort not in _BETWEEN]


def _joined(sketch: Sketch, name: str) -> tuple[str, ...]:
    """The things that a part between others comes from; an initial value comes from where its delay does."""
    if sketch.parts[name].sort == "start":
        return tuple(found for target in sketch.targets(name) for found in _joined(sketch, target))
    found: list[str] = []
    for source in sketch.sources(name):
        between = sketch.parts[source].sort
        if between != "start":
            found.extend(_joined(sketch, source) if between in _BETWEEN else (source,))
    return tuple(dict.fromkeys(found))


def _readers(sketch: Sketch, name: str) -> tuple[str, ...]:
    """The things that read a part, through delays and switches."""
    found: list[str] = []
    for target in sketch.targets(name):
        between = sketch.parts[target].sort in _BETWEEN
        found.extend(_readers(sketch, target) if between else (target,))
    return tuple(dict.fromkeys(found))


def _ordered(sketch: Sketch) -> list[str]:
    """Things after all that they read, those of one role together as far as that allows."""
    waiting = {name: _needed(sketch, name) for name in _things(sketch)}
    found: list[str] = []
    while waiting:
        ready = [name for name, needed in waiting.items() if not needed.intersection(waiting)] or list(waiting)
        found.append(min(ready, key=lambda name: _rank(sketch, name)))
        del waiting[found[-1]]
    return found


def _needed(sketch: Sketch, name: str) -> frozenset[str]:
    """The things that one reads; those that it reads through a delay only if they are observed."""
    found = set()
    for source in sketch.sources(name):
        while sketch.parts[source].sort in _BETWEEN and sketch.sources(source):
            source = sketch.sources(source)[0]
            if sketch.parts[source].sort not in _BETWEEN and not sketch.parts[source].observed:
                break
        else:
            found.add(source)
    return frozenset(found - {name})


def _rank(sketch: Sketch, name: str) -> float:
    part = sketch.parts[name]
    if part.sort == "objective" or part.what in ("cost", "regulariser", "loss"):
        return _OBJECTIVE
    if part.sort == "variable":
        return _OBSERVED[part.what] if part.observed else _COMPUTED if sketch.sources(name) else _FREE
    return _ROLES.get(part.what, 2)
