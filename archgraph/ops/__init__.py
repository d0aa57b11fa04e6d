"""The operations, one file each. A module of this package names its operation in the constant OPERATION.

Modules are imported when their operation is first asked for, since most specs use few of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from archgraph.graph.operation import Operation

GROUP = "archgraph.operations"


@cache
def _outside() -> dict[str, str]:
    """Operations of other packages: entry points of the group, name to `package.module`."""
    from importlib.metadata import entry_points  # reads a file of every installed package

    return {point.name: point.value for point in entry_points(group=GROUP)}


@cache
def _own() -> frozenset[str]:
    return frozenset(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(_own() | _outside().keys()))


@cache
def _find(name: str) -> type[Operation] | None:
    path = f"{__name__}.{name}" if name in _own() else _outside().get(name)
    if path is None:
        return None
    module = import_module(path)
    found: type[Operation] = module.OPERATION
    return found


class Operations:
    """The closed registry of operations: files of this package, and those that installed packages declare.

    Other packages are asked only for a name that is not ours; they cannot displace ours.
    """

    def names(self) -> list[str]:
        """Every operation, in order."""
        return list(_names())

    def get(self, name: str) -> type[Operation] | None:
        """The operation called `name`, or None."""
        return _find(name)

    def __iter__(self) -> Iterator[type[Operation]]:
        return (found for name in _names() if (found := _find(name)))
