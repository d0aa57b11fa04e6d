"""What `import archgraph` offers. Nothing here imports torch but `compile`, and that only when called."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import Unpack

from archgraph.compiler.arguments import check_compile, check_flag, check_spec, chosen
from archgraph.compiler.build import Build
from archgraph.compiler.guards import guard_training
from archgraph.compiler.pages import faults
from archgraph.compiler.reading import SpecLike, analysed, leaking, tree_of
from archgraph.compiler.report import Report
from archgraph.compiler.resolve import resolved_text
from archgraph.compiler.schema import schema
from archgraph.core.diagnostic import Collector, SpecError, Stop
from archgraph.core.pause import collector_paused
from archgraph.core.reread import Reread
from archgraph.core.source import Mapping as Tree
from archgraph.graph.module import Graph
from archgraph.graph.program import Program
from archgraph.lang.build import Choice

if TYPE_CHECKING:
    from torch import nn

    from archgraph.compiler.notebook import Picture
    from archgraph.compiler.weighted import Match
    from archgraph.report.difference import Difference
    from archgraph.report.table import Table
    from archgraph.weights.match import Account

__all__ = [
    "Report",
    "account",
    "check",
    "compile",
    "diff",
    "emit",
    "equations",
    "faults",
    "program",
    "render",
    "resolved",
    "schema",
    "show",
    "summary",
    "trainable",
    "warm_start",
]


def check(
    spec: SpecLike, *, variant: str | None = None, params: Mapping[str, Any] | None = None, name: str = ""
) -> Report:
    """Check a spec.

    Args:
        spec: a path, a stream, bytes, or text (a string that holds a newline).
        variant: one of the spec's variants.
        params: params set from outside, over those of the file.
        name: what to call a text in diagnostics.

    Returns:
        The diagnostics, all at once. Nothing is raised for a faulty spec.
    """
    check_spec(spec)
    into, choice = Collector(), chosen(variant, params)
    found: Program | None = None
    with suppress(Stop), collector_paused():  # the fault that ended the phase is among the diagnostics
        found = analysed(tree_of(spec, name, into), choice, into)
    return Report(tuple(into), None if into.failed else found, tuple(dict.fromkeys(into.files)))


def trainable(spec: SpecLike, *, variant: str | None = None, params: Mapping[str, Any] | None = None) -> Program:
    """The program of a spec that has something to train by.

    Raises:
        SpecError: the spec has errors, no objective, or a latent that nothing computes.
    """
    found = program(spec, variant=variant, params=params)
    guard_training(found)
    return found


def program(spec: SpecLike, *, variant: str | None = None, params: Mapping[str, Any] | None = None) -> Program:
    """The program of a spec.

    Raises:
        SpecError: the spec has errors; the exception holds the diagnostics.
    """
    report = check(spec, variant=variant, params=params)
    if report.program is None:
        raise SpecError(report.diagnostics)
    return report.program


def diff(
    before: SpecLike, after: SpecLike, *, variant: str | None = None, params: Mapping[str, Any] | None = None
) -> Difference:
    """What one spec adds to another, takes from it, and changes in place.

    Raises:
        SpecError: one of them has errors.
    """
    from archgraph.report.difference import difference

    first, second = (program(spec, variant=variant, params=params).graph for spec in (before, after))
    return difference(first, second)


def resolved(spec: SpecLike, *, variant: str | None = None, params: Mapping[str, Any] | None = None) -> str:
    """The spec in one text: parents, blocks, variant and outside params settled into it. Checkpoints keep this.

    Raises:
        SpecError: the spec has errors.
    """
    into, choice = Collector(), chosen(variant, params)
    text = ""
    with suppress(Stop):  # what stopped it is among the diagnostics
        text = resolved_text(tree_of(spec, "", into), choice, into)
    if into.failed:
        raise SpecError(into)
    return text


def summary(spec: SpecLike, *, variant: str | None = None, params: Mapping[str, Any] | None = None) -> Table:
    """What a spec costs: a row per node with shapes, parameters, FLOPs and their share.

    Raises:
        SpecError: the spec has errors.
    """
    from archgraph.report.table import table

    return table(program(spec, variant=variant, params=params))


def emit(
    spec: SpecLike, *, variant: str | None = None, params: Mapping[str, Any] | None = None, stream: bool = True
) -> str:
    """The PyTorch source of a spec: readable, standalone, needing torch alone.

    Args:
        spec: a path, a stream, bytes, or text.
        variant: one of the spec's variants.
        params: params set from outside.
        stream: with `start` and `step`, by which a causal model goes step by step; `compile` runs the source with them.

    Raises:
        SpecError: the spec has errors, or a param that only data can tell.
    """
    from archgraph.compiler.load import source

    check_flag("stream", stream)
    return source(program(spec, variant=variant, params=params), stream=stream)


def show(
    spec: SpecLike,
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    name: str = "",
    **look: Any,
) -> Picture:
    """The picture of a spec, which shows itself in a notebook.

    Args:
        spec: a path, a stream, bytes, or text.
        variant: one of the spec's variants.
        params: params set from outside.
        name: what to call a text in diagnostics.
        look: as for `render`, such as `theme`, `depth` and `equations`.

    Raises:
        SpecError: the spec has errors.
        ValueError: an unknown theme or option.
    """
    from archgraph.compiler.notebook import picture

    check_spec(spec)
    into, choice = Collector(), chosen(variant, params)
    subject: Program | Graph | None = None
    with suppress(Stop):  # the fault that ended the phase is among the diagnostics
        subject = _subject(tree_of(spec, name, into), choice, into, look)
    if into.failed or subject is None:
        raise SpecError(into)
    return picture(subject, **look)


def _subject(tree: Tree, choice: Choice, into: Collector, look: dict[str, Any]) -> Program | Graph | None:
    """What to draw of a spec; where its leak is to be seen, the look gets the way of that."""
    if look.get("highlight") == "leak":
        graph, look["highlight"] = leaking(tree, choice)
        return graph
    return analysed(tree, choice, into)


def equations(
    spec: SpecLike,
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    depth: int = 0,
    theme: str | None = None,
) -> str:
    """The equations of a spec in LaTeX: an `align*` with a line for each variable and for the energy.

    Args:
        spec: a path, a stream, bytes, or text.
        variant: one of the spec's variants.
        params: params set from outside.
        depth: more than 0 adds what each module is made of.
        theme: the colours of the picture, by xcolor; None for none.

    Raises:
        SpecError: the spec has errors.
        ValueError: an unknown theme.
    """
    from archgraph.draw.equations.page import source
    from archgraph.draw.look import Look

    look = Look(depth=depth, theme=theme or "dark")
    return source(program(spec, variant=variant, params=params).graph, look, coloured=theme is not None)


def compile(  # the name is the interface's
    spec: SpecLike,
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    seed: int | None = None,
    weights: str | os.PathLike[str] | None = None,
    **build: Unpack[Build],
) -> nn.Module:
    """The module of a spec: an instance of the class that `emit` prints, loaded from exactly that source.

    Args:
        spec: a path, a stream, bytes, or text.
        variant: one of the spec's variants.
        params: params set from outside.
        seed: for the weights; torch's default generator is left as it was. None draws from it as torch does.
        weights: where they are: a published checkpoint, matched by the spec's section `weights`; a folder that `train`
            wrote; or a file of safetensors. Every weight and every tensor must have its place.
        build: `dtype` of the weights, such as torch.bfloat16; the costs are computed in float32 all the same. With
            `recompute`, repeated blocks keep their inputs alone in training, and run again for the gradient.

    Raises:
        SpecError: the spec has errors, or a param that only data can tell.
        TypeError: an argument is none of its kind.
        WeightsError: the weights are damaged, incomplete, unsafe, or of another model.
        ModuleNotFoundError: torch is not installed.
    """
    from archgraph.compiler.load import instantiate
    from archgraph.compiler.weighted import filled

    check_compile(seed, weights, build)
    if weights is not None:
        found = _matched(spec, chosen(variant, params), weights)
        found.account.need_all()
        return filled(found, seed, **build)
    model = instantiate(program(spec, variant=variant, params=params), seed, recompute=build.get("recompute", False))
    return model.to(build["dtype"]) if build.get("dtype") else model


def warm_start(
    spec: SpecLike,
    weights: str | os.PathLike[str],
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    seed: int | None = None,
) -> tuple[nn.Module, Account]:
    """The module of a spec with those weights that fit it by name and shape, as after an edit; the rest is fresh.

    Args:
        spec: a path, a stream, bytes, or text.
        weights: as `compile` takes them.
        variant: one of the spec's variants.
        params: params set from outside.
        seed: for the weights that are fresh.

    Returns:
        The module, and what became of each weight and each tensor.

    Raises:
        SpecError: the spec has errors.
        WeightsError: the weights are damaged, unsafe, or of another family.
    """
    from archgraph.compiler.weighted import filled

    found = _matched(spec, chosen(variant, params), weights)
    return filled(found, seed), found.account


def account(
    spec: SpecLike,
    weights: str | os.PathLike[str],
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> Account:
    """What becomes of every tensor of a checkpoint, and of every weight of a spec; no tensor is read.

    Raises:
        SpecError: the spec has errors.
        WeightsError: the files are damaged, incomplete, unsafe, or of another family.
    """
    return _matched(spec, chosen(variant, params), weights).account


def _matched(spec: SpecLike, choice: Choice, weights: str | os.PathLike[str]) -> Match:
    from archgraph.compiler.weighted import matched

    given = spec if isinstance(spec, (str, bytes, os.PathLike)) else Reread(spec)
    return matched(lambda params: program(given, variant=choice.variant, params=params), choice.params, weights)


@collector_paused()
def render(
    spec: SpecLike,
    path: str | os.PathLike[str],
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    **options: Any,
) -> tuple[Path, ...]:
    """Draw a spec to a file; the ending of `path` chooses the format, and all but PNG and text keep the spec inside.

    With `builds=FOLDER`, the frames that build the picture up go there, under the name of `path`. With
    `highlight="leak"`, a spec that fails for a leak is drawn all the same.

    Returns:
        The files that were written.

    Raises:
        SpecError: the spec has errors.
        ValueError: an unknown format, theme or option.
    """
    from archgraph.compiler.picture import keeps, render_program

    check_spec(spec)
    into, choice = Collector(), chosen(variant, params)
    subject: Program | Graph | None = None
    kept = {}
    with suppress(Stop):  # the fault that ended the phase is among the diagnostics
        tree = tree_of(spec, "", into)
        subject = _subject(tree, choice, into, options)
        if keeps(Path(path)):
            kept["spec"] = resolved_text(tree, choice, into)
    if into.failed or subject is None:
        raise SpecError(into)
    folder = options.pop("builds", None)
    return render_program(subject, Path(path), builds=None if folder is None else Path(folder), **kept, **options)
