"""What streams and generation are given, checked before any work: each refusal names the argument and the limit."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from torch import Tensor

WHOLE = ("max_length", "top_k", "beams")  # options that count
FLAGS = ("lengths", "corrupt", "generator")  # what a model may take besides its inputs


class Observed(NamedTuple):
    """A variable that is given: its name, how many symbols there are (0: real numbers), and its axes, but the batch."""

    name: str
    symbols: int = 0
    axes: int = 1


def check_symbols(name: str, y: Tensor, symbols: int) -> None:
    """Refuse symbols that are none."""
    if symbols and y.numel():
        low, high = (int(bound) for bound in y.aminmax())
        if low < 0 or high >= symbols:
            raise ValueError(f"{name} holds {low if low < 0 else high}, and there are {symbols} symbols")


def check_tensor(variable: Observed, value: Any) -> None:
    """Refuse what is no value of a variable: no tensor, of other axes, or of symbols that are none."""
    name, symbols, axes = variable
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} is of type {type(value).__name__}, and must be a tensor")
    if value.dim() != axes + 1:
        raise ValueError(f"{name} has shape {tuple(value.shape)}, and must have {axes + 1} axes, the batch first")
    if symbols and (value.is_floating_point() or value.is_complex()):
        raise ValueError(f"{name} holds {value.dtype}, and must hold symbols as whole numbers")
    check_symbols(name, value, symbols)


def check_inputs(inputs: tuple[tuple[str, int, int], ...] | None, given: dict[str, Any]) -> None:
    """Refuse inputs that are missing, that there are none of, or that are no values of theirs; None: not known."""
    if inputs is None:
        return
    names = [name for name, _, _ in inputs]
    for name in given:
        if name not in (*names, *FLAGS):
            known = f"it takes {', '.join(names)}" if names else "it takes no inputs"
            raise ValueError(f"'{name}' is no input of the prediction: {known}")
    for variable in map(Observed._make, inputs):
        if variable.name not in given:
            raise ValueError(f"{variable.name} is missing: the prediction depends on it")
        check_tensor(variable, given[variable.name])


def check_lengths(name: str, lengths: Tensor, shape: tuple[int, int]) -> None:
    """Refuse lengths of a prompt of a `shape` (samples, positions) that are not one a sample, or longer than it."""
    batch, size = shape
    if lengths.shape != (batch,):
        raise ValueError(f"lengths of {name} have shape {tuple(lengths.shape)}, and there are {batch} samples")
    if batch and not 0 <= int(lengths.min()) <= int(lengths.max()) <= size:
        wrong = int(lengths.min()) if int(lengths.min()) < 0 else int(lengths.max())
        raise ValueError(f"a length of {name} is {wrong}, and it has {size} positions")


def check_options(options: dict[str, float | None]) -> None:
    """Refuse options of a generation that choose nothing."""
    for name, value in options.items():
        if value is None:
            continue
        if name in WHOLE and not isinstance(value, int):
            raise ValueError(f"{name} is {value!r}, and must be a whole number")
        if not 0 < value < math.inf:
            raise ValueError(f"{name} is {value}, and must be {'above 0' if value != math.inf else 'finite'}")
    if (options["top_p"] or 0) > 1:
        raise ValueError(f"top_p is {options['top_p']}, and must be at most 1")
