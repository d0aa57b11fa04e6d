"""Whatever the file, the answer is a diagnostic, in bounded time, and nothing is run, written or fetched."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

import archgraph
from archgraph.check.analyse import analyse
from archgraph.core.diagnostic import Collector, Stop
from archgraph.lang.build import Choice, load
from archgraph.lang.files import open_text
from archgraph.ops import Operations
from tests.emit.samples import ROOT
from tests.properties.mutations import bombs, mutant

SECONDS = 2.0


def phase(data: bytes) -> str:
    """How far an input gets: the text, the spec, or the time analysis, which whole programs pass too."""
    into = Collector()
    try:
        tree = open_text(data, "<mutant>", into)
    except Stop:
        return "text"
    graph = load(tree, Operations(), Choice(None, {}), into)
    if graph is None:
        return "spec"
    analyse(graph, into)
    return "time"


@pytest.mark.parametrize(
    "seeds", [range(1_500), pytest.param(range(1_500, 1_000_000), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_every_mutant_gets_an_answer(seeds: range) -> None:
    reached: Counter[str] = Counter()
    for seed in seeds:
        data = mutant(seed)
        begun = time.process_time()
        report = archgraph.check(data)
        assert time.process_time() - begun < SECONDS, seed
        assert report.ok == (report.program is not None), seed
        assert report.ok or report.diagnostics, seed
        for item in report.diagnostics:
            assert item.message and 0 <= item.span.start <= item.span.stop, seed
        reached["program" if report.ok else phase(data)] += 1
    print(dict(reached))
    assert reached["spec"] + reached["time"] + reached["program"] >= 0.3 * len(seeds), reached
    assert reached["time"] + reached["program"] >= 0.1 * len(seeds), reached
    assert reached["text"] >= 0.05 * len(seeds), reached


@pytest.mark.parametrize(
    "seeds", [range(1_500, 3_000), pytest.param(range(3_000, 100_000), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_every_accepted_mutant_becomes_a_module(seeds: range) -> None:
    made = 0
    for seed in seeds:
        report = archgraph.check(mutant(seed))
        if report.program is None or (report.program.count().constant or 0) > 10**6:
            continue
        with suppress(archgraph.SpecError):  # a latent that nothing computes, a size that only data can tell
            archgraph.compile(mutant(seed), seed=0)
            made += 1
    assert made > len(seeds) // 50


BOMBS = bombs()


def test_there_are_a_hundred_bombs() -> None:
    assert len(BOMBS) >= 100


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_answered_in_time(name: str) -> None:
    begun = time.process_time()
    report = archgraph.check(BOMBS[name].encode())
    assert time.process_time() - begun < SECONDS
    assert report.ok or report.diagnostics


# Linux counts the memory of the process that started this one in ru_maxrss; VmHWM begins anew with the program.
MEMORY = """
import pathlib, resource, sys
import archgraph
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    archgraph.check(path.read_bytes())
assert "torch" not in sys.modules
status = pathlib.Path("/proc/self/status")
if status.exists():
    print(next(int(line.split()[1]) // 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak // (1024 if sys.platform != "darwin" else 1024 * 1024))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system counts memory otherwise")
def test_all_bombs_together_take_little_memory(tmp_path: Path) -> None:
    for place, text in enumerate(BOMBS.values()):
        (tmp_path / str(place)).write_bytes(text.encode())
    command = [sys.executable, "-c", MEMORY, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 512
