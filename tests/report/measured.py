"""What torch measures of a compiled spec, to hold predictions against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archgraph.graph.program import Program

BATCH = 2


@dataclass(frozen=True)
class Model:
    """A compiled spec and its program."""

    module: nn.Module
    program: Program

    def given(self, sizes: dict[str, int], kinds: tuple[str, ...] = ("input", "target")) -> dict[str, Tensor]:
        """Seeded samples of the observed variables, without padding."""
        torch.manual_seed(0)
        found = {}
        for name, variable in self.program.graph.variables.items():
            known = self.program.variables[name].type if variable.kind in kinds else None
            if known is not None:
                shape = (BATCH, *(int(axis.value(sizes)) for axis in known.axes))
                classes = known.classes.constant if known.classes else None
                symbols = torch.randint(min(3, (classes or 2) - 1), classes or 2, shape)
                found[name] = torch.randn(shape) if known.element == "real" else symbols
                if known.element == "mask":
                    found[name] = symbols.bool()
        return found

    def flops(self, sizes: dict[str, int]) -> int:
        """What torch counts in a forward pass."""
        self.module.eval().requires_grad_(False)  # the counter looks for gradients of learned inputs of modules
        with torch.no_grad(), FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
            self.module(**self.given(sizes))
        self.module.requires_grad_(True)
        return counter.get_total_flops()

    def activations(self, sizes: dict[str, int]) -> int:
        """The bytes that a forward pass in training saves for the backward pass, weights aside."""
        own = {each.untyped_storage().data_ptr() for each in (*self.module.parameters(), *self.module.buffers())}
        kept: dict[int, Tensor] = {}

        def pack(x: Tensor) -> Tensor:
            place = x.untyped_storage().data_ptr()
            if place not in own:
                kept.setdefault(place, x)
            return x

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
            out = self.module.train()(**self.given(sizes))
        del out
        return sum(each.untyped_storage().nbytes() for each in kept.values())

    def cache(self, sizes: dict[str, int], capacity: int) -> int:
        """The bytes of the state of a stream."""
        stream: Any = self.module.eval()
        return weigh(stream.stream(batch=BATCH, capacity=capacity, **self.given(sizes, ("input",))).state)


def weigh(state: Any) -> int:
    """The bytes of all tensors in nested lists and dictionaries."""
    if isinstance(state, Tensor):
        return state.nbytes
    return sum(weigh(part) for part in (state.values() if isinstance(state, dict) else state))
