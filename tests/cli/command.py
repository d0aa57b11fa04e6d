"""Specs for the tests of commands, and the command in a process of its own, as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

FINE = """\
archgraph: 1
name: small
variables:
  y: {kind: target, type: "real[4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 2}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
"""
WRONG = FINE.replace("role: encoder", "role: encodr")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str


def process(words: Sequence[str], *, given: bytes = b"", cwd: Path = ROOT, encoding: str = "") -> Ran:
    """Run the command in a process of its own; what it writes is read in `encoding`, or as UTF-8."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if encoding:
        environment["PYTHONIOENCODING"] = encoding
    done = subprocess.run(
        [sys.executable, "-m", "archgraph", *words],
        input=given,
        cwd=cwd,
        env=environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    out, err = (data.decode(encoding or "utf-8") for data in (done.stdout, done.stderr))
    return Ran(done.returncode, out.replace("\r\n", "\n"), err.replace("\r\n", "\n"))
