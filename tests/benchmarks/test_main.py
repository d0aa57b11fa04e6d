from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_quick_run_prints_every_table_and_writes_nothing() -> None:
    pages = [ROOT / "benchmarks" / name for name in ("RESULTS.md", "PEERS.md")]
    before = [page.read_bytes() if page.exists() else None for page in pages]
    words = [sys.executable, "-X", "utf8", "-m", "benchmarks", "--quick"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    titles = [line[3:] for line in done.stdout.splitlines() if line.startswith("## ")]
    assert titles == [
        "A large model",
        "Growth of check",
        "Commands without torch",
        "Pictures",
        "Compiled against hand-written",
        "Choices of emission",
        "Published weights",
        "Peak memory",
        "Small models",
        "Training a GPT",
        "Training a transformer",
        "Greedy decoding, one row",
        "Greedy decoding, eight rows",
        "Growth of decoding",
    ]
    assert [page.read_bytes() if page.exists() else None for page in pages] == before
