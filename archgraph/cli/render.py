"""`archgraph render`: the picture of a spec."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import click
from click.core import ParameterSource

from archgraph.cli import watch as watching
from archgraph.cli.files import unwritable
from archgraph.cli.options import STDIN, Choice, Real, choice_of, choice_options, source
from archgraph.cli.pictures import COLOURS, drawable
from archgraph.cli.staging import shown, staging_options

LOOKS = ("theme", "shapes", "equations", "title", "legend", "font", "transparent", "snippet", "width", "dpi")


@click.command("render")
@click.argument("spec")
@choice_options
@click.option(
    "-o",
    "--output",
    "outputs",
    type=click.Path(path_type=Path),
    multiple=True,
    help="The picture; its ending says the format.  Without it, the name of the spec with .svg.",
)
@click.option(
    "--depth",
    type=click.Choice(["0", "1", "2", "3"]),
    default="0",
    show_default=True,
    help="0 shows the roles, 1 the blocks inside them, 2 every operation, 3 what is inside attention.",
)
@click.option("--theme", default="dark", show_default=True, metavar="NAME", help=f"The colours: {COLOURS}.")
@click.option("--shapes", is_flag=True, help="Write the axes of tensors beside their wires.")
@click.option("--equations", is_flag=True, help="Write the equations of the model under the picture or beside it.")
@click.option("--equations-only", is_flag=True, help="Draw the equations alone; as .tex, write them in LaTeX.")
@staging_options
@click.option("--title", help='The title in place of the spec\'s own; "" for none.')
@click.option("--legend/--no-legend", default=True, show_default=True, help="Whether labels get a line each.")
@click.option(
    "--font",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="A TrueType or OpenType font for words, in place of the one that comes along.",
)
@click.option("--transparent", is_flag=True, help="Leave the ground unpainted.")
@click.option("--snippet", is_flag=True, help="Write TikZ to read into a document, not a document.")
@click.option("--width", type=click.IntRange(1, 16_384), help="The width of a PNG in pixels; it wins over --dpi.")
@click.option("--dpi", type=Real(1, 1_200), default=144.0, show_default=True, help="The density of a PNG.")
@click.option("--watch", is_flag=True, help="Draw again whenever the spec is saved, until Ctrl-C.")
def render(spec: str, outputs: tuple[Path, ...], watch: bool, **options: Any) -> None:
    """Draw a spec; --output may be given several times."""
    paths = outputs or (_beside(spec),)
    drawable(paths, options["theme"])
    _used(paths, options)
    looks = looks_of(options)
    _foldered(paths, looks)
    given, choice = source(spec), choice_of(options)
    drawing = _Drawing(paths, {**looks, **choice.keywords})
    if not watch:
        drawing.draw(given)
    elif isinstance(given, Path):
        _watched(given, drawing, choice)
    else:
        raise click.UsageError("standard input cannot be watched: name a file")


def _used(paths: tuple[Path, ...], options: dict[str, Any]) -> None:
    """Refuse options that no output would show."""
    endings = {path.suffix.lower() for path in paths}
    asked = click.get_current_context().get_parameter_source
    for name, ending in (("width", ".png"), ("dpi", ".png"), ("snippet", ".tex")):
        if ending not in endings and asked(name) == ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} is for {ending}, and no output ends so")


def looks_of(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a picture that were given, taken out of a command's; refuses two ways of one thing."""
    if options["equations"] and options["equations_only"]:
        raise click.UsageError("--equations and --equations-only are two ways: give one")
    if options["highlight"] is not None and not options["highlight"].strip():
        raise click.BadParameter("it names nothing", param_hint="--highlight")
    options["equations"] = "only" if options.pop("equations_only") else options["equations"]
    options["font"] = options["font"] or ""
    looks = {name: options.pop(name) for name in LOOKS if name in options}
    return {"depth": int(options.pop("depth")), **looks, **shown(options)}


@dataclass(frozen=True)
class _Drawing:
    """Where to draw, and how."""

    paths: tuple[Path, ...]
    options: dict[str, Any]

    def draw(self, spec: Path | BinaryIO) -> None:
        """Draw to all paths and tell of each."""
        for path in self.paths:
            for file in self.drawn(spec, path):
                click.echo(file.as_posix())

    def drawn(self, spec: Path | BinaryIO, path: Path) -> tuple[Path, ...]:
        """Draw to one path."""
        from archgraph import compiler
        from archgraph.draw.errors import PictureError

        try:
            return compiler.render(spec, path, **self.options)
        except OSError as fault:
            raise unwritable(path, fault) from fault
        except PictureError as fault:
            raise click.ClickException(f"this cannot be drawn: {fault}") from fault


def _watched(spec: Path, drawing: _Drawing, choice: Choice) -> None:
    """Draw whenever the spec or a file that it consists of changes; the last good picture stays."""
    from archgraph import compiler
    from archgraph.core.diagnostic import SpecError

    def act() -> tuple[Path, ...]:
        report = compiler.check(spec, **choice.keywords)
        try:
            drawing.draw(spec)
        except SpecError as fault:
            click.echo(str(fault), err=True)
        except click.ClickException as fault:
            fault.show()
        return report.files

    click.echo(f"watching {spec.as_posix()} until Ctrl-C", err=True)
    with suppress(KeyboardInterrupt):
        watching.watch(act, watching.ticks())


def _foldered(paths: tuple[Path, ...], looks: dict[str, Any]) -> None:
    """Refuse an output with a folder of its own where the frames of a build have theirs."""
    for path in paths:
        if "builds" in looks and path.name != str(path):
            message = f"'{path.as_posix()}' is in a folder; the frames go to that of --builds, and take the name alone"
            raise click.BadParameter(message, param_hint="--output")


def _beside(spec: str) -> Path:
    if spec == STDIN:
        raise click.UsageError("say where to write the picture of standard input, with --output FILE")
    return Path(Path(spec).stem + ".svg")


COMMAND = render
