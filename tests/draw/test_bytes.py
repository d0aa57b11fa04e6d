"""The same spec gives the same bytes in every format, in other processes, with other seeds of hashing and no PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archgraph.draw import formats

ROOT = Path(__file__).parents[2]
SPECS = {f"{path.parent.name}/{path.stem}": path for path in sorted((ROOT / "specs").glob("*/*.yaml"))}
QUICK = ("story/variational_autoencoder", "story/rnn_seq2seq")
DIGESTS = """
import hashlib
import sys
from pathlib import Path
import archgraph
spec, depth, folder = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
for suffix in sys.argv[4:]:
    (file,) = archgraph.render(spec, folder / f"picture.{suffix}", depth=depth)
    print(suffix, hashlib.sha256(file.read_bytes()).hexdigest())
"""


def digests(spec: Path, depth: int, folder: Path, *, seed: str) -> str:
    """Return a line for each format: what a fresh process writes that finds no program by its PATH."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS, str(spec), str(depth), str(folder), *formats()],
        env={**os.environ, "PATH": "", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def same(spec: Path, depth: int, folder: Path) -> None:
    one, other = (digests(spec, depth, folder / seed, seed=seed) for seed in ("1", "2"))
    assert [line.split()[0] for line in one.splitlines()] == list(formats())
    assert one == other


@pytest.mark.parametrize("name", QUICK)
def test_same_spec_gives_same_bytes_in_every_format(name: str, tmp_path: Path) -> None:
    same(SPECS[name], 0, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("name", SPECS)
def test_every_spec_gives_same_bytes_in_every_format_at_every_depth(name: str, depth: int, tmp_path: Path) -> None:
    same(SPECS[name], depth, tmp_path)
