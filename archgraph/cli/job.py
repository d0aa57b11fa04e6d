"""From a spec or a checkpoint to what the trainer and the sampler take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from archgraph.cli.options import Choice
from archgraph.train.errors import TrainError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from archgraph.graph.module import Graph
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


def predicted(graph: Graph, wanted: str | None) -> tuple[str, str]:
    """Return the target that is generated and the prediction that a cost compares with it.

    Args:
        graph: the graph.
        wanted: the target's name; None where there is but one.

    Raises:
        TrainError: no such target, or it is not the only one.
    """
    pairs = _pairs(graph)
    if wanted is None and len(pairs) == 1:
        return next(iter(pairs.items()))
    if wanted in pairs:
        return str(wanted), pairs[str(wanted)]
    listed = ", ".join(pairs) or "none"
    fact = f"no target '{wanted}' with a prediction" if wanted else "there is not one target to generate"
    raise TrainError(f"{fact}; there are: {listed}", "name one with --target" if pairs else "")


def _pairs(graph: Graph) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in graph.nodes:
        kinds = {
            graph.variables[w.source.owner].kind: w.source.owner
            for w in graph.into(node)
            if w.source.owner in graph.variables
        }
        if "target" in kinds and "prediction" in kinds:
            found.setdefault(kinds["target"], kinds["prediction"])
    return found


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
