"""The picture of what differs between two specs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from archgraph.compiler.api import program
from archgraph.compiler.reading import SpecLike


def draw_diff(
    before: SpecLike,
    after: SpecLike,
    suffix: str,
    *,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    **options: Any,
) -> bytes:
    """The picture of what one spec adds to another, takes from it, and changes in place.

    Args:
        before: the first spec.
        after: the second spec.
        suffix: a file ending, such as "svg".
        variant: one of the variants of both.
        params: params of both, over those of the files.
        options: those of `archgraph.draw.compare.compared` and of `archgraph.draw.Options`, such as `theme`.

    Raises:
        SpecError: one of the specs has errors.
        ValueError: an unknown format, theme or option.
    """
    from archgraph.draw import Options, write
    from archgraph.draw.compare import compared
    from archgraph.report.difference import difference

    names = {field.name for field in fields(Options)}
    how = Options(**{name: value for name, value in options.items() if name in names})
    look = {name: value for name, value in options.items() if name not in names}
    first, second = (program(spec, variant=variant, params=params).graph for spec in (before, after))
    changed = difference(first, second).touched()
    return write(compared(first, second, changed, **look), suffix, how)
