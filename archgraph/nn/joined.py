"""Linear maps of one input as one product, which is quicker where shapes are small; saved and loaded apart."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Joined(nn.Module):
    """A layer some of whose linear maps are the rows of one matrix; state dicts name them apart: `q.weight`, ..."""

    joined_weight: Tensor
    joined_bias: Tensor | None

    def join(self, sizes: dict[str, int], width: int, *, bias: bool = True) -> None:
        """Make maps of `width` features to as many as each name says, each with weights as torch would draw them."""
        maps = [nn.Linear(width, size, bias=bias) for size in sizes.values()]
        self.sizes = sizes
        self.joined_weight = nn.Parameter(torch.cat([each.weight for each in maps]))
        self.joined_bias = nn.Parameter(torch.cat([each.bias for each in maps])) if bias else None

    def parts(self, kind: str, whole: Tensor) -> dict[str, Tensor]:
        """The parts of a joined weight or bias, or of its gradient, by the names that a state dict has for them."""
        found = torch.split(whole, list(self.sizes.values()))
        return {f"{name}.{kind}": part for name, part in zip(self.sizes, found, strict=True)}

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        for kind in ("weight", "bias"):
            whole = destination.pop(f"{prefix}joined_{kind}", None)
            if whole is not None:
                destination.update({prefix + name: part for name, part in self.parts(kind, whole).items()})

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        given, (_, _, missing, _, faults) = dict(state_dict), rest
        for kind in ("weight", "bias"):
            whole = getattr(self, f"joined_{kind}", None)  # none where a layer keeps its maps apart
            parts = {} if whole is None else self.parts(kind, whole.detach())
            for name, part in parts.items():
                found = given.pop(prefix + name, None)
                if found is None:
                    missing.append(prefix + name)
                elif found.shape == part.shape:
                    parts[name] = found
                else:
                    faults.append(f"size mismatch for {prefix}{name}: {found.shape} is given for {part.shape}.")
            if parts:
                given[f"{prefix}joined_{kind}"] = torch.cat(list(parts.values()))
        super()._load_from_state_dict(given, prefix, *rest)
