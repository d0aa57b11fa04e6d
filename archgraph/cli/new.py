"""`archgraph new`: start from a spec that ships with the package."""

from __future__ import annotations

from pathlib import Path

import click

from archgraph.cli.files import unwritable
from archgraph.cli.library import Shipped, family, library


@click.command("new")
@click.argument("name", required=False)
@click.argument("folder", required=False, default=".", type=click.Path(path_type=Path))
def new(name: str | None, folder: Path) -> None:
    """Copy a spec that ships with archgraph; overwrite nothing.

    What the spec extends or includes comes along.

    FOLDER is the working directory unless given.  Without NAME, the specs are listed.
    """
    from archgraph.core.suggest import nearest

    specs = library()
    if name is None:
        _list(specs)
    elif name in specs:
        copy(specs[name], folder)
    else:
        near = nearest(name, specs)
        hint = f"did you mean '{near}'?" if near else "`archgraph new` lists them"
        raise click.BadParameter(f"there is no spec '{name}': {hint}", param_hint="NAME")


def _list(specs: dict[str, Shipped]) -> None:
    width = max(map(len, specs), default=0)
    for spec in specs.values():
        click.echo(f"{spec.name:{width}}  {spec.teaches}".rstrip())


def copy(spec: Shipped, folder: Path) -> None:
    """Copy a spec with all files that it names, or none: each target is looked at before the first is written.

    Raises:
        click.UsageError: another file is in the way.
    """
    targets = [(path, folder / path.relative_to(spec.path.parent)) for path in family(spec)]
    missing = [(path, target) for path, target in targets if not _same(path, target)]
    taken = next((target for _, target in missing if target.exists()), None)
    if taken is not None:
        raise click.UsageError(f"'{taken.as_posix()}' is there already, and is not overwritten")
    for path, target in missing:
        _write(path, target)
        click.echo(target.as_posix())
    if not missing:
        click.echo(f"'{targets[0][1].as_posix()}' is there already, as it ships")


def _same(path: Path, target: Path) -> bool:
    """Whether a parent stands there as it ships, from an earlier `new`."""
    return target.is_file() and target.read_bytes() == path.read_bytes()


def _write(path: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:  # "x" refuses a file that came up in the meantime.
            file.write(path.read_bytes())
    except OSError as fault:
        raise unwritable(target, fault) from fault


COMMAND = new
