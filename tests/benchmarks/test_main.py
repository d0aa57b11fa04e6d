from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_quick_run_prints_every_table_and_writes_nothing() -> None:
    results = ROOT / "benchmarks" / "RESULTS.md"
    before = results.read_bytes() if results.exists() else None
    words = [sys.executable, "-X", "utf8", "-m", "benchmarks", "--quick"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    titles = [line[3:] for line in done.stdout.splitlines() if line.startswith("## ")]
    assert titles == [
        "A large model",
        "Growth of check",
        "Commands without torch",
        "Compiled against hand-written",
        "Published weights",
        "Peak memory",
        "Compiled against peers",
    ]
    assert (results.read_bytes() if results.exists() else None) == before
