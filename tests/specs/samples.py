"""The story's specs, and made-up values for what they observe."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

import archgraph
from archgraph.compiler import program
from archgraph.core.diagnostic import Collector
from archgraph.core.source import Mapping
from archgraph.graph.module import Variable
from archgraph.lang.files import open_spec

STORY = Path(__file__).parents[2] / "specs" / "story"
SPECS = {path.stem: path for path in sorted(STORY.glob("*.yaml"))}
# Nothing computes the latent of this one, so it is checked and drawn only.
DRAWN_ONLY = ("latent_predictive",)
COMPILED = tuple(name for name in SPECS if name not in DRAWN_ONLY)
TRAINED = tuple(name for name in COMPILED if name not in ("self_attention", "cross_attention"))
LENGTHS = {"S": 7, "T": 5}
BATCH = 6


def value(variable: Variable) -> Tensor:
    """Return a value of an observed variable; symbols that mean padding, start or stop do not occur."""
    assert variable.type is not None
    shape = (BATCH, *(int(axis.value(LENGTHS)) for axis in variable.type.axes))
    if variable.type.classes is None:
        return torch.randn(shape)
    first = 3 if variable.type.element == "tokens" else 0
    return torch.randint(first, int(variable.type.classes.value({})), shape)


def values(name: str, variant: str = "tiny") -> dict[str, Tensor]:
    """Return seeded values of all that a spec observes."""
    torch.manual_seed(1)
    variables = program(SPECS[name], variant=variant).graph.variables
    return {key: value(variable) for key, variable in variables.items() if variable.observed}


def model(name: str, variant: str = "tiny", **params: int | float) -> nn.Module:
    """Return a spec's model with seeded weights."""
    return archgraph.compile(SPECS[name], variant=variant, params=params, seed=0)


def variants(name: str) -> list[str | None]:
    """Return the variants of a spec, its parents' among them, and None for the spec as it stands."""
    sections = {entry.name: entry.value for entry in open_spec(SPECS[name], Collector()).entries}
    found = sections["variants"]
    assert isinstance(found, Mapping)
    return [None, *(entry.name for entry in found.entries)]
