"""The shapes of what a model is given: nothing is stretched in silence."""

from __future__ import annotations

from torch import Tensor


def check_shape(name: str, x: Tensor, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless x has the shape; a tensor (B,) against one (B, 1) would give (B, B)."""
    if x.shape != shape:
        raise ValueError(f"{name} has the shape {tuple(x.shape)}, and must have {tuple(shape)}")


def check_symbols(name: str, y: Tensor, symbols: int) -> None:
    """Refuse symbols that are none."""
    if symbols and y.numel() and not y.is_meta:
        low, high = (int(bound) for bound in y.aminmax())
        if low < 0 or high >= symbols:
            raise ValueError(f"{name} holds {low if low < 0 else high}, and there are {symbols} symbols")
