"""The rows of a report, and the report as a page."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("torch", "pydantic", "PyYAML", "networkx", "transformers", "x-transformers")


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, what came out, and what it should be ("" where it is shown for comparison)."""

    work: str
    result: str
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        verdict = "" if self.met is None else "yes" if self.met else "no"
        return self.work, self.result, self.target, verdict


@dataclass(frozen=True)
class Section:
    """The rows of one benchmark, and how they were measured."""

    title: str
    how: str
    rows: tuple[Row, ...]


def page(sections: Iterable[Section], *, command: str) -> str:
    """The report as Markdown, with the machine, the date and the versions it holds for."""
    parts = ["# Benchmarks", "", f"Written by `{command}`.", "", *machine()]
    for section in sections:
        parts += ["", f"## {section.title}", "", *body(section)]
    return "\n".join(parts) + "\n"


def body(section: Section) -> list[str]:
    """What stands under the title of a section."""
    cells = [row.cells() for row in section.rows]
    return [*([section.how, ""] if section.how else []), *table(("measured", "result", "target", "met"), cells)]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def machine() -> list[str]:
    """The machine, the date and the versions, as lines of a list."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return [
        f"- Machine: {platform.system()} {platform.machine()}, {os.cpu_count()} cores; load at the end: {load}",
        f"- Date: {date.today().isoformat()}",
        f"- Versions: Python {sys.version.split()[0]}, {versions}",
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
