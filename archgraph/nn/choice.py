"""How the next symbol of a generation is chosen."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Choice(NamedTuple):
    """How the next symbol is chosen: the likeliest without a temperature, else at random among some."""

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    generator: torch.Generator | None = None


def choose(logits: Tensor, choice: Choice) -> Tensor:
    """One symbol a row (B,) by logits (B, symbols)."""
    if choice.temperature is None:
        return logits.argmax(-1)
    # from the likeliest down, and by no smaller number than logits can be divided by: at no temperature 0 / 0 or inf
    cold = max(choice.temperature, torch.finfo(logits.dtype).tiny)
    weights = ((logits - logits.amax(-1, keepdim=True)) / cold).softmax(-1)
    if choice.top_k is not None and choice.top_k < weights.shape[-1]:
        weights = weights.masked_fill(weights < weights.topk(choice.top_k).values[:, -1:], 0)
    if choice.top_p is not None:
        ordered, order = weights.sort(-1, descending=True)
        # the likeliest symbols up to, and with, the one that passes top_p
        ordered = ordered.masked_fill(ordered.cumsum(-1) - ordered >= choice.top_p, 0)
        weights = torch.zeros_like(weights).scatter(-1, order, ordered)
    device = choice.generator.device if choice.generator is not None else weights.device
    return torch.multinomial(weights.to(device), 1, generator=choice.generator)[:, 0].to(logits.device)
