"""Pictures of a program, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgraph.core.dims import Dim
from archgraph.graph.module import Graph
from archgraph.graph.program import Program

if TYPE_CHECKING:
    from archgraph.draw import Options
    from archgraph.draw.look import Look
    from archgraph.draw.scene import Scene

# What is drawn around the picture that a look says.
_ADDED = ("shapes", "equations")


def keeps(path: Path) -> bool:
    """Whether a picture of that ending keeps the spec that it was drawn from."""
    from archgraph.draw import writer_of

    writer = writer_of(_suffix(path))
    return writer is not None and writer.extract is not None


def render_program(
    program: Program | Graph, path: Path, *, builds: Path | None = None, **options: Any
) -> tuple[Path, ...]:
    """Draw a program to a file, or to the files of a build.

    Args:
        program: what to draw; of a graph alone nothing is known of its types.
        path: where to; its ending says the format.
        builds: the folder for the frames of a build, which are called after `path`.
        options: those of `archgraph.draw.draw` and of `archgraph.draw.Options`, such as `theme` and `dpi`; and
            `shapes`, whether the axes of tensors stand beside their wires; `equations`, whether those of the model
            stand under the picture, or "only" for them alone, which in `.tex` is LaTeX and no drawing.

    Returns:
        The files that were written.

    Raises:
        ValueError: an unknown format or option.
        OSError: a file cannot be written; the old one is as it was.
    """
    from archgraph.draw import formats, writer_of

    suffix = _suffix(path)
    if writer_of(suffix) is None:
        raise ValueError(f"unknown picture format '{suffix}'; known are {', '.join(formats())}")
    how, look = sorted_options(options)
    if builds is None:
        written = {path: _written(program, suffix, how, look)}
    else:
        builds.mkdir(parents=True, exist_ok=True)
        written = _built(program, builds / path.name, how, look)
    for file, data in written.items():
        _replace(file, data)
    return tuple(written)


def sorted_options(options: dict[str, Any]) -> tuple[Options, dict[str, Any]]:
    """The options of the writer, and those of the picture."""
    from archgraph.draw import Options
    from archgraph.draw.look import Look

    # What is None is left as it is without.
    options = {name: value for name, value in options.items() if value is not None}
    names = {field.name for field in fields(Options)}
    look = {name: value for name, value in options.items() if name not in names}
    if unknown := sorted(look.keys() - {*Look._fields, *_ADDED}):
        raise TypeError(f"a picture has no option {unknown[0]!r}")
    how = Options(**{name: value for name, value in options.items() if name in names})
    return how, look


def write_scene(scene: Scene, path: str | os.PathLike[str]) -> None:
    """Write a scene to a file; its ending says the format.

    Raises:
        ValueError: an unknown format.
        OSError: the file cannot be written; the old one is as it was.
    """
    from archgraph.draw import write

    _replace(Path(path), write(scene, _suffix(Path(path))))


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _built(program: Program | Graph, path: Path, how: Options, look: dict[str, Any]) -> dict[Path, bytes]:
    """The frames of a build: in one file where the format has pages, else in numbered ones."""
    from archgraph.draw import built, write_pages, writer_of
    from archgraph.draw.errors import PictureError

    if look.get("equations") == "only":
        raise PictureError("equations alone are not built up step by step")
    wanted = {name: value for name, value in look.items() if name not in _ADDED}
    scenes = built(scene_of(program, **look), _graph(program), **wanted)
    pages = write_pages(scenes, _suffix(path), how)
    writer = writer_of(_suffix(path))
    if writer is not None and writer.pages is not None:
        return {path: pages[0]}
    digits = len(str(len(pages)))
    return {path.with_name(f"{path.stem}-{n:0{digits}}{path.suffix}"): data for n, data in enumerate(pages, 1)}


def _graph(program: Program | Graph) -> Graph:
    return program.graph if isinstance(program, Program) else program


def _written(program: Program | Graph, suffix: str, how: Options, look: dict[str, Any]) -> bytes:
    """The bytes of a picture; of equations alone, as TeX, their source."""
    from archgraph.draw import write

    if suffix == "tex" and look.get("equations") == "only":
        from archgraph.draw.equations.page import source

        return source(_graph(program), _plain(look), how).encode("utf-8")
    scene = scene_of(program, **look)
    if suffix == "html" and look.get("equations") != "only":
        how = replace(how, deeper=_deeper(program, scene, look), facts=_facts(program, look.get("unroll", 0)))
    return write(scene, suffix, how)


def _deeper(program: Program | Graph, scene: Scene, look: dict[str, Any]) -> tuple[Scene, ...]:
    """The further depths of a picture, where they show more and the look allows them."""
    from archgraph.draw.errors import PictureError
    from archgraph.draw.look import DEPTHS

    found = [scene]
    with suppress(PictureError):
        for depth in DEPTHS[look.get("depth", 0) + 1 :]:
            deeper = scene_of(program, **{**look, "depth": depth})
            if deeper.items != found[-1].items:
                found.append(deeper)
    return tuple(found[1:])


def _facts(program: Program | Graph, unroll: int) -> tuple[tuple[str, str], ...]:
    from archgraph.compiler.facts import facts

    return facts(program, unroll=unroll) if isinstance(program, Program) else ()


def scene_of(program: Program | Graph, *, shapes: bool = False, equations: bool | str = False, **look: Any) -> Scene:
    """The picture of a program, with what its look adds."""
    from archgraph.draw import draw, wishes

    wishes.flag("shapes", shapes)
    if not isinstance(equations, bool) and equations != "only":
        raise TypeError(f"equations is {equations!r}, and must be True, False or 'only'")
    if equations == "only":
        return _equated(program, None, look)
    scene = draw(_graph(program), **look)
    if shapes and isinstance(program, Program):
        scene = _labelled(program, scene, _plain(look))
    return _equated(program, scene, look) if equations else scene


# What few pictures need is loaded by those alone: a slide waits for nothing else.


def _equated(program: Program | Graph, scene: Scene | None, look: dict[str, Any]) -> Scene:
    from archgraph.draw.equations.page import page, under

    graph = _graph(program)
    return page(graph, _plain(look)) if scene is None else under(scene, graph, _plain(look))


def _labelled(program: Program, scene: Scene, look: Look) -> Scene:
    from archgraph.draw.marks.axes import labelled
    from archgraph.draw.theme import THEMES

    return labelled(scene, _axes(program, unroll=look.unroll), THEMES[look.theme])


def _plain(look: dict[str, Any]) -> Look:
    """The look of a picture without what is added to it."""
    from archgraph.draw.look import Look

    return Look(**{name: value for name, value in look.items() if name not in _ADDED})


def _axes(program: Program, *, unroll: int) -> dict[str, str]:
    """The axes of each variable and of each node with one output, by name and path; of copies, those of one step."""
    from archgraph.draw.staging.unroll import copy_of, steps_of

    types = {name: value.type for name, value in program.variables.items()}
    for path, facts in program.nodes():
        if len(facts.results) == 1:
            types[path] = next(iter(facts.results.values())).type
    found = {name: _shown(type.axes) for name, type in types.items()}
    if unroll:
        time = steps_of(program.graph)
        steps = {
            name: [axis for axis in type.axes if not time.intersection(axis.names)] for name, type in types.items()
        }
        found |= {copy_of(name, 1): _shown(axes) for name, axes in steps.items()}
    return found


def _shown(axes: Iterable[Dim]) -> str:
    return " × ".join(f"({axis.shown})" if axis.segments else axis.shown for axis in axes)


def _suffix(path: Path) -> str:
    return path.suffix.lstrip(".").lower()
