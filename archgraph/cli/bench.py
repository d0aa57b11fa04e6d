"""`archgraph bench`: how long a spec takes on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from archgraph.cli.options import Choice, Real, choice_of, choice_options, length_option, source

if TYPE_CHECKING:
    from archgraph.compiler.reading import SpecLike
    from archgraph.graph.program import Program


@click.command("bench")
@click.argument("spec")
@choice_options
@click.option("--batch", type=click.IntRange(min=1), default=1, show_default=True, help="Samples.")
@length_option("The size of a free axis.  [default: 64, or as many as there are positions for]")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of torch.  [default: as torch chooses]")
@click.option("--seconds", type=Real(min=0), default=2.0, show_default=True, help="For each work, about.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def bench(spec: str, form: str, **options: Any) -> None:
    """Time forward, training step and decoding of a spec, and its parts.

    Beside each stands its floor: the matrix products that it consists of, and nothing between them.
    """
    batch, lengths, threads, seconds = (options.pop(name) for name in ("batch", "lengths", "threads", "seconds"))
    choice = choice_of(options)
    given = source(spec)
    from rich.console import Console

    from archgraph import compiler
    from archgraph.measure.bench import bench as measure
    from archgraph.measure.show import show
    from archgraph.measure.works import check_memory, subject

    program = compiler.program(given, **choice.keywords)
    with Console(stderr=True).status("compiling") as status:  # where somebody looks on
        try:
            check_memory(program)
        except ValueError as error:
            raise click.UsageError(f"{error}{_fitting(given, choice, program)}") from None
        model = compiler.compile(given, **choice.keywords, seed=0)
        try:
            prepared = subject(model, program, lengths=lengths, batch=batch)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        try:
            found = measure(prepared, seconds=seconds, threads=threads, tell=status.update)
        except ValueError as error:  # a table of positions is shorter than the samples
            sizes = ", ".join(f"{axis}={size}" for axis, size in prepared.sizes.items())
            raise click.UsageError(f"{error}: the samples have {sizes}, give other sizes by --length") from None
    if form == "json":
        click.echo(json.dumps(found.as_dict(), indent=2))
        return
    show(found, Console())


def _fitting(given: SpecLike, choice: Choice, program: Program) -> str:
    """What of a spec this machine has room for, as options to give."""
    found = list(_variants(given, choice))
    layers = program.graph.params.get("layers")
    if isinstance(layers, int) and not isinstance(layers, bool):
        found += list(_fewer(given, choice, layers))
    return f" (there is room for {' or '.join(found)})" if found else ""


def _variants(given: SpecLike, choice: Choice) -> Iterator[str]:
    """The variants that fit."""
    from archgraph.compiler.variants import variants

    for name in variants(given):
        if name != choice.variant and _is_roomy(given, Choice(name, choice.params)):
            yield f"--variant {name}"


def _fewer(given: SpecLike, choice: Choice, layers: int) -> Iterator[str]:
    """The most layers that fit, of half of them, a quarter and so on."""
    while layers > 1:
        layers //= 2
        if _is_roomy(given, Choice(choice.variant, {**choice.params, "layers": layers})):
            yield f"--set layers={layers}"
            return


def _is_roomy(given: SpecLike, choice: Choice) -> bool:
    """Whether a choice can be built, and fits."""
    from archgraph import compiler
    from archgraph.core.diagnostic import SpecError
    from archgraph.measure.works import is_roomy

    try:
        return is_roomy(compiler.program(given, **choice.keywords))
    except SpecError:
        return False


COMMAND = bench
