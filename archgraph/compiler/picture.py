"""Pictures of a program, written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgraph.graph.program import Program

if TYPE_CHECKING:
    from archgraph.draw import Options
    from archgraph.draw.scene import Scene


def keeps(path: Path) -> bool:
    """Whether a picture of that ending keeps the spec that it was drawn from."""
    from archgraph.draw import writer_of

    writer = writer_of(_suffix(path))
    return writer is not None and writer.extract is not None


def render_program(program: Program, path: Path, **options: Any) -> None:
    """Draw a program to a file.

    Args:
        program: what to draw.
        path: where to; its ending says the format.
        options: those of `archgraph.draw.draw` and of `archgraph.draw.Options`, such as `theme` and `dpi`; and
            `shapes`, whether the axes of tensors stand beside their wires; `equations`, whether those of the model
            stand under the picture, or "only" for them alone, which in `.tex` is LaTeX and no drawing.

    Raises:
        ValueError: an unknown format or option.
        OSError: the file cannot be written; the old one is as it was.
    """
    from archgraph.draw import Options, formats, writer_of

    suffix = _suffix(path)
    if writer_of(suffix) is None:
        raise ValueError(f"unknown picture format '{suffix}'; known are {', '.join(formats())}")
    names = {field.name for field in fields(Options)}
    how = Options(**{name: value for name, value in options.items() if name in names})
    look = {name: value for name, value in options.items() if name not in names}
    data = _written(program, suffix, how, look)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _written(program: Program, suffix: str, how: Options, look: dict[str, Any]) -> bytes:
    """The bytes of a picture; of equations alone, as TeX, their source."""
    from archgraph.draw import write

    if suffix == "tex" and look.get("equations") == "only":
        from archgraph.draw.equations.page import source

        text = source(program.graph, look.get("depth", 0), look.get("theme", "dark"), options=how)
        return text.encode("utf-8")
    return write(_scene(program, **look), suffix, how)


def _scene(program: Program, *, shapes: bool = False, equations: bool | str = False, **look: Any) -> Scene:
    from archgraph.draw import draw
    from archgraph.draw.axes import labelled
    from archgraph.draw.equations.page import page, under
    from archgraph.draw.theme import THEMES

    depth, theme = look.get("depth", 0), look.get("theme", "dark")
    if equations == "only":
        return page(program.graph, depth, theme)
    scene = draw(program.graph, **look)
    if shapes:
        scene = labelled(scene, _axes(program), THEMES[theme])
    return under(scene, program.graph, depth, theme=theme) if equations else scene


def _axes(program: Program) -> dict[str, str]:
    """The axes of each variable and of each node with one output, by name and path."""
    types = {name: value.type for name, value in program.variables.items()}
    for path, facts in program.nodes():
        if len(facts.results) == 1:
            types[path] = next(iter(facts.results.values())).type
    return {name: " × ".join(str(axis) for axis in type.axes) for name, type in types.items()}


def _suffix(path: Path) -> str:
    return path.suffix.lstrip(".").lower()
