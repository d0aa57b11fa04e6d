"""Memory for weights, with all of its pages asked for at once.

The first touch of new memory costs several times what it costs to copy a file from the system's cache into it, a third
of that for stopping at each page of 4 KiB. Linux gives them all in one call. Pages of 2 MiB were tried: three times
faster where they lie ready, and four times slower on a virtual machine whose host must find them first.
"""

from __future__ import annotations

import mmap
import sys
from itertools import accumulate

import torch
from torch import Tensor, nn

ROOM = 1 << 25  # bytes of memory that small weights share; it goes back when the last of them is gone
LINE = 64  # bytes that a weight's place is a multiple of, as torch has it
NEW = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE if sys.platform == "linux" else 0


def house(model: nn.Module) -> None:
    """Give memory, with anything in it, to those parameters of a module that have none; shared ones stay shared."""
    bare = {id(value): value for value in model.parameters() if value.is_meta}
    housed = dict(zip(bare, map(nn.Parameter, rooms(list(bare.values()))), strict=True))
    for module in model.modules():
        for name, value in list(module.named_parameters(recurse=False, remove_duplicate=False)):
            if id(value) in housed:
                setattr(module, name, housed[id(value)].requires_grad_(value.requires_grad))


def rooms(like: list[Tensor]) -> list[Tensor]:
    """Tensors of those shapes and dtypes with memory, and with anything in it; each has a storage of its own size."""
    if sys.platform != "linux" or not NEW:
        return [torch.empty(each.shape, dtype=each.dtype) for each in like]
    found: list[Tensor] = []
    for group in _groups(like):
        ends = list(accumulate(-(-each.nbytes // LINE) * LINE for each in group))
        memory = mmap.mmap(-1, ends[-1], flags=NEW) if ends[-1] else b""
        for each, start in zip(group, [0, *ends], strict=False):
            found.append(_room(memory, start, each))
    return found


def _groups(like: list[Tensor]) -> list[list[Tensor]]:
    """Tensors in their order, in groups of at most ROOM bytes or of one."""
    found: list[list[Tensor]] = []
    size = 0
    for each in like:
        size += each.nbytes
        if not found or size > ROOM:
            found.append([])
            size = each.nbytes
        found[-1].append(each)
    return found


def _room(memory: mmap.mmap | bytes, start: int, like: Tensor) -> Tensor:
    if not like.nbytes:
        return torch.empty(like.shape, dtype=like.dtype)
    return torch.frombuffer(memory, dtype=like.dtype, count=like.numel(), offset=start).view(like.shape)
