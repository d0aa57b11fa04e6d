"""The variants that a spec offers."""

from __future__ import annotations

from contextlib import suppress

from archgraph.compiler.reading import SpecLike, tree_of
from archgraph.core.diagnostic import Collector, Stop
from archgraph.core.source import Mapping


def variants(spec: SpecLike) -> tuple[str, ...]:
    """The names of a spec's variants, in the order of the file, those of its parents among them; none where it fails.

    Args:
        spec: a path, a stream, bytes, or text.
    """
    with suppress(Stop):
        for entry in tree_of(spec, "", Collector()).entries:
            if entry.name == "variants" and isinstance(entry.value, Mapping):
                return tuple(inner.name for inner in entry.value.entries)
    return ()
