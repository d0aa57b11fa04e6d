"""`archgraph generate`: sample the target from a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archgraph.cli.job import build_from, rows_by_name

if TYPE_CHECKING:
    from archgraph.train.restore import Trained


@click.command("generate")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("texts", nargs=-1)
@click.option("--input", "inputs", metavar="NAME=TEXT", multiple=True, help="A text of one input, by its name.")
@click.option("--prompt", "prompts", multiple=True, help="The beginning of what is generated; again for another.")
@click.option("--max-length", type=int, default=200, show_default=True, help="Symbols to make at most.")
@click.option("--temperature", type=float, help="Draw by the probabilities, sharper below 1; else the likeliest.")
@click.option("--top-k", type=int, help="Draw among the likeliest so many.")
@click.option("--top-p", type=float, help="Draw among the likeliest with so much of the probability.")
@click.option("--beams", type=int, default=1, show_default=True, help="Search so wide for the likeliest sequence.")
@click.option("--stop", metavar="SYMBOL", help="End before this symbol of the text, not before the model's own.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Of what is drawn.")
def generate(run: Path, texts: tuple[str, ...], **options: Any) -> None:
    """Sample from RUN, the folder that `train` wrote to.

    TEXTS are those of the model's one input, one generation each.
    """
    rows = rows_by_name(options["inputs"])
    from archgraph.train.restore import restore

    trained = restore(run, lambda record: build_from(record.spec)(record.sizes))
    record = trained.record
    names = [field.name for field in record.fields if field.kind == "input"]
    for text in _generated(trained, _inputs(names, texts, rows), options):
        click.echo(text)


def _inputs(names: list[str], texts: tuple[str, ...], rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """The texts of every input by name; those without a name belong to the one input there is."""
    if texts and rows:
        raise click.UsageError(f"'{texts[0]}' has no name beside --input: give texts with names, or all without")
    if texts and len(names) != 1:
        listed = ", ".join(names) or "none: give --prompt instead"
        raise click.UsageError(f"texts without a name need a model with one input; it has {listed}")
    given = {names[0]: list(texts)} if texts else rows
    if given and not names:
        raise click.UsageError(f"'{next(iter(given))}' is no input: the model has none, give --prompt instead")
    if sorted(given) != sorted(names):
        raise click.UsageError(f"give a text for each input ({', '.join(names)}), and for nothing else")
    return given


def _generated(trained: Trained, inputs: dict[str, list[str]], options: dict[str, Any]) -> list[str]:
    from archgraph.train.restore import Rows
    from archgraph.train.sample import Sampling

    names = ("max_length", "temperature", "top_k", "top_p", "beams", "stop", "seed")
    sampling = Sampling(**{name: options[name] for name in names})
    prompts, number = list(options["prompts"]), len(next(iter(inputs.values()), []))
    if number > 1 and len(prompts) == 1:
        prompts *= number
    if prompts and number and len(prompts) != number:
        raise click.UsageError(f"{len(prompts)} prompts for {number} texts: give one for all, or one each")
    return trained.generate(rows=Rows(inputs, prompts), sampling=sampling)


COMMAND = generate
