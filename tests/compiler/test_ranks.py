"""A compiled model is trained by several processes, as any module is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.compiler.ranks import RANKS, ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="gloo meets over a file, which is tried on Linux alone")
@pytest.mark.parametrize("kind", ["ddp", "fsdp2"])
def test_two_processes_with_half_of_the_samples_each_equal_one_with_all(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.compiler.ranks", kind]
    ranks = [
        subprocess.Popen([*command, str(rank), str(tmp_path / "meet")], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for rank in range(RANKS)
    ]
    try:
        told = [rank.communicate(timeout=180)[1] for rank in ranks]
    finally:
        for rank in ranks:
            rank.kill()
    assert [rank.returncode for rank in ranks] == [0] * RANKS, told[0]
