"""Types that are not known yet: on a cycle the checker first tries a type whose width is `?`."""

from __future__ import annotations

from archgraph.core.dims import Dim
from archgraph.graph.types import TensorType

GUESS = Dim.name("?")


def fits(given: TensorType, wanted: TensorType) -> bool:
    """Whether a type is the wanted one, or may still become it."""
    return given == wanted or (
        bool(given.axes) and given.features == GUESS and given.axes[:-1] == wanted.axes[:-1]
    )
