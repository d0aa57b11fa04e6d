"""Pictures: a graph becomes a scene, and each format is a small writer of the same scene."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Any

from archgraph.core.pause import collector_paused
from archgraph.draw import touching, writers
from archgraph.draw.letters.typeface import lettered
from archgraph.draw.look import Look
from archgraph.draw.marks.heading import heading
from archgraph.draw.roles import roles, shown, steps
from archgraph.draw.scene import Scene
from archgraph.draw.slide import slide
from archgraph.draw.staging.frames import frames
from archgraph.draw.staging.highlight import highlighted, way
from archgraph.draw.theme import THEMES
from archgraph.draw.writer import Options, Writer
from archgraph.graph.module import Graph

__all__ = [
    "Look",
    "Options",
    "Scene",
    "Writer",
    "built",
    "draw",
    "extract",
    "formats",
    "write",
    "write_pages",
    "writer_of",
]


@collector_paused()
def draw(graph: Graph, **look: Any) -> Scene:
    """The slide of a graph.

    Args:
        graph: what to draw.
        look: how, as the fields of `Look`.

    Raises:
        ValueError: an unknown theme or depth, or a label that cannot be set.
    """
    wanted = Look(**look)
    wanted.check()
    theme = THEMES[wanted.theme]
    parts = shown(graph, wanted)
    drawn = {name.removesuffix("--1") for name in parts.parts}
    head = heading(graph, wanted.title, wanted.legend)
    head = head._replace(entries=tuple(entry for entry in head.entries if entry.name in drawn))
    lit = way(parts, wanted.highlight) if wanted.highlight else None
    with lettered(wanted.font):
        if wanted.depth:
            from archgraph.draw.inside.picture import opened  # a slide waits for nothing that it does not show

            scene = opened(graph, head, wanted.depth, theme, parts=parts)
        else:
            scene = touching.joined(slide(head, roles(graph, wanted), theme), parts)
    return highlighted(scene, parts, lit) if lit else scene


@cache
def formats() -> dict[str, Writer]:
    """The writers by file ending, found as the constant `WRITER` of each module of their folder."""
    names = (f"{writers.__name__}.{info.name}" for info in pkgutil.iter_modules(writers.__path__))
    modules = (importlib.import_module(name) for name in names)
    found = [module.WRITER for module in modules if hasattr(module, "WRITER")]
    return {writer.suffix: writer for writer in sorted(found, key=lambda writer: writer.suffix)}


def writer_of(suffix: str) -> Writer | None:
    """The writer of a file ending, or None. One whose module is called after the ending is found without the others."""
    suffix = suffix.lower().lstrip(".")
    if suffix in {info.name for info in pkgutil.iter_modules(writers.__path__)}:
        writer: Writer | None = getattr(importlib.import_module(f"{writers.__name__}.{suffix}"), "WRITER", None)
        if writer is not None and writer.suffix == suffix:
            return writer
    return formats().get(suffix)


@collector_paused()
def write(scene: Scene, suffix: str, options: Options | None = None) -> bytes:
    """The scene in the format of a file ending, such as "svg".

    Raises:
        ValueError: an unknown ending; the message lists the known.
    """
    return _writer(suffix).write(scene, options or Options())


def _writer(suffix: str) -> Writer:
    writer = writer_of(suffix)
    if writer is None:
        raise ValueError(f"unknown picture format {suffix.lower().lstrip('.')!r}; known are {', '.join(formats())}")
    return writer


def built(scene: Scene, graph: Graph, **look: Any) -> tuple[Scene, ...]:
    """The frames of a build of a scene that `draw` made of a graph with the same look, each with more in it."""
    return frames(scene, steps(graph, Look(**look)))


def write_pages(scenes: Sequence[Scene], suffix: str, options: Options | None = None) -> tuple[bytes, ...]:
    """The scenes as one file where the format has pages, as a file each where it has none.

    Raises:
        ValueError: an unknown ending.
    """
    writer = _writer(suffix)
    how = options or Options()
    return (writer.pages(scenes, how),) if writer.pages else tuple(writer.write(scene, how) for scene in scenes)


def extract(data: bytes, suffix: str) -> str:
    """The spec that a picture was drawn from, taken out of the bytes of a file; "" for a picture without one.

    Raises:
        ValueError: an ending whose format keeps no spec, or bytes that are not of that format.
    """
    suffix = suffix.lower().lstrip(".")
    keepers = {ending: writer.extract for ending, writer in formats().items() if writer.extract}
    if suffix not in keepers:
        raise ValueError(f"pictures in {suffix!r} keep no spec; those in {', '.join(keepers)} do")
    return keepers[suffix](data)
