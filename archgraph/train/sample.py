"""How text is generated from a trained model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Sampling:
    """How the next symbol is chosen, as the model's own `generate` has it.

    Attributes:
        max_length: symbols to make at most, the prompt not counted.
        temperature: divides the logits; None takes the likeliest symbol.
        top_k: sample among the likeliest so many; None for all.
        top_p: sample among the likeliest that have so much of the probability; None for all.
        beams: the width of a search for the likeliest sequence.
        stop: the symbol, as text, before which a text ends; None for the model's own.
        seed: of the choice.
    """

    max_length: int = 200
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    beams: int = 1
    stop: str | None = None
    seed: int = 0

    def options(self) -> dict[str, Any]:
        """The arguments of `generate` but `stop`, whose id a codec knows.

        Choices are drawn on the CPU, so that a seed gives the same on any device.
        """
        chosen = {name: getattr(self, name) for name in ("max_length", "temperature", "top_k", "top_p", "beams")}
        return {**chosen, "generator": torch.Generator().manual_seed(self.seed)}


GREEDY = Sampling()


def until_stop(ids: Sequence[int], stop: int | None, *, start: int = 0) -> list[int]:
    """Return the ids before the first `stop` from place `start` on, the end of a prompt that may hold some."""
    listed = list(ids)
    return listed[: listed.index(stop, start)] if stop in listed[start:] else listed
