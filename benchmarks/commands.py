"""Whole processes of the command line, in an environment without torch."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from benchmarks.pairs import Ratio, interleave, ratio
from benchmarks.table import Row, Section

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "specs" / "story" / "transformer.yaml"
BARE = ROOT / "build" / "bare"
HOW = (
    "Seconds of whole processes in turn, in an environment without torch: the median of a command less the median of a "
    "process that imports yaml and pydantic's BaseModel alone (`import pydantic` by itself imports next to nothing)."
)
LIMITS = {"check": 0.2, "render": 0.35, "emit": None, "summary": None}


def section(*, quick: bool = False) -> Section:
    """Measure the commands; in a hurry once, in this environment."""
    python = sys.executable if quick else str(environment())
    with tempfile.TemporaryDirectory() as folder:
        commands = {name: [python, "-m", "archgraph", name, str(SPEC), *_output(name, Path(folder))] for name in LIMITS}
        base = [python, "-c", "import yaml; from pydantic import BaseModel"]
        times = interleave([Process(words) for words in (base, *commands.values())], 1 if quick else 15)
    found = {name: ratio(taken, times[0]) for name, taken in zip(commands, times[1:], strict=True)}
    return Section("Commands without torch", HOW, tuple(_row(name, one) for name, one in found.items()))


def environment() -> Path:
    """A virtual environment with archgraph and no torch, made where it is missing and brought up to date."""
    python = BARE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(BARE, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT)]
    subprocess.run([*install, "-c", str(ROOT / "constraints.txt")], check=True)
    absent = subprocess.run([str(python), "-c", "import torch"], capture_output=True, check=False)
    if not absent.returncode:
        raise RuntimeError(f"{BARE} holds torch: delete it")
    return python


def _output(name: str, folder: Path) -> list[str]:
    return ["--output", str(folder / "picture.svg")] if name == "render" else []


class Process:
    """Runs a command to its end."""

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def __call__(self) -> None:
        """Run it; raises CalledProcessError where it fails."""
        subprocess.run(self.words, cwd=tempfile.gettempdir(), capture_output=True, check=True)


def _row(name: str, found: Ratio) -> Row:
    own, low, high = ((value - 1) * found.seconds for value in (found.value, found.low, found.high))
    limit = LIMITS[name]
    shown = f"{own:.3f} s ({low:.3f} to {high:.3f})"
    return Row(
        f"{name} of the transformer", shown, f"≤ {limit} s" if limit else "", None if limit is None else own <= limit
    )
