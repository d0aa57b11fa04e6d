"""Padding masks and delays along time. Masks are bool (B, T), True where a position is real."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def real_positions(x: Tensor, pad: int) -> Tensor:
    """Mask (B, T) of tokens x (B, T) before the suffix of `pad`."""
    return (x != pad).flip(1).cummax(1)[0].flip(1)


def real_through_stop(x: Tensor, stop: int) -> Tensor:
    """Mask (B, T) of tokens x (B, T) up to the first of the suffix of `stop`, which pads too."""
    return F.pad(real_positions(x, stop), (1, 0), value=True)[:, :-1]


def real_lengths(lengths: Tensor, size: int) -> Tensor:
    """Mask (B, size) of the first `lengths` (B,) positions."""
    return torch.arange(size, device=lengths.device) < lengths.unsqueeze(1)


def given_lengths(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Mask (B, T) of the first `lengths` (B,) positions of x (B, T, ...), of all without lengths."""
    if lengths is None:
        return x.new_ones(x.shape[:2], dtype=torch.bool)
    return real_lengths(lengths, x.shape[1])


def prefix_real(real: Tensor, size: int) -> Tensor:
    """Mask (B, size + T) of a mask (B, T) that `size` real positions were put in front of."""
    return F.pad(real, (size, 0), value=True)


def upcoming(x: Tensor, first: int | Tensor, steps: int) -> Tensor:
    """The positions of x (B, T, ...) from `first` on, so many steps; zeros behind the last: (B, steps, ...)."""
    if isinstance(first, Tensor):
        places = (first + torch.arange(steps, device=x.device)).clamp(max=x.shape[1])
        return torch.cat((x, x.new_zeros(x.shape[0], 1, *x.shape[2:])), 1).index_select(1, places)
    found = x[:, first : first + steps]
    return torch.cat((found, found.new_zeros(x.shape[0], steps - found.shape[1], *x.shape[2:])), 1)


def delay_from(x: Tensor, initial: Tensor, *, steps: int = 1, axis: int = 1) -> Tensor:
    """Delay x (B, T, ...) along an axis; the first `steps` entries are `initial`, which lacks that axis."""
    first = initial.unsqueeze(axis).repeat_interleave(steps, axis)
    return torch.cat((first, x), axis).narrow(axis, 0, x.shape[axis])
