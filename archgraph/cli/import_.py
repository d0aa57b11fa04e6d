"""`archgraph import`: the spec of a published checkpoint, of a family that ships."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from archgraph.cli.files import write
from archgraph.cli.library import Shipped, families
from archgraph.cli.new import copy


@click.command("import")
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The spec's file.  [default: NAME.yaml]")
def import_(checkpoint: Path, output: Path | None) -> None:
    """Write the spec of a checkpoint: a folder with config.json, or that file alone.

    The spec extends the one of its family, which is copied beside it; nothing is overwritten.
    """
    from archgraph import compiler
    from archgraph.weights.config import settings
    from archgraph.weights.source import CONFIG, read_json

    file = checkpoint / CONFIG if checkpoint.is_dir() else checkpoint
    config = read_json(file)
    family = _family(config, file)
    rules = compiler.program(family.path).graph.weights
    assert rules is not None
    params = settings(rules, config, file)
    compiler.program(family.path, params=params)
    path = output or Path(f"{_name(file.resolve().parent.name)}.yaml")
    if path.exists() or path.name == family.path.name:
        raise click.UsageError(f"'{path.as_posix()}' is there already, or is the family's own; name another with -o")
    copy(family, path.parent)
    write(path, _text(family, path, params).encode("utf-8"))
    click.echo(path.as_posix())
    if checkpoint.is_dir() and any(checkpoint.glob("*.safetensors")):
        _tell(path, checkpoint)


def _family(config: Mapping[str, Any], file: Path) -> Shipped:
    """The spec that holds for a config."""
    from archgraph.core.suggest import nearest
    from archgraph.weights.errors import WeightsError

    known = families()
    name = str(config.get("model_type"))
    if name not in known:
        near = nearest(name, known)
        listed = f"the known ones are {', '.join(known)}"
        raise WeightsError(
            f"{file}: no spec that ships is of the family '{name}'",
            f"did you mean '{near}'? {listed}" if near else listed,
        )
    return known[name]


def _text(family: Shipped, path: Path, params: Mapping[str, object]) -> str:
    written = [f"  {name}: {_value(value)}" for name, value in params.items()]
    head = ["archgraph: 1", f"extends: {family.path.name}", f"name: {_name(path.stem)}", "params:"]
    return "\n".join([f"# {family.name} at the sizes of a published checkpoint.", *head, *written]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _name(text: str) -> str:
    """A name of the language, as near to a text as may be."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    return plain if plain[:1].isalpha() else f"model_{plain}".rstrip("_")


def _tell(path: Path, checkpoint: Path) -> None:
    """What becomes of each tensor, where torch is there to tell the shapes of a model."""
    from importlib.util import find_spec

    from archgraph import compiler

    if find_spec("torch"):
        click.echo(str(compiler.account(path, checkpoint)))


COMMAND = import_
