"""What models, streams and generation are given: each refusal names the argument and the limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from inspect import signature, unwrap
from numbers import Integral, Real
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from archgraph.nn.shapes import check_symbols

WHOLE = ("max_length", "top_k", "beams", "stop", "batch", "capacity")  # options that count
WIDEST = 64  # symbols beyond which there are more sequences than any search holds
FLAGS = ("lengths", "corrupt", "generator")  # what a model may take besides its inputs


class Observed(NamedTuple):
    """A variable that is given: its name, how many symbols there are (0: none), its axes but the batch, what it holds.

    An axis is a number, or a name, which stands for one length wherever it is.
    """

    name: str
    symbols: int = 0
    axes: tuple[str | int, ...] = ("T",)
    element: str = "tokens"
    lengths: bool = False  # whether it may end where `lengths` say


class Target(NamedTuple):
    """What a stream reads and predicts: its name, how many symbols there are (0: real numbers), and what they mean."""

    name: str
    symbols: int = 0
    start: int | None = None
    stop: int | None = None
    pad: int | None = None
    longest: int | None = None  # positions that the model has tables for
    along: tuple[str, int] | None = None  # an input that has the same positions, and on which of its axes
    axes: tuple[str | int, ...] = ("T",)  # of the target, but the batch
    inputs: tuple[str, ...] | None = None  # all that it depends on, if told

    @property
    def observed(self) -> Observed:
        """What is read of it."""
        return Observed(self.name, self.symbols, self.axes, "tokens" if self.symbols else "real")


def is_whole(value: Tensor) -> bool:
    """Whether a tensor holds whole numbers that torch looks things up by."""
    return value.dtype in (torch.int64, torch.int32)


def check_a_tensor(name: str, value: Any) -> None:
    """Refuse what is no tensor."""
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} is of type {type(value).__name__}, and must be a tensor")


def check_tensor(variable: Observed, value: Any) -> None:
    """Refuse what is no value of a variable: no tensor, of another shape, or of symbols that are none."""
    name, symbols, axes, element, _ = variable
    check_a_tensor(name, value)
    if value.dim() != len(axes) + 1:
        raise ValueError(f"{name} has shape {tuple(value.shape)}, and must have {len(axes) + 1} axes, the batch first")
    if any(isinstance(axis, int) and axis != size for axis, size in zip(axes, value.shape[1:], strict=True)):
        shape = ", ".join(["B", *map(str, axes)])
        raise ValueError(f"{name} has shape {tuple(value.shape)}, and must have ({shape}), B being the batch")
    if symbols and not is_whole(value):
        raise ValueError(f"{name} holds {value.dtype}, and must hold symbols as whole numbers, torch.int64")
    if element == "real" and not value.is_floating_point():
        raise ValueError(f"{name} holds {value.dtype}, and must hold real numbers")
    if element == "mask" and value.dtype != torch.bool:
        raise ValueError(f"{name} holds {value.dtype}, and must hold torch.bool")


def check_home(name: str, value: Tensor, model: nn.Module) -> None:
    """Refuse a tensor on a device, or real numbers of a dtype, that no weight of the model is of."""
    weights = list(model.parameters())
    devices = list(dict.fromkeys(weight.device for weight in weights))
    if devices and value.device not in devices:
        raise ValueError(f"{name} is on {value.device}, and the model on {', '.join(map(str, devices))}")
    dtypes = list(dict.fromkeys(weight.dtype for weight in weights if weight.is_floating_point()))
    real = value.is_floating_point() and not torch.is_autocast_enabled(value.device.type)
    if real and dtypes and value.dtype not in dtypes:
        raise ValueError(f"{name} holds {value.dtype}, and the model's weights {', '.join(map(str, dtypes))}")


def check_like(name: str, value: Tensor, before: Tensor) -> None:
    """Refuse what cannot go on from a tensor: on another device, or real numbers of another dtype."""
    if value.device != before.device:
        raise ValueError(f"{name} is on {value.device}, and the stream on {before.device}")
    if value.is_floating_point() and value.dtype != before.dtype:
        raise ValueError(f"{name} holds {value.dtype}, and the stream {before.dtype}")


def check_axes(variables: Iterable[Observed], given: Mapping[str, Any]) -> None:
    """Refuse lengths of one axis that are not one length in all that has the axis."""
    known: dict[str, tuple[int, str]] = {}
    for variable in variables:
        for place, axis in enumerate(variable.axes, 1):
            if isinstance(axis, str) and variable.name in given:
                size = given[variable.name].shape[place]
                first, owner = known.setdefault(axis, (size, variable.name))
                if first != size:
                    raise ValueError(f"{variable.name} has {size} positions along {axis}, and {owner} has {first}")


def check_values(variables: Iterable[Observed], given: Mapping[str, Any], model: nn.Module) -> None:
    """Refuse what is given for some variables where it is no value of theirs, or does not fit the model or the rest."""
    variables = [variable for variable in variables if variable.name in given]
    for variable in variables:
        value = given[variable.name]
        check_tensor(variable, value)
        check_home(variable.name, value, model)
        check_symbols(variable.name, value, variable.symbols)
    check_axes(variables, given)


def check_wide(variables: Iterable[Observed], given: Mapping[str, Any]) -> None:
    """Refuse symbols that costs cannot be computed of."""
    for name, symbols, *_ in variables:
        if symbols and name in given and given[name].dtype != torch.int64:
            raise ValueError(f"{name} holds {given[name].dtype}, and must hold torch.int64")


def check_inputs(variables: Iterable[Observed] | None, given: Mapping[str, Any], model: nn.Module) -> None:
    """Refuse inputs that are missing, that there are none of, or that are no values of theirs; None: not known."""
    if variables is None:
        return
    variables = list(variables)
    names = [variable.name for variable in variables]
    for name in given:
        if name not in (*names, *FLAGS):
            known = f"it takes {', '.join(names)}" if names else "it takes no inputs"
            raise ValueError(f"'{name}' is no input of the prediction: {known}")
    for name in names:
        if name not in given:
            raise ValueError(f"{name} is missing: the prediction depends on it")
    check_values(variables, given, model)


def check_flags(start: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """Refuse flags that a model's `start` does not take."""
    taken = signature(start).parameters
    for name in FLAGS:
        if name in given and name not in taken and given[name] is not None and name != "lengths":
            raise ValueError(f"'{name}' is no argument of the prediction: a stream reads what it is given as it is")


