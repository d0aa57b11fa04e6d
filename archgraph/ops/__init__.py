"""The operations, one file each. A module of this package names its operation in the constant OPERATION.

Modules are imported when their operation is first asked for, since most specs use few of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from archgraph.graph.operation import Operation

GROUP = "archgraph.operations"


@cache
def _outside() -> dict[str, str]:
    """Operations of other packages: entry points of the group, name to `package.module`."""
    return {point.name: point.value for point in entry_points(group=GROUP)}


@cache
def _names() -> tuple[str, ...]:
    own = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return tuple(sorted({*own, *_outside()}))


@cache
def _find(name: str) -> type[Operation] | None:
    if name not in _names():
        return None
    module = import_module(_outside().get(name, f"{__name__}.{name}"))
    found: type[Operation] = module.OPERATION
    return found


class Operations:
    """The closed registry of operations: files of this package, and those that installed packages declare."""

    def names(self) -> list[str]:
        """Every operation, in order."""
        return list(_names())

    def get(self, name: str) -> type[Operation] | None:
        """The operation called `name`, or None."""
        return _find(name)

    def __iter__(self) -> Iterator[type[Operation]]:
        return (found for name in _names() if (found := _find(name)))
