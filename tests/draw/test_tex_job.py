"""The job that puts pictures through TeX: where TeX is missing and cannot be had, it is skipped and says so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

JOB = Path(__file__).parents[2] / ".ci" / "tex"
TOOLS = ("bash", "dirname", "id", "timeout", "env")
# What an installer does, by its first word that is no option.
FAILS = 'echo "E: could not reach the archive" >&2; exit 100'
FAILS_LATE = 'case "$*" in *update*) exit 0;; *) echo "E: no space left" >&2; exit 1;; esac'
DOES_NOTHING = "exit 0"


@pytest.mark.parametrize("installer", ["", FAILS, FAILS_LATE, DOES_NOTHING])
def test_missing_tex_that_cannot_be_installed_is_said(installer: str, tmp_path: Path) -> None:
    found = {tool: shutil.which(tool) for tool in TOOLS}
    if not all(found.values()):
        pytest.skip("there is no bash, or not all that the job uses")
    for tool, place in found.items():
        (tmp_path / tool).symlink_to(str(place))
    for name, does in (("apt-get", installer), ("sudo", '[ "$1" = -n ] && shift; "$@"')):
        if does:
            (tmp_path / name).write_text(f"#!/usr/bin/env bash\n{does}\n", encoding="utf-8", newline="\n")
            (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [str(found["bash"]), str(JOB)],
        env={"PATH": str(tmp_path), "PYTHON": "/nowhere"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0
    assert "skipped: TeX is not installed, and could not be installed here (texlive-latex-base" in done.stderr
