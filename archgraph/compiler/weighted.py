"""From a spec and weights to a module: sizes from the config, names by the spec's own rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgraph.graph.program import Program

if TYPE_CHECKING:
    from torch import nn

    from archgraph.weights.match import Account
    from archgraph.weights.source import Source

Find = Callable[[Mapping[str, Any]], Program]  # the program of a spec under params


def settled(find: Find, given: Mapping[str, Any], source: Source) -> Program:
    """The program at the sizes that weights have; what is given from outside goes first.

    Raises:
        SpecError: the spec has errors.
        WeightsError: the config is of another family, or the spec has no rules for it.
    """
    from archgraph.weights.config import settings
    from archgraph.weights.errors import WeightsError

    first = find(given)
    decided: Mapping[str, Any] = {name: size for name, size in source.sizes.items() if name in first.graph.params}
    if not source.own and source.config is not None:
        rules = first.graph.weights
        if rules is None:
            fact = f"{source.path}: a published checkpoint, and the spec has no section 'weights'"
            raise WeightsError(fact, "add one that says how its names and sizes become the spec's")
        decided = settings(rules, source.config, source.path / "config.json")
    return find({**decided, **given}) if decided else first


def matched(find: Find, given: Mapping[str, Any], weights: str | os.PathLike[str]) -> tuple[Program, Account]:
    """The program, and what becomes of each of its weights and of each tensor on disk."""
    from archgraph.compiler.load import instantiate
    from archgraph.weights.fill import blank, shapes
    from archgraph.weights.match import match
    from archgraph.weights.source import open_source

    source = open_source(Path(weights))
    program = settled(find, given, source)
    return program, match(program.graph.weights, shapes(blank(lambda: instantiate(program, None))), source)


def filled(program: Program, account: Account, seed: int | None) -> nn.Module:
    """The module of a program with the weights of an account; those that it has not are drawn under `seed`.

    Raises:
        WeightsError: a file cannot be read.
    """
    from archgraph.compiler.load import instantiate
    from archgraph.weights.fill import blank, fill

    whole = not (account.fresh or account.missing or account.unfit)
    return fill(blank(lambda: instantiate(program, None)) if whole else instantiate(program, seed), account)