def check_all_lengths(variables: Iterable[Observed], given: Mapping[str, Any], *, own: str = "") -> None:
    """Refuse `lengths` that fit no variable that is given; those of a prompt, the variable `own`, may be told."""
    lengths = given.get("lengths")
    if lengths is not None and not isinstance(lengths, dict):
        raise ValueError(f"lengths are of type {type(lengths).__name__}, and must be a dictionary of tensors by name")
    fixed = {variable.name for variable in variables if not variable.lengths} - {own}
    for name, value in (lengths or {}).items():
        if not isinstance(given.get(name), Tensor):
            raise ValueError(f"lengths of '{name}' are given, and '{name}' is not")
        if name in fixed:
            raise ValueError(
                f"lengths of {name} are given, and it ends where its padding begins: only 'pad: lengths' takes them"
            )
        check_lengths(name, value, (given[name].shape[0], given[name].shape[1]))


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


def check_rows(rows: Any, batch: int, place: Tensor) -> None:
    """Refuse rows to go on with that a stream of `batch` samples does not have, or none, or on another device."""
    check_a_tensor("rows", rows)
    if rows.dim() != 1 or not rows.numel() or not is_whole(rows):
        raise ValueError(f"rows have shape {tuple(rows.shape)} and hold {rows.dtype}: give numbers of samples (B,)")
    check_like("rows", rows, place)
    if not 0 <= int(rows.min()) <= int(rows.max()) < batch:
        wrong = int(rows.min()) if int(rows.min()) < 0 else int(rows.max())
        raise ValueError(f"rows hold {wrong}, and the stream has {batch} samples, from 0 on")


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse options of a stream or a generation that choose nothing."""
    for name, value in options.items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, Integral if name in WHOLE else Real):
            raise ValueError(f"{name} is {value!r}, and must be a {'whole ' * (name in WHOLE)}number")
        if not 0 < float(value) < math.inf and name != "stop":
            raise ValueError(f"{name} is {value}, and must be {'above 0' if value != math.inf else 'finite'}")
    if (options.get("top_p") or 0) > 1:
        raise ValueError(f"top_p is {options['top_p']}, and must be at most 1")


def check_search(max_length: Any, beams: Any, symbols: int) -> None:
    """Refuse a length or a width of a search that is none, and one wider than there are sequences of `symbols`."""
    for name, value in (("max_length", max_length), ("beams", beams)):
        if value is None:
            raise ValueError(f"{name} is None, and must be a whole number")
    check_options({"max_length": max_length, "beams": beams})
    most = symbols ** min(int(max_length), WIDEST)
    if symbols and beams > most:
        raise ValueError(f"beams is {beams}, and there are {most} sequences of {max_length} symbols")


def check_helpers(generator: Any, compiled: Any, model: nn.Module) -> None:
    """Refuse a source of chance, or a compiled step, that is none, or the step of another model."""
    if generator is not None and not isinstance(generator, torch.Generator):
        raise ValueError(f"generator is of type {type(generator).__name__}, and must be a torch.Generator")
    if compiled is None:
        return
    if isinstance(compiled, nn.Module) or not callable(compiled):
        raise ValueError(
            f"compiled is of type {type(compiled).__name__}, and must be a step: torch.compile(model.static_step)"
        )
    # the method that torch.compile was given; a function of somebody's own stays as it is
    method = unwrap(compiled, stop=lambda found: hasattr(found, "__self__"))
    owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if isinstance(owner, nn.Module) and owner is not model:
        raise ValueError("compiled is the step of another model: compile the static_step of this one")
    if isinstance(owner, nn.Module) and name not in ("static_step", "step"):
        raise ValueError(f"compiled is the model's {name}, and must be its static_step")


def check_static(target: Target, y: Any, first: Any, state: Any, settled: int) -> None:
    """Refuse what a step by a place that is a tensor () cannot work with; values only where they cost no waiting."""
    check_tensor(target.observed, y)
    check_a_tensor("first", first)
    if first.dim() or first.dtype != torch.int64:
        raise ValueError(f"first has shape {tuple(first.shape)} and holds {first.dtype}: give a place (), torch.int64")
    if not isinstance(state, dict) or "before" not in state:
        raise ValueError(f"state is of type {type(state).__name__}, and must be what start() gives")
    before = state["before"]
    check_like(target.name, y, before)
    if y.shape[0] != before.shape[0]:
        raise ValueError(f"{target.name} has {y.shape[0]} samples, and the state {before.shape[0]}")
    if first.device.type == y.device.type == "cpu":
        check_symbols(target.name, y, target.symbols)
        check_place(int(first), y.shape[1], state, settled)


def check_place(first: int, steps: int, state: Mapping[str, Any], settled: int) -> None:
    """Refuse a step before shapes are settled, one of no symbols, and one past the room that a state has."""
    if first < settled:
        raise ValueError(f"first is {first}, and steps have one shape from place {settled} on")
    if not steps:
        raise ValueError("there is nothing to read: y has no positions")
    room = state["room"].shape[1] if "room" in state else first + steps
    if first + steps > room:
        raise ValueError(
            f"first is {first}, and the capacity is {room} steps: the last that can be read is at place {room - 1}"
        )
