"""Where weights come from: a published checkpoint, one of our own, or a single file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archgraph.core.limits import BYTES
from archgraph.weights.errors import WeightsError, listed, unreadable
from archgraph.weights.header import AGAIN, Stored, read_header

CONFIG = "config.json"
SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
MANIFEST, STATE = "manifest.json", "state.json"  # of a checkpoint that `train` wrote
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
CONVERT = (
    'convert it where you trust it: python -c "import torch, safetensors.torch as s; '
    "s.save_file({k: v.contiguous().clone() for k, v in torch.load('FILE', weights_only=True).items()}, "
    "'model.safetensors')\""
)


@dataclass(frozen=True)
class Source:
    """Named tensors on disk.

    Attributes:
        path: what the user named.
        tensors: by name, in the order of files and bytes.
        config: what stands beside them in `config.json`; None where there is none.
        own: whether they have the names of a spec: `train` wrote them.
        sizes: for our own, the params that the data decided.
    """

    path: Path
    tensors: Mapping[str, Stored]
    config: Mapping[str, Any] | None = None
    own: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)


def open_source(path: Path) -> Source:
    """Find and check the files of a checkpoint; no tensor is read.

    Args:
        path: a folder with `config.json` and safetensors, the folder of a run or of one of its checkpoints, or a file.

    Raises:
        WeightsError: there is none, it is damaged or incomplete, or it is a pickle.
    """
    if path.is_file():
        return _file(path)
    if not path.is_dir():
        raise WeightsError(f"{path}: there is no such file or folder", "give a folder with config.json and safetensors")
    runs = [each for each in sorted(path.glob("step-*")) if (each / MANIFEST).is_file()]
    place = path if (path / MANIFEST).is_file() else runs[-1] if runs else None
    if place is not None:
        return _own(place)
    config = read_json(path / CONFIG) if (path / CONFIG).is_file() else None
    return Source(path, _published(path), config)


def _file(path: Path) -> Source:
    if path.suffix in PICKLES:
        raise _pickle(path)
    if path.suffix == ".npz":
        from archgraph.weights.arrays import read_arrays

        return Source(path, read_arrays(path))
    if path.suffix != ".safetensors":
        raise WeightsError(f"{path}: not a file of weights", "give safetensors, or the folder that holds them")
    config = path.parent / CONFIG
    return Source(path, read_header(path), read_json(config) if config.is_file() else None)


def _published(folder: Path) -> dict[str, Stored]:
    if (folder / INDEX).is_file():
        return _sharded(folder)
    if (folder / SINGLE).is_file():
        return read_header(folder / SINGLE)
    files = sorted(folder.glob("*.safetensors"))
    if len(files) == 1:
        return read_header(files[0])
    if files:
        names = listed(file.name for file in files)
        raise WeightsError(f"{folder}: several files, {names}, and no {INDEX}", "name one of the files")
    pickles = [file for file in sorted(folder.iterdir()) if file.suffix in PICKLES]
    if pickles:
        raise _pickle(pickles[0])
    raise WeightsError(f"{folder}: no {SINGLE} here", "give a folder with config.json and safetensors")


def _pickle(path: Path) -> WeightsError:
    return WeightsError(f"{path}: a pickle, which can run code when it is read", CONVERT.replace("FILE", path.name))


def _sharded(folder: Path) -> dict[str, Stored]:
    """The tensors of all shards, which must be those that the index lists."""
    where = read_json(folder / INDEX).get("weight_map")
    if not where or not isinstance(where, dict) or not all(isinstance(name, str) for name in where.values()):
        raise WeightsError(f"{folder / INDEX}: no 'weight_map' of names to files", AGAIN)
    shards = list(dict.fromkeys(where.values()))
    for name in shards:
        if name in ("", "..") or Path(name).name != name or "\\" in name:
            raise WeightsError(f"{folder / INDEX}: '{name}' is no file of this folder", "a shard lies beside its index")
        if name.endswith(PICKLES):
            raise _pickle(folder / name)
    missing = [name for name in shards if not (folder / name).is_file()]
    if missing:
        lost = sum(name in missing for name in where.values())
        fact = f"{folder}: {len(missing)} of {len(shards)} shards are missing, with {lost} tensors: {listed(missing)}"
        raise WeightsError(fact, "copy or download them")
    found: dict[str, Stored] = {}
    for name in shards:
        tensors = read_header(folder / name)
        for tensor in tensors:
            if where.get(tensor) != name:
                raise WeightsError(f"{folder / name}: '{tensor}' is not what the index says of this shard", AGAIN)
        found |= tensors
    absent = [tensor for tensor in where if tensor not in found]
    if absent:
        raise WeightsError(f"{folder / where[absent[0]]}: the index promises {listed(absent)} here", AGAIN)
    return found


def _own(place: Path) -> Source:
    """A checkpoint of `train`, its weights held against the manifest."""
    path = place / SINGLE
    digest = read_json(place / MANIFEST).get("files", {}).get(SINGLE)
    with path.open("rb") as file:
        whole = hashlib.sha256()
        while block := file.read(1 << 20):
            whole.update(block)
    if whole.hexdigest() != digest:
        raise WeightsError(f"{path}: damaged: it is not what was written", "take an earlier checkpoint")
    sizes = read_json(place / STATE).get("sizes", {})
    return Source(place, read_header(path), own=True, sizes=sizes)


def read_json(path: Path) -> dict[str, Any]:
    """A mapping in JSON.

    Raises:
        WeightsError: the file cannot be read, is too long, or holds something else.
    """
    try:
        with path.open("rb") as file:
            content = file.read(16 * BYTES + 1)
        if len(content) > 16 * BYTES:
            raise WeightsError(f"{path}: longer than {16 * BYTES:,} bytes", "this is no config")
        found = json.loads(content.decode("utf-8"))
    except OSError as fault:
        raise unreadable(path, fault) from fault
    except (ValueError, RecursionError) as fault:
        raise WeightsError(f"{path}: no JSON: {fault}", AGAIN) from fault
    if not isinstance(found, dict):
        raise WeightsError(f"{path}: no mapping of names to values", AGAIN)
    return found
