"""The pages of the documentation, cut into their blocks of code.

A block opens with its language and perhaps a file name: "```yaml first.yaml". What the languages mean:

- `yaml NAME`, `text NAME`, `tsv NAME`: a file, written before anything of its page is run. A YAML file is a spec, and
  fine unless its name begins with `wrong`.
- `console`: lines that begin with `$ archgraph` are run, and what follows is what they print; `...` stands for
  anything.
- `pycon`: a session of Python, run as a doctest; the sessions of a page share their names.
- `sh`, `powershell`, `text` and `json` without a name: shown, not run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]))
LANGUAGES = frozenset({"yaml", "console", "pycon", "text", "tsv", "sh", "powershell", "json"})
_FENCE = re.compile(r"^```(\w*)[ ]*(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of code: its page, line, language, file name ("" for none) and text."""

    page: str
    line: int
    language: str
    file: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def text_of(page: Path) -> str:
    """The text of a page."""
    return page.read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    """The name of a page in messages."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The blocks of a page in order."""
    text = text_of(page)
    return [
        Block(name_of(page), text.count("\n", 0, found.start()) + 1, found[1], found[2], found[3])
        for found in _FENCE.finditer(text)
    ]


@dataclass(frozen=True)
class Call:
    """A command of a console block, and the output that the page shows."""

    words: str
    output: str


def calls(block: Block) -> list[Call]:
    """The commands of a console block."""
    found: list[Call] = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        words, _, output = part.partition("\n")
        found.append(Call(words, output))
    return found
