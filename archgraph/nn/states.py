"""The state of a stream: tensors, the batch first, in dictionaries and lists."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def select_rows(state: Any, rows: Tensor) -> Any:
    """A state whose samples are those `rows` (n,) of another."""
    if isinstance(state, dict):
        return {name: select_rows(part, rows) for name, part in state.items()}
    if isinstance(state, list):
        return [select_rows(part, rows) for part in state]
    return state.index_select(0, rows)


def settled(state: Any) -> Any:
    """A state in memory of its own, so that steps can write into it in place."""
    if isinstance(state, dict):
        return {name: settled(part) for name, part in state.items()}
    if isinstance(state, list):
        return [settled(part) for part in state]
    return state.detach().clone(memory_format=torch.contiguous_format)


def opened(state: Any) -> Any:
    """The same tensors in dictionaries and lists of their own."""
    if isinstance(state, dict):
        return {name: opened(part) for name, part in state.items()}
    return [opened(part) for part in state] if isinstance(state, list) else state


def put_back(state: Any, found: Any) -> None:
    """Write the tensors of a state over those of another, where they are not the same."""
    if isinstance(state, Tensor):
        if found is not state:
            state.copy_(found)
        return
    for key in state if isinstance(state, dict) else range(len(state)):
        put_back(state[key], found[key])


def copied(rows: Tensor, copies: int) -> Tensor:
    """So many copies of each of the rows (B,), beside each other; most often one, which costs nothing."""
    return rows if copies == 1 else rows.repeat_interleave(copies)
