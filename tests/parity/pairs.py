"""A spec's model and its original with the same weights, and what both make of the same input."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import archgraph
from tests.nn import apart

MODELS = Path(__file__).parents[2] / "specs" / "models"
Read = Callable[[Tensor], Tensor]
Rules = Mapping[str, "str | tuple[str, Read]"]


def transposed(x: Tensor) -> Tensor:
    """A map that the original holds as (in, out)."""
    return x.T


def third(number: int, *, turned: bool = False) -> Read:
    """One of three parts that the original holds as one."""
    return lambda x: (x.T if turned else x).chunk(3, 0)[number]


@dataclass(frozen=True)
class Family:
    """How a spec and its original are brought together.

    Attributes:
        spec: the name of the spec, whose variant is tiny.
        original: makes the original with random weights.
        rules: for each parameter of ours, `{}` standing for numbers, where the original has it, and how to read it.
        run: both outputs and both losses (our output, their output, our loss, their loss) on what `given` makes.
        given: made-up inputs, seeded, of different lengths.
        params: of the spec, besides the variant.
        unused: parameters of the original that the spec does not have, as a pattern.
        never: symbols that start or pad, of which ours generates none.
    """

    spec: str
    original: Callable[[], nn.Module]
    rules: Rules
    run: Callable[[nn.Module, nn.Module, Mapping[str, Tensor]], tuple[Tensor, Tensor, Tensor, Tensor]]
    given: Callable[[int], Mapping[str, Tensor]]
    params: Mapping[str, Any]
    unused: str = "(?!)"
    never: tuple[int, ...] = ()


def pair(family: Family, dtype: torch.dtype) -> tuple[nn.Module, nn.Module]:
    """Our model and the original, in eval, with the same weights."""
    torch.manual_seed(0)
    with exact(dtype):
        theirs = family.original().to(dtype).eval()
        path, params = MODELS / f"{family.spec}.yaml", dict(family.params)
        ours = archgraph.compile(path, variant="tiny", params=params, seed=0).to(dtype).eval()
    with torch.no_grad():
        for parameter in (p for p in theirs.parameters() if p.requires_grad):
            parameter.add_(0.1 * torch.randn_like(parameter))  # biases and gains are not what they start as
    named = dict(theirs.named_parameters(remove_duplicate=False))
    with torch.no_grad():
        for name, parameter in apart.weights(ours).items():
            source, read = look_up(family.rules, name)
            parameter.copy_(read(named[source]))
    return ours, theirs


def look_up(rules: Rules, name: str) -> tuple[str, Read]:
    """Where the original holds a parameter of ours; raises LookupError where no rule says."""
    for pattern, rule in rules.items():
        found = re.fullmatch(re.escape(pattern).replace(r"\{\}", r"(\d+)"), name)
        if found:
            source, read = (rule, lambda x: x) if isinstance(rule, str) else rule
            return source.format(*found.groups()), read
    raise LookupError(name)


def gradients(family: Family, ours: nn.Module, theirs: nn.Module) -> Iterator[tuple[str, Tensor, Tensor]]:
    """The gradients of every parameter of ours, with those of the original, read in the same way."""
    named = dict(theirs.named_parameters(remove_duplicate=False))
    for name, own in apart.gradients(ours).items():
        source, read = look_up(family.rules, name)
        assert own is not None, name
        gradient = named[source].grad
        assert gradient is not None, source
        yield name, own, read(gradient)


@contextmanager
def exact(dtype: torch.dtype) -> Iterator[None]:
    """The original's own casts to float32 taken out, where it runs in float64."""
    if dtype != torch.float64:
        yield
        return

    def widened(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def wide(*args: Any, **more: Any) -> Tensor:
            kept = (torch.float64 if value is torch.float32 else value for value in args)
            return function(*kept, **{k: torch.float64 if v is torch.float32 else v for k, v in more.items()})

        return wide

    torch.set_default_dtype(torch.float64)
    try:
        with (
            patch.object(torch.Tensor, "to", widened(torch.Tensor.to)),
            patch.object(torch.Tensor, "float", torch.Tensor.double),
            patch.object(torch, "arange", widened(torch.arange)),
            patch.object(F, "softmax", widened(F.softmax)),
        ):
            yield
    finally:
        torch.set_default_dtype(torch.float32)


def delayed(y: Tensor, start: int) -> Tensor:
    """What a language model reads: the text one step late."""
    return torch.cat((torch.full_like(y[:, :1], start), y[:, :-1]), 1)


def texts(lengths: list[int], symbols: range, *, pad: int) -> Tensor:
    """Random texts of several lengths, padded behind."""
    y = torch.full((len(lengths), max(lengths)), pad)
    for row, length in zip(y, lengths, strict=True):
        row[:length] = torch.randint(symbols.start, symbols.stop, (length,))
    return y
