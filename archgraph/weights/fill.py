"""Weights into a module: read once, each to the memory where it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from archgraph.weights.errors import WeightsError, unreadable
from archgraph.weights.header import AGAIN, Stored
from archgraph.weights.match import Account, Taken
from archgraph.weights.memory import house
from archgraph.weights.turn import rows_at_once, turn

DTYPES = {
    **{"BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "I32": torch.int32},
    **{"I64": torch.int64, "F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64},
    **{"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2},
}
PIECE = 1 << 22  # bytes compared at a time


class _Unallocated(TorchFunctionMode):
    """Makes what is random, and so is to be learned, without memory; tables that are reckoned stay as they are."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[Any], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if func in (torch.empty, torch.randn, torch.rand):
            kwargs["device"] = "meta"
        return func(*args, **kwargs)


def blank(make: Callable[[], nn.Module]) -> nn.Module:
    """A module whose weights have shapes, and as yet no memory."""
    with _Unallocated():
        return make()


def shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    """The names and shapes of a state dict."""
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


def fill(model: nn.Module, account: Account) -> nn.Module:
    """Give a module the tensors of an account; what is not in it keeps its values.

    Args:
        model: from `blank`, if the account has a tensor for each weight; else with weights of its own.
        account: what was matched.

    Raises:
        WeightsError: a file cannot be read, has another type, or tensors that must be equal are not.
    """
    house(model)
    state = model.state_dict()
    order = sorted(account.loaded, key=lambda each: (str(each.stored.file), each.stored.start, each.first))
    with ExitStack() as stack:
        files = _Files(stack)
        for one, owner in account.tied:
            files.equal(one, owner)
        for taken, target in _joined([(taken, state[taken.name]) for taken in order]):
            files.read(taken, target)
    for name, value in model.named_buffers():
        if value.is_meta:
            raise AssertionError(f"'{name}' has got no memory")
    return model


def _joined(pairs: list[tuple[Taken, Tensor]]) -> Iterator[tuple[Taken, Tensor]]:
    """Weights with their memory; neighbours in a file that are neighbours in memory, as q, k, v may be, are one."""
    last: tuple[Taken, Tensor] | None = None
    for pair in pairs:
        joint = last and _joint(last, pair)
        if last and not joint:
            yield last
        last = joint or pair
    if last:
        yield last


def _joint(one: tuple[Taken, Tensor], other: tuple[Taken, Tensor]) -> tuple[Taken, Tensor] | None:
    (left, memory), (right, after) = one, other
    same = left.stored == right.stored and left.rows and left.first + left.rows == right.first
    if not same or memory.untyped_storage().data_ptr() != after.untyped_storage().data_ptr():
        return None
    straight = memory.is_contiguous() and after.is_contiguous() and memory.dtype == after.dtype
    if not straight or memory.storage_offset() + memory.numel() != after.storage_offset():
        return None
    rows = left.rows + right.rows
    shape = (rows, *left.shape[1:])
    return replace(left, shape=shape, rows=rows), memory.as_strided(shape, memory.stride())


