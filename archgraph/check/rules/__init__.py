"""The rules of the checker, one file each. A module of this package names its rule in the constant RULE."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from archgraph.check.classify import classify
from archgraph.check.rule import Rule
from archgraph.core.diagnostic import Collector
from archgraph.graph.program import Program


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the files' names."""
    modules = (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))
    return tuple(module.RULE for module in modules)


def apply(program: Program, into: Collector) -> Program:
    """Run every rule over a program, and say what it is where it has no errors."""
    for rule in rules():
        rule.find(program, into)
    return program if into.failed else replace(program, classification=classify(program))
