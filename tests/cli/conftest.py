"""The command inside this process, and a spec with faults and one without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archgraph.cli import main
from tests.cli.command import FINE, WRONG, Ran


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command in this process."""

    def ran(*words: str) -> Ran:
        status = main(words)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return ran


@pytest.fixture
def fine(tmp_path: Path) -> Path:
    """A spec without faults."""
    path = tmp_path / "fine.yaml"
    path.write_text(FINE, encoding="utf-8", newline="\n")
    return path


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A spec with a misspelt role."""
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8", newline="\n")
    return path
