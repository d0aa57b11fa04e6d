"""Arrays: an `.npz` file with one array per observed variable, samples along the first axis."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from archgraph.train.batch import Batch
from archgraph.train.errors import TrainError
from archgraph.train.field import Field
from archgraph.train.order import batches

DTYPES = {"tokens": torch.int64, "class": torch.int64, "real": torch.float32, "mask": torch.bool}
KINDS = {"tokens": "iu", "class": "iu", "real": "fiu", "mask": "b"}
LENGTHS = "_lengths"


@dataclass(frozen=True)
class Arrays:
    """Samples of one split: tensors by variable, lengths by variable, and the rows that belong to it."""

    values: Mapping[str, Tensor]
    lengths: Mapping[str, Tensor]
    rows: tuple[int, ...]

    def plan(self, size: int, *, seed: int, epoch: int) -> list[list[int]]:
        """Return batches of rows."""
        return [[self.rows[i] for i in batch] for batch in batches([1] * len(self.rows), size, seed=seed, epoch=epoch)]

    def batch(self, items: Sequence[int]) -> Batch:
        """Return the rows."""
        rows = list(items)
        chosen = {name: value[rows] for name, value in self.values.items()}
        return Batch(chosen, {name: value[rows] for name, value in self.lengths.items()}, weight=len(rows))


def read_arrays(path: Path, fields: Sequence[Field]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the arrays and, for `pad: lengths`, the lengths (`x_lengths`) of the variables.

    Raises:
        TrainError: an array is missing, of the wrong kind or size, or the file is no `.npz`.
    """
    values: dict[str, Tensor] = {}
    lengths: dict[str, Tensor] = {}
    try:
        # Pickled objects would run code on load.
        with np.load(path, allow_pickle=False) as file:
            for field in fields:
                values[field.name] = _array(file, field.name, field=field, path=path)
                if field.pad == "lengths":
                    counts = Field(field.name, field.kind, "tokens")
                    lengths[field.name] = _array(file, field.name + LENGTHS, field=counts, path=path)
    except (OSError, ValueError, zipfile.BadZipFile) as fault:
        raise TrainError(f"{path}: not an .npz file of plain arrays", "write it by numpy.savez") from fault
    _same_count(path, {**values, **{name + LENGTHS: value for name, value in lengths.items()}})
    return values, lengths


def _array(file: Mapping[str, np.ndarray], name: str, *, field: Field, path: Path) -> Tensor:
    if name not in file:
        raise TrainError(f"{path}: no array '{name}'", f"its arrays are {', '.join(sorted(file)) or 'none'}")
    array = file[name]
    if array.dtype.kind not in KINDS[field.element]:
        raise TrainError(f"{path}: '{name}' has dtype {array.dtype}, the spec says {field.element}", "convert it")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise TrainError(f"{path}: '{name}' is not finite at {place}", "mend or drop that sample")
    if field.classes is not None and array.size and (array.min() < 0 or array.max() >= field.classes):
        fact = f"{path}: '{name}' holds {array.min()} to {array.max()}, the spec has {field.classes} classes"
        raise TrainError(fact, f"use ids from 0 to {field.classes - 1}")
    if field.length is not None and array.ndim > 1 and array.shape[1] != field.length:
        fact = f"{path}: '{name}' has {array.shape[1]} positions, the spec has {field.length}"
        raise TrainError(fact, "pad or cut the rows to that")
    return torch.from_numpy(np.ascontiguousarray(array)).to(DTYPES[field.element])


def _same_count(path: Path, values: Mapping[str, Tensor]) -> None:
    counts = {name: len(value) if value.dim() else 0 for name, value in values.items()}
    if len(set(counts.values())) > 1 or not all(counts.values()):
        listed = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise TrainError(f"{path}: the arrays differ in samples: {listed}", "give each the same first axis")
