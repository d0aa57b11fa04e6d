"""Corruptions: noise on features, tokens masked or dropped. Padding, told by `real` (B, T), is left alone."""

from __future__ import annotations

import torch
from torch import Tensor


def chosen(x: Tensor, rate: float, real: Tensor | None = None, *, generator: torch.Generator | None = None) -> Tensor:
    """Mask (B, T) of positions of x (B, T, ...) drawn at `rate`, real ones only."""
    # Drawn in place: torch.rand takes no generator where torch.compile or torch.export leaves lengths open, and what
    # torch.export saves of uniform_ cannot be loaded again.
    where = torch.empty(x.shape[:2], dtype=torch.bool, device=x.device).bernoulli_(rate, generator=generator)
    return where if real is None else where & real


def gaussian_noise(
    x: Tensor, std: float, *, real: Tensor | None = None, generator: torch.Generator | None = None
) -> Tensor:
    """Add normal noise of standard deviation `std` to the features x (B, ...)."""
    noise = torch.empty(x.shape, dtype=x.dtype, device=x.device).normal_(generator=generator) * std
    return x + noise if real is None else x + noise.masked_fill(~real.unsqueeze(-1), 0)


def mask_tokens(
    x: Tensor,
    rate: float,
    *,
    symbol: int,
    real: Tensor | None = None,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Replace tokens of x (B, T) by `symbol` at `rate` (Devlin et al. 2019); also tells where, (B, T)."""
    where = chosen(x, rate, real, generator=generator)
    return x.masked_fill(where, symbol), where


def drop_tokens(
    x: Tensor,
    rate: float,
    *,
    fill: float = 0,
    real: Tensor | None = None,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Blank whole positions of x, tokens (B, T) or features (B, T, D), at `rate`; also tells where, (B, T).

    Positions keep their places: what is dropped reads as `fill`.
    """
    where = chosen(x, rate, real, generator=generator)
    return x.masked_fill(where if x.dim() == 2 else where.unsqueeze(-1), fill), where


def gaussian_sample(mu: Tensor, v: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """A normal sample of mean mu (B, ...) and log-variance v (B, ...) (Kingma & Welling 2014)."""
    noise = torch.empty(mu.shape, dtype=mu.dtype, device=mu.device).normal_(generator=generator)
    return mu + (v / 2).exp() * noise


def drop_path(x: Tensor, rate: float, training: bool) -> Tensor:
    """In training, zero whole samples of x (B, ...) at `rate` and scale the rest (Huang et al. 2016)."""
    if not training or rate == 0:
        return x
    kept = torch.rand((x.shape[0], *(1,) * (x.dim() - 1)), dtype=x.dtype, device=x.device) >= rate
    return x * kept / (1 - rate)
