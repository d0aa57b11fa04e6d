"""The weights and gradients of a module by the names of its state dict, those of joined maps apart."""

from __future__ import annotations

from torch import Tensor, nn


def weights(module: nn.Module) -> dict[str, Tensor]:
    """Every learned tensor, sharing the memory of the module."""
    buffers = {name for name, _ in module.named_buffers()}
    return {name: value for name, value in module.state_dict().items() if name not in buffers}


def gradients(module: nn.Module) -> dict[str, Tensor | None]:
    """The gradient of every learned tensor; None where there is none."""
    found: dict[str, Tensor | None] = {}
    for path, part in module.named_modules():
        prefix = f"{path}." if path else ""
        for name, parameter in part.named_parameters(recurse=False):
            gradient = parameter.grad
            if name.startswith("joined_"):
                parts = part.parts(name.removeprefix("joined_"), parameter if gradient is None else gradient)
                found |= {prefix + one: None if gradient is None else value for one, value in parts.items()}
            else:
                found[prefix + name] = gradient
    return found
