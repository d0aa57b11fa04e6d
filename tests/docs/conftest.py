"""A folder with the files that a page shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.pages import blocks


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Writes the files of a page, and works among them."""

    def lay(page: Path) -> Path:
        for block in blocks(page):
            if block.file:
                (tmp_path / block.file).write_text(block.text, encoding="utf-8", newline="\n")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return lay
