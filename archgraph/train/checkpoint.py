"""Checkpoints on disk: a folder a step, complete or not there at all.

A checkpoint is written beside its place under another name, every file flushed to the disk, the manifest with
the SHA-256 of each file last; then the folder is renamed.  A kill at any moment leaves the earlier one whole.
Tensors are safetensors, everything else JSON: nothing that is read can run code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load, save
from torch import Tensor

from archgraph.train.errors import TrainError

MANIFEST = "manifest.json"
STATE = "state.json"
PREFIX = "step-"
KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        tensors: by file stem (`model`, `optimizer`), named tensors.
        state: the rest, as JSON holds it.
    """

    tensors: Mapping[str, Mapping[str, Tensor]]
    state: Mapping[str, Any]


def save_checkpoint(out: Path, step: int, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint of a step, and drop all but the last two.

    Args:
        out: the folder of the run.
        step: the step, part of the folder's name.
        checkpoint: what to write.

    Returns:
        The folder of the checkpoint.

    Raises:
        TrainError: the folder cannot be written.
    """
    place = out / f"{PREFIX}{step:09d}"
    draft = out / f".writing-{place.name}"
    if _is_whole(place):
        # The same step of the same run: rewriting it could only lose it.
        return place
    try:
        out.mkdir(parents=True, exist_ok=True)
        _clear(out, draft)
        draft.mkdir()
        _write_files(draft, checkpoint)
        if place.exists():  # A damaged one, since a whole one has returned above.
            _drop(place)
        os.replace(draft, place)
        _flush_folder(out)
        for old in checkpoints(out)[:-KEPT]:
            _drop(old)
    except OSError as fault:
        shutil.rmtree(draft, ignore_errors=True)  # a full disk is not to be left fuller
        raise _unwritable(place, fault) from fault
    return place


def make_folder(out: Path) -> None:
    """Make the folder of a run and see that it can be written to, before anything is learned that could be lost.

    Raises:
        TrainError: it cannot.
    """
    trial = out / ".writing-trial"
    try:
        out.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as fault:
        raise _unwritable(out, fault) from fault


def _unwritable(place: Path, fault: OSError) -> TrainError:
    reason = (fault.strerror or str(fault)).lower()
    return TrainError(f"{place}: cannot write: {reason}", "free space, or choose another folder")


def checkpoints(out: Path) -> list[Path]:
    """Return the complete checkpoints of a run, oldest first."""
    found = [path for path in out.glob(f"{PREFIX}*") if (path / MANIFEST).is_file()]
    return sorted(found, key=lambda path: path.name)


def find_checkpoint(path: Path) -> Path:
    """Return the checkpoint that a path means: itself, or the newest of a run's folder.

    Raises:
        TrainError: there is none.
    """
    if (path / MANIFEST).is_file():
        return path
    found = checkpoints(path)
    if not found:
        raise TrainError(f"{path}: no checkpoint here", "give the folder that `train` wrote to")
    return found[-1]


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint, each file checked against the manifest.

    Raises:
        TrainError: a file is damaged or missing.
    """
    hashes = _read_manifest(path)
    contents = {name: _read_checked(path / name, digest) for name, digest in hashes.items()}
    stems = {name.removesuffix(".safetensors"): name for name in contents if name.endswith(".safetensors")}
    tensors = {stem: load(contents[name]) for stem, name in stems.items()}
    return Checkpoint(tensors, json.loads(contents[STATE].decode("utf-8")))


def _is_whole(place: Path) -> bool:
    try:
        load_checkpoint(place)
    except TrainError:
        return False
    return True


def _write_files(folder: Path, checkpoint: Checkpoint) -> None:
    files = {f"{stem}.safetensors": _plain(named) for stem, named in checkpoint.tensors.items()}
    files[STATE] = _json(checkpoint.state)
    for name, content in files.items():
        write_flushed(folder / name, content)
    write_flushed(folder / MANIFEST, _manifest({n: _sha256(content) for n, content in files.items()}))
    _flush_folder(folder)


def _plain(named: Mapping[str, Tensor]) -> bytes:
    # Clones, since safetensors refuses tensors that share memory, as tied weights do.
    return save({name: tensor.detach().cpu().contiguous().clone() for name, tensor in named.items()})


def _manifest(hashes: Mapping[str, str]) -> bytes:
    """Return the manifest, which also hashes itself: a flipped bit in it is damage as well."""
    return _json({"files": hashes, "digest": _sha256(_json(hashes))})


def _json(value: object) -> bytes:
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        content = (path / MANIFEST).read_bytes()
        hashes = json.loads(content.decode("ascii"))["files"]
        whole = _manifest(hashes) == content and STATE in hashes
    except (OSError, ValueError, LookupError, TypeError):
        whole = False
    if not whole:
        raise _damaged(path / MANIFEST)
    return dict(hashes)


def _read_checked(path: Path, digest: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise _damaged(path) from fault
    if _sha256(content) != digest:
        raise _damaged(path)
    return content


def _damaged(path: Path) -> TrainError:
    run = path.parent.parent
    others = [other for other in checkpoints(run) if other != path.parent]
    hint = f"an earlier one stands at {others[-1]}" if others else "restore it from a copy, or train anew"
    return TrainError(f"{path}: damaged: it is not what was written", hint)


def write_flushed(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in one piece: whoever reads sees the old content or the new.

    Raises:
        TrainError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.writing")
    try:
        write_flushed(draft, content)
        os.replace(draft, path)
    except OSError as fault:
        with suppress(OSError):
            draft.unlink()
        raise _unwritable(path, fault) from fault


def _clear(out: Path, draft: Path) -> None:
    """Remove what a kill left behind."""
    for path in [draft, *out.glob(".writing-*"), *out.glob(".dropped-*")]:
        shutil.rmtree(path, ignore_errors=True)


def _drop(place: Path) -> None:
    """Remove a checkpoint: renamed first, lest a kill leave half of it under a good name."""
    aside = place.with_name(f".dropped-{place.name}")
    os.replace(place, aside)
    shutil.rmtree(aside)


def _flush_folder(folder: Path) -> None:
    """Make renames last through a power cut; Windows opens no folders and needs none of it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
