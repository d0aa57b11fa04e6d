"""Checkpoints survive kills, and damage is noticed."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from archgraph.train.checkpoint import (
    Checkpoint,
    checkpoints,
    find_checkpoint,
    load_checkpoint,
    replace_file,
    save_checkpoint,
)
from archgraph.train.errors import TrainError
from archgraph.train.record import read


def made(step: int) -> Checkpoint:
    tensors = {
        "model": {"enc.weight": torch.full((3, 2), float(step))},
        "optimizer": {"0.step": torch.tensor(1.0)},
    }
    return Checkpoint(tensors, {"step": step, "text": "ζ⁻¹"})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    read = load_checkpoint(save_checkpoint(tmp_path, 7, made(7)))
    assert read.state == made(7).state
    assert torch.equal(read.tensors["model"]["enc.weight"], made(7).tensors["model"]["enc.weight"])
    assert read.tensors["optimizer"]["0.step"].shape == ()


def test_tensors_that_share_memory_are_written(tmp_path: Path) -> None:
    tied = torch.randn(2, 2)
    place = save_checkpoint(tmp_path, 1, Checkpoint({"model": {"a": tied, "b": tied.t()}}, {}))
    assert torch.equal(load_checkpoint(place).tensors["model"]["b"], tied.t())


def test_keeps_the_last_two_and_finds_the_newest(tmp_path: Path) -> None:
    places = [save_checkpoint(tmp_path, step, made(step)) for step in (1, 2, 10)]
    assert checkpoints(tmp_path) == places[1:]
    assert find_checkpoint(tmp_path) == places[-1]
    assert find_checkpoint(places[1]) == places[1]


def test_says_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no checkpoint here"):
        find_checkpoint(tmp_path / "nothing")


def flip_bits(tmp_path: Path, times: int) -> None:
    """Flip one bit of each file in turn, `times` times, and expect the damage to be named."""
    chance = random.Random(0)
    earlier = save_checkpoint(tmp_path, 1, made(1))
    place = save_checkpoint(tmp_path, 2, made(2))
    for path in sorted(place.iterdir()):
        content = path.read_bytes()
        for _ in range(times):
            flipped = bytearray(content)
            flipped[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(flipped)
            with pytest.raises(TrainError) as caught:
                load_checkpoint(place)
            assert str(path) in caught.value.message
            assert str(earlier) in caught.value.hint
        path.write_bytes(content)
    assert load_checkpoint(place).state["step"] == 2


def test_a_flipped_bit_in_any_file_is_damage_and_the_file_is_named(tmp_path: Path) -> None:
    flip_bits(tmp_path, 40)


@pytest.mark.slow
def test_ten_thousand_flipped_bits_are_noticed(tmp_path: Path) -> None:
    flip_bits(tmp_path, 2500)


@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.safetensors", "state.json"])
def test_a_missing_or_cut_file_is_damage(tmp_path: Path, name: str) -> None:
    place = save_checkpoint(tmp_path, 2, made(2))
    content = (place / name).read_bytes()
    (place / name).write_bytes(content[:-1])
    with pytest.raises(TrainError, match="damaged"):
        load_checkpoint(place)
    (place / name).unlink()
    with pytest.raises(TrainError, match="damaged"):
        load_checkpoint(place)


def test_a_damaged_checkpoint_of_the_same_step_is_replaced(tmp_path: Path) -> None:
    place = save_checkpoint(tmp_path, 2, made(2))
    (place / "state.json").write_bytes(b"{}")
    assert load_checkpoint(save_checkpoint(tmp_path, 2, made(2))).state["step"] == 2


# Saves steps 3 and 4 over and over in forked children, each killed at its k-th operation on files.
KILLER = """
import os, signal, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
import torch
torch.set_num_threads(1)  # A forked child waits for ever on threads that stayed behind.
from archgraph.train.checkpoint import Checkpoint, checkpoints, load_checkpoint, save_checkpoint

def made(step):
    return Checkpoint({"model": {"weight": torch.full((size,), float(step))}}, {"step": step})

def child(out, k):
    seen = 0
    def hook(event, arguments):
        nonlocal seen
        if event == "open" or event.startswith(("os.", "shutil.")):
            seen += 1
            if seen == k:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    for step in (3, 4):
        save_checkpoint(out, step, made(step))
    os._exit(0)

root, size = Path(sys.argv[1]), int(sys.argv[2])
for k in range(1, 1000):
    out = root / str(k)
    for step in (1, 2):
        save_checkpoint(out, step, made(step))
    process = os.fork()
    if process == 0:
        child(out, k)
    _, status = os.waitpid(process, 0)
    found = [load_checkpoint(place).state["step"] for place in checkpoints(out)]
    assert found in ([1, 2], [1, 2, 3], [2, 3], [2, 3, 4], [3, 4]), (k, found)
    save_checkpoint(out, 5, made(5))
    assert [path.name for path in out.glob(".*")] == [], k
    if os.WIFEXITED(status):
        break
print(k - 1)
"""


def kills(root: Path, size: int) -> int:
    """Kill the saving of a model of `size` numbers at each operation, and return the number of kills."""
    command = [sys.executable, "-c", KILLER, str(root), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


@needs_fork
def test_a_kill_at_any_operation_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    assert kills(tmp_path, 64) > 20


@needs_fork
@pytest.mark.slow
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    assert sum(kills(tmp_path / str(size), size) for size in (1, 10, 10**3, 10**4, 10**5)) >= 200


def test_a_whole_checkpoint_of_another_kind_is_refused(tmp_path: Path) -> None:
    place = save_checkpoint(tmp_path, 1, Checkpoint({"model": {}}, {"version": 1, "position": {}}))
    with pytest.raises(TrainError, match="not a checkpoint of `train`"):
        read(place)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = save_checkpoint(tmp_path, 1, made(1))
    (tmp_path / "curve.csv").write_text("old", encoding="utf-8")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TrainError, match="step-000000002: cannot write: no space left on device"):
        save_checkpoint(tmp_path, 2, made(2))
    with pytest.raises(TrainError, match=r"curve\.csv: cannot write: no space left on device"):
        replace_file(tmp_path / "curve.csv", b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curve.csv", first.name]
    assert (tmp_path / "curve.csv").read_text(encoding="utf-8") == "old"
    assert load_checkpoint(first).state == made(1).state
