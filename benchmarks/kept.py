"""A page of tables measured one by one: each takes its place on the page as soon as it is done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import Section, body, machine

MARK = "\n## "


def keep(path: Path, section: Section, *, head: str, titles: Sequence[str]) -> None:
    """Write a section, with the machine and the date it holds for, into the page; the other tables stay.

    `head` stands above all, and `titles` tells the order.
    """
    found = kept(path)
    found[section.title] = "\n".join(["", *machine(), "", *body(section)])
    ordered = [f"{MARK}{title}\n{found[title].rstrip()}\n" for title in titles if title in found]
    new = path.with_suffix(".new")
    new.write_text(head.rstrip() + "\n" + "".join(ordered), encoding="utf-8", newline="\n")
    os.replace(new, path)


def kept(path: Path) -> dict[str, str]:
    """The tables that stand on a page, by title."""
    if not path.exists():
        return {}
    parts = path.read_text(encoding="utf-8").split(MARK)[1:]
    return dict(part.split("\n", 1) for part in parts)
