"""What streams and generation are given, checked before any work: each refusal names the argument and the limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, NamedTuple

import torch
from torch import Tensor

WHOLE = ("max_length", "top_k", "beams", "stop", "batch", "capacity")  # options that count
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


def is_whole(value: Tensor) -> bool:
    """Whether a tensor holds whole numbers."""
    return not (value.is_floating_point() or value.is_complex() or value.dtype == torch.bool)


def check_a_tensor(name: str, value: Any) -> None:
    """Refuse what is no tensor."""
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} is of type {type(value).__name__}, and must be a tensor")


def check_tensor(variable: Observed, value: Any) -> None:
    """Refuse what is no value of a variable: no tensor, of other axes, or of symbols that are none."""
    name, symbols, axes = variable
    check_a_tensor(name, value)
    if value.dim() != axes + 1:
        raise ValueError(f"{name} has shape {tuple(value.shape)}, and must have {axes + 1} axes, the batch first")
    if symbols and not is_whole(value):
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


def check_flags(start: Callable[..., Any], given: Mapping[str, Any], *, own: str = "") -> None:
    """Refuse flags that a model's `start` does not take, and lengths that fit no variable that is given.

    Those of a prompt, the variable `own`, `start` needs not take.
    """
    taken = signature(start).parameters
    lengths = given.get("lengths")
    if lengths is not None and not isinstance(lengths, dict):
        raise ValueError(f"lengths are of type {type(lengths).__name__}, and must be a dictionary of tensors by name")
    for name, value in (lengths or {}).items():
        if not isinstance(given.get(name), Tensor):
            raise ValueError(f"lengths of '{name}' are given, and '{name}' is not")
        if "lengths" not in taken and name != own:
            raise ValueError(f"lengths of {name} are given, and it ends where its padding begins")
        check_lengths(name, value, (given[name].shape[0], given[name].shape[1]))
    for name in FLAGS:
        if name in given and name not in taken and given[name] is not None and name != "lengths":
            raise ValueError(f"'{name}' is no argument of the prediction: a stream reads what it is given as it is")


def check_lengths(name: str, lengths: Any, shape: tuple[int, int]) -> None:
    """Refuse lengths of a variable of a `shape` (samples, positions) that are not one a sample, or longer than it."""
    batch, size = shape
    check_a_tensor(f"lengths of {name}", lengths)
    if not is_whole(lengths):
        raise ValueError(f"lengths of {name} hold {lengths.dtype}, and must be whole numbers")
    if lengths.shape != (batch,):
        raise ValueError(f"lengths of {name} have shape {tuple(lengths.shape)}, and there are {batch} samples")
    if batch and not 0 <= int(lengths.min()) <= int(lengths.max()) <= size:
        wrong = int(lengths.min()) if int(lengths.min()) < 0 else int(lengths.max())
        raise ValueError(f"a length of {name} is {wrong}, and it has {size} positions")


def check_samples(given: Mapping[str, Any], batch: int | None) -> int:
    """How many samples there are: as many in all that is given, one if nothing is; refuse others, and none."""
    sizes = {name: len(value) for name, value in given.items() if isinstance(value, Tensor)}
    first, found = next(iter(sizes.items()), ("batch", 1)) if batch is None else ("the batch", batch)
    for name, size in sizes.items():
        if size != found:
            raise ValueError(f"{name} has {size} samples, and {first} {found}")
        if not size:
            raise ValueError(f"{name} has no samples")
    return found


def check_rows(rows: Any, batch: int) -> None:
    """Refuse rows to go on with that a stream of `batch` samples does not have, or none."""
    check_a_tensor("rows", rows)
    if rows.dim() != 1 or not rows.numel() or not is_whole(rows):
        raise ValueError(f"rows have shape {tuple(rows.shape)} and hold {rows.dtype}: give numbers of samples (B,)")
    if not 0 <= int(rows.min()) <= int(rows.max()) < batch:
        wrong = int(rows.min()) if int(rows.min()) < 0 else int(rows.max())
        raise ValueError(f"rows hold {wrong}, and the stream has {batch} samples, from 0 on")


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse options of a stream or a generation that choose nothing."""
    for name, value in options.items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int if name in WHOLE else (int, float)):
            raise ValueError(f"{name} is {value!r}, and must be a {'whole ' * (name in WHOLE)}number")
        if not 0 < value < math.inf and name != "stop":
            raise ValueError(f"{name} is {value}, and must be {'above 0' if value != math.inf else 'finite'}")
    if (options.get("top_p") or 0) > 1:
        raise ValueError(f"top_p is {options['top_p']}, and must be at most 1")


def check_helpers(generator: Any, compiled: Any) -> None:
    """Refuse a source of chance, or a compiled step, that is none."""
    if generator is not None and not isinstance(generator, torch.Generator):
        raise ValueError(f"generator is of type {type(generator).__name__}, and must be a torch.Generator")
    if compiled is not None and not callable(compiled):
        raise ValueError(f"compiled is of type {type(compiled).__name__}, and must be a step that can be called")
