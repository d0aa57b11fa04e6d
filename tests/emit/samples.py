"""Seeded values of what a program observes, and where the shipped specs lie."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor, nn

from archgraph.compiler import emit, program
from archgraph.compiler.load import load
from archgraph.compiler.reading import SpecLike
from archgraph.graph.module import Variable
from archgraph.graph.program import Program

ROOT = Path(__file__).parents[2]
STORY = ROOT / "specs" / "story"
SIZES = {"S": 7, "T": 6, "H": 6, "W": 5}
BATCH = 3


def sample(variable: Variable, sizes: Mapping[str, int], generator: torch.Generator, batch: int = BATCH) -> Tensor:
    """A value of an observed variable; no symbol of it means padding, start or stop."""
    assert variable.type is not None
    shape = (batch, *(int(axis.value(sizes)) for axis in variable.type.axes))
    if variable.type.element == "mask":
        return torch.rand(shape, generator=generator) < 0.5
    if variable.type.classes is None:
        return torch.randn(shape, generator=generator)
    special = [s for s in (variable.pad, variable.start, variable.stop) if isinstance(s, int)]
    first = max(special, default=-1) + 1 if variable.type.element == "tokens" else 0
    return torch.randint(first, int(variable.type.classes.value({})), shape, generator=generator)


def values(of: Program | SpecLike, *, seed: int = 0, batch: int = BATCH, **sizes: int) -> dict[str, Tensor]:
    """Values of all that a spec observes, in the order of its variables, inputs first."""
    known = of if isinstance(of, Program) else program(of)
    generator = torch.Generator().manual_seed(seed)
    variables = sorted((v for v in known.graph.variables.values() if v.observed), key=lambda v: v.kind)
    lengths = {**SIZES, **known.graph.sizes, **sizes}
    return {v.name: sample(v, lengths, generator, batch) for v in variables}


def executed(source: str) -> ModuleType:
    """Emitted text run as a module of its own, past the compiler's loader."""
    module = ModuleType("executed")
    exec(compile(source, "<executed>", "exec"), module.__dict__)  # what `emit` printed, under test
    return module


def model_class(module: ModuleType) -> type[nn.Module]:
    """The class of the whole model: the last of the file."""
    found = [v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__]
    return found[-1]


def emitted_model(spec: SpecLike, seed: int) -> nn.Module:
    """A model of the emitted source with seeded weights."""
    cls = model_class(executed(emit(spec)))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return cls()


__all__ = ["BATCH", "ROOT", "SIZES", "STORY", "emitted_model", "executed", "load", "model_class", "sample", "values"]
