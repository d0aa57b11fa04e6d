"""Find the first node of a model that made a number that is not finite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn


def first_nonfinite(model: nn.Module, run: Callable[[], object]) -> str | None:
    """Return the dotted name of the first module whose output is not finite.

    Args:
        model: the module whose parts are watched; an inner part ends, and so is named, before its parent.
        run: calls the model on the batch in question, with the random state of the failed call.

    Returns:
        The name, which is the node's path in the spec; None where every module's output is finite.
    """
    found: list[str] = []

    def watch(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if not found and not is_finite(output):
                found.append(name)

        return hook

    handles = [part.register_forward_hook(watch(name)) for name, part in model.named_modules() if name]
    try:
        with torch.no_grad():
            run()
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else None


def first_nonfinite_gradient(model: nn.Module) -> str | None:
    """Return the first parameter whose gradient is not finite, in the order of the spec; None for none."""
    for name, parameter in model.named_parameters():
        if parameter.grad is not None and not is_finite(parameter.grad):
            return name
    return None


def is_finite(value: object) -> bool:
    """Whether every real number in a nest of tensors is finite."""
    return all(bool(torch.isfinite(tensor).all()) for tensor in _tensors(value))


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        if value.is_floating_point():
            yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, Mapping):
        yield from _tensors(list(value.values()))
