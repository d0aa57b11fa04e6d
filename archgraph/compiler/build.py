"""How a module is made, besides its spec and its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

if TYPE_CHECKING:
    import torch


class Build(TypedDict, total=False):
    """Options of `compile`: the dtype of the weights, and whether repeated blocks run again for the gradient."""

    dtype: torch.dtype | None
    recompute: bool


def check_dtype(dtype: Any) -> None:
    """Raise TypeError unless a dtype, if any, is one that weights can have."""
    if dtype is None:
        return
    import torch

    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"dtype is {dtype!r}, and must be one of real numbers, such as torch.bfloat16")
