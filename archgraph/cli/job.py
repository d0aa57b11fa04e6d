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


def job_of(spec: Path | BinaryIO, choice: Choice, warm: str | None = None) -> Job:
    """Return the job of a spec, whose weights begin as those of the checkpoint `warm` where they fit.

    Raises:
        SpecError: the spec has errors.
    """
    from pathlib import Path

    from archgraph import compiler
    from archgraph.train.field import Field
    from archgraph.train.trainer import Job

    graph = compiler.trainable(spec, **choice.keywords).graph
    text = compiler.resolved(spec, **choice.keywords)
    fields = tuple(Field.of(variable, graph.sizes) for variable in graph.variables.values() if variable.observed)
    resolved = build_from(text, warm)

    def build(sizes: Mapping[str, int]) -> Any:
        # What data tells may be at fault: that is said of the spec as it was written, not of its resolved text.
        compiler.program(spec, variant=choice.variant, params={**choice.params, **sizes})
        return resolved(sizes)

    return Job(text, fields, build, root=spec.parent if isinstance(spec, Path) else None)


def job_again(record: Record) -> Job:
    """Return the job of a checkpoint, to go on with."""
    from archgraph.train.trainer import Job

    return Job(record.spec, record.fields, build_from(record.spec))


def build_from(text: str, warm: str | None = None) -> Callable[[Mapping[str, int]], Any]:
    """Return the function that makes the module of a resolved spec, given what the data decided.

    With `warm`, it says what becomes of each weight of that checkpoint.
    """

    # No type of torch is named here: reading the command line must not need torch.
    def build(sizes: Mapping[str, int]) -> Any:
        from archgraph import compiler

        if warm is None:
            return compiler.compile(text, params=dict(sizes))
        model, account = compiler.warm_start(text, warm, params=dict(sizes))
        click.echo(str(account))
        return model

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
