"""The roles of a graph in use: it reads its own prediction, delayed, in the place of the target."""

from __future__ import annotations

from dataclasses import replace

from archgraph.draw.errors import PictureError
from archgraph.draw.sketch import Link, Part, Sketch

_OBJECTIVES = ("cost", "regulariser", "loss")


def generating(sketch: Sketch) -> Sketch:
    """The same parts without targets and objectives, predictions fed back through the delays of their targets.

    What only a target of the same step could tell is gone; a latent that it told is drawn from its prior.

    Raises:
        PictureError: no prediction is left.
    """
    targets = {name: prediction(sketch, name) for name, part in sketch.parts.items() if part.what == "target"}
    predictions = [name for name, part in sketch.parts.items() if part.what == "prediction"]
    if not predictions:
        raise PictureError("nothing here predicts, so there is nothing to generate")
    gone = _gone(sketch, set(targets))
    for name in predictions:
        if name in gone:
            raise PictureError(f"'{name}' cannot be generated: it reads the target of its own step, without a delay")
    links = [_fed(link, targets, sketch) for link in sketch.links]
    links = [link for link in links if link.source not in gone and link.target not in gone]
    kept = _ancestors(predictions, links)
    parts = {name: _told(part, sketch, targets) for name, part in sketch.parts.items() if name in kept}
    pairs = tuple(pair for pair in sketch.pairs if kept.issuperset(pair))
    return Sketch(parts, tuple(link for link in links if {link.source, link.target} <= kept), pairs)


def prediction(sketch: Sketch, target: str) -> str:
    """The prediction that a cost compares with a target, "" for none."""
    for cost in sketch.targets(target):
        if sketch.parts[cost].what in _OBJECTIVES:
            for name in sketch.sources(cost):
                if sketch.parts[name].what == "prediction":
                    return name
    return ""


def _gone(sketch: Sketch, targets: set[str]) -> set[str]:
    """Targets, objectives, and all that reads a target at once; a delay holds what was before, a latent has a prior."""
    gone = targets | {name for name, part in sketch.parts.items() if part.what in _OBJECTIVES}
    waiting = sorted(targets)
    while waiting:
        for name in sketch.targets(waiting.pop()):
            part = sketch.parts[name]
            if name not in gone and part.sort != "delay" and part.what != "latent":
                gone.add(name)
                waiting.append(name)
    return gone


def _fed(link: Link, targets: dict[str, str], sketch: Sketch) -> Link:
    """A link, from the prediction where it came from the target into a delay."""
    prediction = targets.get(link.source, "")
    if not prediction or sketch.parts[link.target].sort != "delay":
        return link
    return link._replace(name=f"{prediction}-{link.target}", source=prediction, outlet="out")


def _ancestors(names: list[str], links: list[Link]) -> set[str]:
    found, waiting = set(names), list(names)
    while waiting:
        name = waiting.pop()
        more = {link.source for link in links if link.target == name} - found
        found |= more
        waiting.extend(sorted(more))
    return found


def _told(part: Part, sketch: Sketch, targets: dict[str, str]) -> Part:
    """A part with its title in use: the delay of a target is one of the prediction."""
    if part.sort != "delay":
        return part
    source = next(iter(sketch.sources(part.name)), "")
    prediction = targets.get(source, "")
    return (
        replace(part, title=part.title.replace(f"delay of {source} ", f"delay of {prediction} "))
        if prediction
        else part
    )
