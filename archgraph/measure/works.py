"""What is timed: a forward pass, a training step, and symbols decoded one by one, on samples drawn by a seed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from archgraph.core.dims import Dim
from archgraph.graph.memory import NUMBER
from archgraph.graph.program import Program
from archgraph.graph.types import TensorType

STEPS = 32  # symbols that are decoded in a round, as far as there are positions
Work = Callable[[], Any]


@dataclass(frozen=True)
class Subject:
    """A compiled spec with samples of its observed variables."""

    model: nn.Module
    program: Program
    given: Mapping[str, Tensor]
    sizes: Mapping[str, int]
    batch: int

    def works(self) -> dict[str, Work]:
        """The works by name: training where there is a loss, decoding where the target goes step by step."""
        found: dict[str, Work] = {"forward": self.forward}
        if self.program.objectives:
            found["training step"] = self.training
        if hasattr(self.model, "target"):
            found["decoding"] = self.decoding
        return found

    def forward(self) -> None:
        """The whole in use, energies included."""
        self.model.eval()
        with torch.no_grad():
            self.model(**self.given)

    def training(self) -> None:
        """Forward and backward; the optimiser's step is not part of the model."""
        self.model.train()
        self.model.zero_grad()
        self.model(**self.given).loss.backward()

    @property
    def steps(self) -> int:
        """How many symbols a round decodes."""
        model: Any = self.model
        target = self.program.variables[model.target.name].type
        return max(1, min(STEPS, int(target.axes[0].value(self.sizes)) - 1))

    @torch.no_grad()
    def decoding(self) -> None:
        """The likeliest symbols one by one from the beginning, or of real numbers what is predicted."""
        model: Any = self.model.eval()
        kinds = {name: variable.kind for name, variable in self.program.graph.variables.items()}
        inputs = {name: value for name, value in self.given.items() if kinds[name] == "input"}
        stream = model.stream(batch=self.batch, capacity=self.steps, **inputs)
        found = stream.step()
        for _ in range(self.steps - 1):
            found = stream.step(found.argmax(-1) if model.target.symbols else found)


def subject(model: nn.Module, program: Program, *, lengths: Mapping[str, int], batch: int) -> Subject:
    """A model with samples of a batch and of lengths; axes that are not named have 64, or as many as there is room for.

    Raises:
        ValueError: a length of what is no free axis.
    """
    observed = {v.name: program.variables[v.name].type for v in program.graph.variables.values() if v.observed}
    names = sorted({name for type_ in observed.values() for axis in type_.axes for name in axis.names})
    for name in lengths:
        if name not in names:
            raise ValueError(f"'{name}' is no free axis of what is observed: {', '.join(names) or 'there is none'}")
    usual = {name: min([64, *rooms(program, name)]) for name in names}
    sizes = {name: lengths.get(name, program.graph.sizes.get(name, usual[name])) for name in names}
    draw = torch.Generator().manual_seed(0)
    given = {name: sample(type_, sizes, batch, draw) for name, type_ in observed.items()}
    return Subject(model, program, given, sizes, batch)


def check_memory(program: Program) -> None:
    """Refuse a model that this machine has no room for, where the system tells how much there is.

    Raises:
        ValueError: the weights and their gradients take more than all of its memory.
    """
    room, needed = memory(), weighs(program)
    if room is not None and needed > room:
        raise ValueError(
            f"the weights and their gradients take {needed / 1e9:.3g} GB, and this machine has "
            f"{room / 1e9:.3g} GB: choose a smaller variant, or set fewer layers"
        )


def is_roomy(program: Program) -> bool:
    """Whether the weights and their gradients leave half of this machine's memory to all else."""
    room = memory()
    return room is None or 2 * weighs(program) <= room


def weighs(program: Program) -> int:
    """The bytes of the weights and their gradients; none where a number of the spec waits for data."""
    return 2 * NUMBER * (program.count().constant or 0)


def memory() -> int | None:
    """The bytes of memory that this machine has; None where the system does not tell."""
    known = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in known or "SC_PAGE_SIZE" not in known:
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def rooms(program: Program, name: str) -> Iterator[int]:
    """For how many positions along a free axis the tables of positions have room."""
    for _, leaf in program.leaves():
        size, axis = leaf.leaf.op.longest(), next(iter(leaf.given.values()))[0].type.axes[:1]
        if size is not None and axis and axis[0].parts[-1].size == Dim.name(name):
            yield max(size - ((axis[0] - Dim.name(name)).constant or 0), 1)


def sample(given: TensorType, sizes: Mapping[str, int], batch: int, draw: torch.Generator) -> Tensor:
    """Random samples of a type, without padding and without a start symbol."""
    shape = (batch, *(int(axis.value(sizes)) for axis in given.axes))
    if given.element == "real":
        return torch.randn(shape, generator=draw)
    symbols = (given.classes.constant if given.classes is not None else None) or 2
    found = torch.randint(min(3, symbols - 1), symbols, shape, generator=draw)
    return found.bool() if given.element == "mask" else found
