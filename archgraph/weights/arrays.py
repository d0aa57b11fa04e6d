"""Weights in numpy's `.npz`, without objects: those would be pickles."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from archgraph.weights.errors import WeightsError, unreadable
from archgraph.weights.header import AGAIN, Stored

_DTYPES = {"float16": "F16", "float32": "F32", "float64": "F64", "int32": "I32", "int64": "I64", "bool": "BOOL"}


def read_arrays(path: Path) -> dict[str, Stored]:
    """The arrays of a file, each read once to see that it is whole.

    Raises:
        WeightsError: the file is damaged, or holds objects.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:  # numpy leaves a bad file open
            shapes = {name: (arrays[name].dtype.name, arrays[name].shape) for name in arrays.files}
    except OSError as fault:
        raise unreadable(path, fault) from fault
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as fault:
        objects = "allow_pickle" in str(fault)
        fact = "holds objects, which can run code when they are read" if objects else "no whole file of arrays"
        raise WeightsError(f"{path}: {fact}", "save plain arrays" if objects else AGAIN) from fault
    return {
        name: Stored(name, path, _DTYPES.get(dtype, dtype), shape, -1, 0) for name, (dtype, shape) in shapes.items()
    }
