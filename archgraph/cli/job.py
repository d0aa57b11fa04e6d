"""From a spec or a checkpoint to what the trainer and the sampler take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from archgraph.cli.options import Choice

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from archgraph.train.record import Record
    from archgraph.train.trainer import Job


def job_of(spec: Path | BinaryIO, choice: Choice) -> Job:
    """Return the job of a spec.

    Raises:
        SpecError: the spec has errors.
    """
    from pathlib import Path

    from archgraph import compiler
    from archgraph.train.field import Field
    from archgraph.train.trainer import Job

    given: Path | bytes = spec if isinstance(spec, Path) else spec.read()
    graph = compiler.trainable(given, **choice.keywords).graph
    text = compiler.resolved(given, **choice.keywords)
    fields = tuple(Field.of(variable) for variable in graph.variables.values() if variable.observed)
    return Job(text, fields, build_from(text), root=given.parent if isinstance(given, Path) else None)


def job_again(record: Record) -> Job:
    """Return the job of a checkpoint, to go on with."""
    from archgraph.train.trainer import Job

    return Job(record.spec, record.fields, build_from(record.spec))


def build_from(text: str) -> Callable[[Mapping[str, int]], Any]:
    """Return the function that makes the module of a resolved spec, given what the data decided."""

    # No type of torch is named here: reading the command line must not need torch.
    def build(sizes: Mapping[str, int]) -> Any:
        from archgraph import compiler

        return compiler.compile(text, params=dict(sizes))

    return build


def rows_by_name(words: tuple[str, ...]) -> dict[str, list[str]]:
    """Return texts by variable from words of the form `x=TEXT`.

    Raises:
        click.BadParameter: another form, or variables with unequal numbers of texts.
    """
    rows: dict[str, list[str]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise click.BadParameter(f"'{word}' is not of the form name=text", param_hint="--input")
        rows.setdefault(name, []).append(text)
    if len({len(texts) for texts in rows.values()}) > 1:
        raise click.BadParameter("each input needs as many texts as the others", param_hint="--input")
    return rows
