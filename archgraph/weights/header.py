"""Headers of safetensors files, read and checked before any tensor: nothing in them can run code.

A file is the length of its header in 8 bytes, the header in JSON, and the numbers, one tensor behind the other without
a gap (https://github.com/huggingface/safetensors#format).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from archgraph.weights.errors import WeightsError, unreadable

LIMIT = 100_000_000  # bytes of a header, as the format has it
BYTES = {
    **{"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2},
    **{"U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8},
}
AGAIN = "copy or download the file again"
CONVERT = "convert it where you trust it: load it by torch.load(..., weights_only=True), save it by safetensors"
PICKLED = (b"PK\x03\x04", b"\x80\x02\x8a")  # how files of torch begin: archives, and bare pickles before those
POINTER = b"version https://git-lfs"


@dataclass(frozen=True)
class Stored:
    """A tensor in a file: its name there, its type, shape, and where its bytes are."""

    name: str
    file: Path
    dtype: str
    shape: tuple[int, ...]
    start: int
    size: int


def read_header(path: Path) -> dict[str, Stored]:
    """The tensors of a safetensors file in the order of their bytes.

    Raises:
        WeightsError: the file cannot be read, is cut off, or is not what its header says.
    """
    try:
        with path.open("rb") as file:
            whole = file.seek(0, 2)
            file.seek(0)
            length = int.from_bytes(file.read(8), "little")
            if whole < 8 or not 2 <= length <= LIMIT or 8 + length > whole:
                file.seek(0)
                raise _other(path, file.read(len(POINTER)), whole)
            content = file.read(length)
    except OSError as fault:
        raise unreadable(path, fault) from fault
    return _checked(_parsed(content, path), path, 8 + length, whole)


def _other(path: Path, begin: bytes, whole: int) -> WeightsError:
    """What a file is that is not the one that its name says."""
    if begin.startswith(PICKLED):
        return WeightsError(f"{path}: a pickle under another name, which can run code when it is read", CONVERT)
    if begin == POINTER:
        return WeightsError(f"{path}: it holds the name of a file in git's large storage, not the file", "git lfs pull")
    return WeightsError(f"{path}: no safetensors file, or cut off in its header: it has {whole} bytes", AGAIN)


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as fault:
        raise WeightsError(f"{path}: the header is no JSON: {fault}", AGAIN) from fault
    if not isinstance(found, dict):
        raise WeightsError(f"{path}: the header is no mapping of names to tensors", AGAIN)
    found.pop("__metadata__", None)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _checked(entries: dict[str, Any], path: Path, start: int, whole: int) -> dict[str, Stored]:
    found = [_entry(name, entry, path, start) for name, entry in entries.items()]
    found.sort(key=lambda each: (each.start, each.size))
    end = start
    for each in found:
        if each.start != end:
            raise WeightsError(f"{path}: '{each.name}' does not begin where the tensor before it ends", AGAIN)
        end += each.size
    if end != whole:
        what = "is cut off" if whole < end else "is longer than its header says"
        last = next((each.name for each in found if each.start + each.size > whole), "")
        inside = f", inside '{last}'" if last else ""
        raise WeightsError(f"{path}: {what}{inside}: it has {whole} bytes of {end}", AGAIN)
    return {each.name: each for each in found}


def _entry(name: str, entry: Any, path: Path, start: int) -> Stored:
    try:
        dtype, shape, (first, last) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        fine = dtype in BYTES and all(type(size) is int and size >= 0 for size in (*shape, first, last))
    except (TypeError, KeyError, ValueError):
        fine = False
    if not fine:
        raise WeightsError(f"{path}: the header does not say what '{name}' is", AGAIN)
    size = prod(shape) * BYTES[dtype]
    if last - first != size:
        fact = f"{path}: '{name}' has {last - first} bytes, and {dtype} of {list(shape)} has {size}"
        raise WeightsError(fact, AGAIN)
    return Stored(name, path, dtype, shape, start + first, size)
