"""What the commands that draw have in common: which pictures there are."""

from __future__ import annotations

from pathlib import Path

import click

# Those of `archgraph.draw`, which is not imported for a text of help.
COLOURS = "dark, light, print or colourblind"


def drawable(paths: tuple[Path, ...], theme: str) -> None:
    """Refuse formats and colours that there are not, before anything is drawn."""
    from archgraph.draw import formats, writer_of
    from archgraph.draw.errors import PictureError
    from archgraph.draw.theme import THEMES
    from archgraph.draw.writers.extras import library

    if theme not in THEMES:
        raise click.BadParameter(f"'{theme}' is not one of {', '.join(THEMES)}", param_hint="--theme")
    for path in paths:
        writer = writer_of(path.suffix)
        if writer is None:
            legal = ", ".join(f".{ending}" for ending in formats())
            raise click.BadParameter(f"'{path.name}' ends in none of {legal}", param_hint="--output")
        try:
            if writer.needs:
                library(writer.needs, writer.suffix)
        except PictureError as fault:
            raise click.ClickException(f"this cannot be drawn: {fault}") from fault
