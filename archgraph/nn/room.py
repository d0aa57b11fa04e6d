"""How much memory there is, and how much of it what is kept between steps takes."""

from __future__ import annotations

import os
from typing import Any

import torch

NUMBERS = 4  # tensors of a number for each row and symbol, in float32, that a search over beams holds at a time


def memory_of(device: torch.device) -> int | None:
    """The bytes of memory that a device has; None where nobody tells."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[1])
    known = getattr(os, "sysconf_names", {})
    if device.type != "cpu" or "SC_PHYS_PAGES" not in known or "SC_PAGE_SIZE" not in known:
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def size_of(state: Any) -> int:
    """The bytes that a state takes."""
    if isinstance(state, dict):
        return sum(size_of(part) for part in state.values())
    return sum(map(size_of, state)) if isinstance(state, list) else int(state.nbytes)


def check_room(beams: int, symbols: int, state: dict[str, Any]) -> None:
    """Refuse a search over so many beams a row that there is no memory for, by the state (B, ...) of one beam each."""
    before = state["before"]
    rows, room = beams * before.shape[0], memory_of(before.device)
    # the state stands twice while rows of it are chosen
    needed = 2 * beams * size_of(state) + NUMBERS * 4 * rows * symbols
    if room is not None and needed > room:
        raise ValueError(
            f"beams is {beams}: a search over {rows} rows takes {needed / 1e9:.3g} GB, and there are "
            f"{room / 1e9:.3g} GB, enough for {int(beams * room / needed)} beams"
        )