class _Files:
    """Open files, with the tensor that was read last: several weights may be parts of it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[Path, BinaryIO] = {}
        self._arrays: dict[Path, Mapping[str, Any]] = {}
        self._last: tuple[Stored, Tensor] | None = None
        # What lies in another form is laid out here first; new memory for each would cost more than to read it.
        self._desk = torch.empty(0, dtype=torch.uint8)

    def read(self, taken: Taken, target: Tensor) -> None:
        """Fill the memory of a weight."""
        stored = taken.stored
        if stored.dtype not in DTYPES:
            raise WeightsError(f"{stored.file}: '{stored.name}' has the type {stored.dtype}", "store it in float32")
        if target.is_floating_point() and not DTYPES[stored.dtype].is_floating_point:
            fact = f"'{stored.name}' holds whole numbers ({stored.dtype}), and '{taken.name}' real ones"
            raise WeightsError(f"{stored.file}: {fact}", "store it in float32, its scale multiplied in")
        same = target.dtype == DTYPES[stored.dtype] and target.is_contiguous() and target.device.type == "cpu"
        if stored.start >= 0 and same and not taken.transposed and not taken.axes:
            self._straight(stored, taken.first, target)
            return
        if stored.start >= 0 and taken.transposed and target.dtype == torch.float32 and taken.whole == target.shape:
            self._turned(stored, target)
            return
        whole = self._whole(stored)
        turned = whole.t() if taken.transposed else whole.permute(taken.axes) if taken.axes else whole
        turned = turned[taken.first : taken.first + taken.rows] if taken.rows else turned
        target.copy_(turned.reshape(taken.shape))

    def _turned(self, stored: Stored, target: Tensor) -> None:
        """Fill memory (columns, rows) with a matrix that the file has as (rows, columns)."""
        self._last = None  # it lies on the desk
        rows, columns = stored.shape
        step = rows_at_once(columns)
        for first in range(0, rows, step):
            count = min(step, rows - first)
            piece = self._cleared(stored, (count, columns))
            self._straight(stored, first, piece)
            turn(piece, target[:, first : first + count])

    def _whole(self, stored: Stored) -> Tensor:
        if self._last is None or self._last[0] != stored:
            self._last = None
            if stored.start < 0:
                found = torch.from_numpy(self._array(stored))
            else:
                found = self._cleared(stored, stored.shape)
                self._straight(stored, 0, found)
            self._last = (stored, found)
        return self._last[1]

    def _cleared(self, stored: Stored, shape: tuple[int, ...]) -> Tensor:
        """Room on the desk for so much of a tensor."""
        dtype = DTYPES[stored.dtype]
        size = dtype.itemsize * prod(shape)
        if self._desk.numel() < size:
            self._desk = torch.empty(size, dtype=torch.uint8)
        return self._desk[:size].view(dtype).view(shape)

    def _straight(self, stored: Stored, first: int, target: Tensor) -> None:
        """Fill memory with a tensor from a row on, straight from the file."""
        memory = target.view(-1).view(torch.uint8).numpy().data
        row = stored.size // stored.shape[0] if stored.shape and stored.shape[0] else 0
        try:
            file = self._file(stored.file)
            file.seek(stored.start + first * row)
            count = file.readinto(memory) if memory.nbytes else 0  # type: ignore[attr-defined]
        except OSError as fault:
            raise unreadable(stored.file, fault) from fault
        if count != memory.nbytes:
            raise WeightsError(f"{stored.file}: '{stored.name}' ends before it should", AGAIN)

    def _file(self, path: Path) -> BinaryIO:
        if path not in self._open:
            self._open[path] = self._stack.enter_context(path.open("rb", buffering=0))
        return self._open[path]

    def _array(self, stored: Stored) -> Any:
        import numpy as np

        if stored.file not in self._arrays:
            self._arrays[stored.file] = self._stack.enter_context(np.load(stored.file, allow_pickle=False))
        return np.ascontiguousarray(self._arrays[stored.file][stored.name])

    def equal(self, one: Stored, owner: Stored) -> None:
        """Raise WeightsError unless two tensors are the same numbers."""
        same = (one.dtype, one.shape) == (owner.dtype, owner.shape)
        if not same or any(left != right for left, right in zip(self._pieces(one), self._pieces(owner), strict=True)):
            fact = f"{one.file}: '{one.name}' and '{owner.name}' differ, and the spec has one tensor for both"
            raise WeightsError(fact, "untie them in the spec")

    def _pieces(self, stored: Stored) -> Iterator[bytes]:
        if stored.start < 0:
            yield self._array(stored).tobytes()
            return
        for at in range(0, stored.size, PIECE):
            file = self._file(stored.file)
            file.seek(stored.start + at)
            yield file.read(min(PIECE, stored.size - at))
