"""Bad specs with what is expected of them: a code and a column at the end of the line that is at fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from archgraph.core.diagnostic import Diagnostic, Edit

HERE = Path(__file__).parent
FIXTURES = sorted(HERE.glob("*.yaml"))
_EXPECTED = re.compile(r"  # (AG\d+) (\d+)$")

Found = tuple[str, int, int]


def expected(path: Path) -> list[Found]:
    """The code, line and column of every diagnostic that a fixture, or the part that it includes, must give."""
    parts = [file for file in (path, HERE / "parts" / path.name) if file.exists()]
    return [
        (found[1], number, int(found[2]))
        for file in parts
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1)
        if (found := _EXPECTED.search(line))
    ]


def places(diagnostics: Iterable[Diagnostic]) -> list[Found]:
    """The code, line and column of each diagnostic."""
    return [(item.code, item.span.line, item.span.column) for item in diagnostics]


def mended(text: str, edits: Iterable[Edit]) -> str:
    """A text with the edits applied, from the last to the first."""
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.stop :]
    return text
