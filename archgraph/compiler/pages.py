"""Every fault that archgraph can report, found where it is defined; `explain` shows their pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

from archgraph.core.diagnostic import Fault

HOMES = ("archgraph.lang.faults", "archgraph.check", "archgraph.compiler")


@cache
def faults() -> dict[str, Fault]:
    """The faults by code, in order."""
    found: dict[str, Fault] = {}
    for module in _modules():
        for value in vars(module).values():
            for fault in (value, getattr(value, "fault", None)):
                if isinstance(fault, Fault):
                    found.setdefault(fault.code, fault)
    return dict(sorted(found.items()))


def _modules() -> Iterator[ModuleType]:
    for home in HOMES:
        package = import_module(home)
        yield package
        for info in walk_packages(package.__path__, f"{home}."):
            yield import_module(info.name)
