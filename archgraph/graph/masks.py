"""Padding masks as symbols: where the real positions of an axis come from.

Masks are suffix masks: real positions stand first. Two masks with the same expression are one tensor at run time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Union

from archgraph.core.dims import Dim


@dataclass(frozen=True)
class Given:
    """The mask of an observed variable."""

    variable: str


@dataclass(frozen=True)
class Both:
    """Real where both are."""

    left: Mask
    right: Mask


@dataclass(frozen=True)
class Strided:
    """The mask of a convolution's output: by its centre tap (same), its last (causal), or all (valid)."""

    mask: Mask
    kernel: int
    stride: int
    dilation: int
    padding: str


@dataclass(frozen=True)
class Grouped:
    """The mask of patches of `size` positions: real where all of them are; `size` < 0 repeats each position."""

    mask: Mask
    size: int


@dataclass(frozen=True)
class Prefixed:
    """The mask of an axis that `size` real positions were put in front of: a number, or the name of an axis."""

    mask: Mask
    size: Dim


Mask = Union[Given, Both, Strided, Grouped, Prefixed]


def both(left: Mask | None, right: Mask | None) -> Mask | None:
    """Real in each."""
    if left is None or right is None:
        return left or right
    if right in _parts(left):
        return left
    if left in _parts(right):
        return right
    if isinstance(left, Prefixed) and isinstance(right, Prefixed) and left.size == right.size:
        inner = both(left.mask, right.mask)
        return Prefixed(inner, left.size) if inner else None
    return Both(left, right)


def _parts(mask: Mask) -> tuple[Mask, ...]:
    """A mask, and those that it is real in each of."""
    return (mask, *_parts(mask.left), *_parts(mask.right)) if isinstance(mask, Both) else (mask,)


def stretch(mask: Mask | None, segments: int) -> Mask | None:
    """The mask of what stands behind so many segments that were put in front of it."""
    for _ in range(segments):
        mask = mask.mask if isinstance(mask, Prefixed) else None
    return mask


def without(mask: Mask | None, variable: str) -> Mask | None:
    """A mask as if nothing of a variable were padding."""
    if mask is None or mask == Given(variable):
        return None
    if isinstance(mask, Both):
        return both(without(mask.left, variable), without(mask.right, variable))
    if isinstance(mask, Given):
        return mask
    inner = without(mask.mask, variable)
    return None if inner is None else replace(mask, mask=inner)


def sources(mask: Mask | None) -> frozenset[str]:
    """The variables that a mask is made from."""
    if mask is None:
        return frozenset()
    if isinstance(mask, Given):
        return frozenset({mask.variable})
    if isinstance(mask, Both):
        return sources(mask.left) | sources(mask.right)
    return sources(mask.mask)
