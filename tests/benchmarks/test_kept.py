from __future__ import annotations

from pathlib import Path

from benchmarks.kept import keep
from benchmarks.table import Row, Section

TITLES = ("First", "Second", "Third")


def _section(title: str, result: str) -> Section:
    return Section(title, "", (Row("work", result, "≤ 1.00", True),))


def test_a_table_takes_its_place_among_those_that_stand_there(tmp_path: Path) -> None:
    page = tmp_path / "PAGE.md"
    for title, result in (("Third", "0.3"), ("First", "0.1"), ("Second", "0.2")):
        keep(page, _section(title, result), head="# Page\n\nAbove all.\n", titles=TITLES)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Page\n\nAbove all.\n\n## First\n\n- Machine: ")
    assert [text.index(f"| work | {result} | ≤ 1.00 | yes |") for result in ("0.1", "0.2", "0.3")] == sorted(
        text.index(f"| work | {result} |") for result in ("0.1", "0.2", "0.3")
    )
    assert [path.name for path in tmp_path.iterdir()] == ["PAGE.md"]


def test_a_table_measured_again_replaces_itself_alone(tmp_path: Path) -> None:
    page = tmp_path / "PAGE.md"
    for title, result in (("First", "0.1"), ("Second", "0.2"), ("First", "0.9")):
        keep(page, _section(title, result), head="# Page", titles=TITLES)
    text = page.read_text(encoding="utf-8")
    assert "0.1 |" not in text
    assert text.count("\n## ") == 2
    assert text.index("| work | 0.9 |") < text.index("| work | 0.2 |")
    assert "\n\n\n" not in text
