"""A document through TeX, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PDFLATEX = shutil.which("pdflatex")


def compiled(text: str, folder: Path) -> bytes:
    """What LaTeX says of a document, and the PDF beside it."""
    if PDFLATEX is None:
        pytest.skip("TeX is not installed: no pdflatex on the PATH")
    (folder / "a.tex").write_text(text, encoding="utf-8", newline="\n")
    done = subprocess.run(
        [PDFLATEX, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "a.tex"],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
    return done.stdout
