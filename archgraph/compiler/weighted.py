"""From a spec and weights to a module: sizes from the config, names by the spec's own rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import Unpack

from archgraph.compiler.build import Build
from archgraph.core.diagnostic import SpecError
from archgraph.graph.program import Program

if TYPE_CHECKING:
    from torch import nn

    from archgraph.weights.match import Account
    from archgraph.weights.source import Source

Find = Callable[[Mapping[str, Any]], Program]  # the program of a spec under params


def decided(program: Program, given: Mapping[str, Any], weights: str | os.PathLike[str]) -> dict[str, Any]:
    """The params at which a program is as large as weights are; what is given goes first.

    Raises:
        WeightsError: the config is of another family, or the spec has no rules for it.
    """
    from archgraph.weights.source import open_source

    return {**_decided(program, open_source(Path(weights))), **given}


def _decided(program: Program, source: Source) -> Mapping[str, Any]:
    from archgraph.weights.config import settings
    from archgraph.weights.errors import WeightsError

    if source.own or source.config is None:
        return {name: size for name, size in source.sizes.items() if name in program.graph.params}
    if program.graph.weights is None:
        fact = f"{source.path}: a published checkpoint, and the spec has no section 'weights'"
        raise WeightsError(fact, "add one that says how its names and sizes become the spec's")
    return settings(program.graph.weights, source.config, source.path / "config.json")


@dataclass(frozen=True)
class Match:
    """A program at the sizes of weights, its module without memory, and what becomes of each weight and tensor."""

    program: Program
    blank: nn.Module
    account: Account


def matched(find: Find, given: Mapping[str, Any], weights: str | os.PathLike[str]) -> Match:
    """Match a spec with weights.

    Raises:
        SpecError: the spec has errors.
        WeightsError: the files are damaged, or of another family, or the spec has no rules for them.
    """
    from archgraph.compiler.load import instantiate
    from archgraph.weights.fill import blank, shapes
    from archgraph.weights.match import match
    from archgraph.weights.source import open_source

    source, program = open_source(Path(weights)), find(given)
    params = {**_decided(program, source), **given}
    program = _sized(find, params, source) if params != given else program
    model = blank(lambda: instantiate(program, None))
    return Match(program, model, match(program.graph.weights, shapes(model), source))


def _sized(find: Find, params: Mapping[str, Any], source: Source) -> Program:
    """The program at the sizes that stand beside weights."""
    from archgraph.weights.errors import WeightsError

    try:
        return find(params)
    except SpecError as fault:
        first = fault.diagnostics[0]
        place = source.path if source.own or source.path.is_file() else source.path / "config.json"
        fact = f"{place}: its sizes make no model of this spec: {first.message}"
        raise WeightsError(fact, "take the spec of this checkpoint, or copy its config again") from fault


def filled(found: Match, seed: int | None, **build: Unpack[Build]) -> nn.Module:
    """The module of a program with the weights of an account; those that it has not are drawn under `seed`.

    The weights are read in the dtype that is asked for: there is no second copy in another one.

    Raises:
        WeightsError: a file cannot be read.
    """
    from archgraph.compiler.load import instantiate
    from archgraph.weights.fill import blank, fill

    account, recompute = found.account, build.get("recompute", False)
    whole = not (account.fresh or account.missing or account.unfit)
    model = found.blank
    if not whole or recompute:
        make = partial(instantiate, found.program, seed, recompute=recompute)
        model = blank(make) if whole else make()
    return fill(model.to(build.get("dtype")), account)
