"""How a module is made, besides its spec and its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

if TYPE_CHECKING:
    import torch


class Build(TypedDict, total=False):
    """Options of `compile`: the dtype of the weights, and whether repeated blocks run again for the gradient."""

    dtype: torch.dtype | None
    recompute: bool
