"""Generate from a causal model: run it again on the growing prefix, one symbol at a time.

The delay is inside the model, so predicting symbol t takes a `y` of length t + 1 whose last entry is a
placeholder that causality keeps it from seeing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from archgraph.train.errors import TrainError
from archgraph.train.field import Field


@dataclass(frozen=True)
class Sampling:
    """How the next symbol is chosen.

    Attributes:
        max_length: symbols to make at most, the prompt not counted.
        temperature: divides the logits; 0 takes the likeliest symbol.
        top_k: sample among the likeliest so many; None for all.
        seed: of the choice.
    """

    max_length: int = 200
    temperature: float = 1.0
    top_k: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse values that choose nothing.

        Raises:
            TrainError: a value is out of its range.
        """
        if not 0 <= self.temperature < float("inf"):
            raise TrainError(f"temperature is {self.temperature}", "give a number of at least 0")
        if self.max_length < 1 or (self.top_k is not None and self.top_k < 1):
            raise TrainError("max_length and top_k must be at least 1", "raise them")


GREEDY = Sampling(temperature=0.0)


@dataclass(frozen=True)
class Target:
    """The variable that is generated, and the field of the model's output that predicts it."""

    field: Field
    prediction: str

    @property
    def placeholder(self) -> int:
        """An id for the position to come, never one that reads as padding."""
        return 1 if self.field.pad == 0 else 0

    @property
    def fill(self) -> int:
        """What stands behind `stop` in rows that end early."""
        field = self.field
        return field.pad if isinstance(field.pad, int) else field.stop or 0


def generate(
    model: nn.Module,
    target: Target,
    *,
    inputs: Mapping[str, Tensor] | None = None,
    prompt: Tensor | None = None,
    sampling: Sampling = GREEDY,
) -> Tensor:
    """Return generated ids, `(B, T)` int64, the prompt first, rows filled up behind their `stop`.

    Args:
        model: a compiled model, causal in the target.
        target: what is generated.
        inputs: the observed inputs by name, batch first; None for a language model.
        prompt: the beginning of the target, `(B, T)`; empty without it.
        sampling: how symbols are chosen.
    """
    given = dict(inputs or {})
    y = _begin(model, given, prompt)
    chooser = torch.Generator().manual_seed(sampling.seed)
    ended = torch.zeros(len(y), dtype=torch.bool, device=y.device)
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(sampling.max_length):
            logits = _next_logits(model, target, y, given)
            chosen = choose(forbid(logits, target.field), sampling, chooser)
            chosen = torch.where(ended, target.fill, chosen)
            y = torch.cat([y, chosen[:, None]], dim=1)
            if target.field.stop is not None:
                ended = ended | (chosen == target.field.stop)
            if bool(ended.all()):
                break
    model.train(training)
    return y


def _begin(model: nn.Module, given: Mapping[str, Tensor], prompt: Tensor | None) -> Tensor:
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    if prompt is not None:
        return prompt.to(device)
    rows = next((len(value) for value in given.values()), 1)
    return torch.zeros(rows, 0, dtype=torch.int64, device=device)


def _next_logits(model: nn.Module, target: Target, y: Tensor, given: Mapping[str, Any]) -> Tensor:
    slot = y.new_full((len(y), 1), target.placeholder)
    output = model(**given, **{target.field.name: torch.cat([y, slot], dim=1)})
    logits: Tensor = getattr(output, target.prediction)
    return logits[:, -1].float()


def forbid(logits: Tensor, field: Field) -> Tensor:
    """Return logits `(B, V)` under which no start and no padding follows: neither is a symbol of the text."""
    never = [i for i in (field.start, field.pad) if isinstance(i, int) and i != field.stop]
    masked = logits.clone()
    masked[:, never] = -torch.inf
    return masked


def choose(logits: Tensor, sampling: Sampling, generator: torch.Generator) -> Tensor:
    """Return one id a row, `(B,)`, from logits `(B, V)`."""
    if sampling.temperature == 0:
        return logits.argmax(-1)
    scaled = logits / sampling.temperature
    if sampling.top_k is not None and sampling.top_k < scaled.size(-1):
        least = scaled.topk(sampling.top_k).values[:, -1:]
        scaled = scaled.masked_fill(scaled < least, -torch.inf)
    # On the CPU, whatever the model's device: the same seed gives the same choice on both.
    drawn = torch.multinomial(scaled.softmax(-1).cpu(), 1, generator=generator)
    return drawn[:, 0].to(logits.device)


def until_stop(ids: Sequence[int], field: Field) -> list[int]:
    """Return the ids before the first `stop`."""
    listed = list(ids)
    return listed[: listed.index(field.stop)] if field.stop in listed else listed
