"""`python -m benchmarks`: measure, print the tables and write them to RESULTS.md and PEERS.md beside this file.

`python -m benchmarks peers` measures all tables of PEERS.md and `python -m benchmarks gpt` one of them; each takes its
place on that page when it is done. RESULTS.md is written where all of it was measured.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import commands, growth, memory, peers, speed, weights
from benchmarks.kept import keep
from benchmarks.progress import say
from benchmarks.table import body, page

HERE = Path(__file__).parent
# The large model first: the peak of memory is that of the whole process.
SECTIONS = {
    "large": growth.large,
    "check": growth.section,
    "commands": commands.section,
    "speed": speed.section,
    "weights": weights.section,
    "memory": memory.section,
}
PEERS = "peers"


def main() -> None:
    """Run the chosen benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [*SECTIONS, PEERS, *peers.TABLES]
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all without any")
    parser.add_argument("--quick", action="store_true", help="few rounds and small sizes: whether it runs at all")
    given = parser.parse_args()
    if unknown := set(given.only) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    sections = [name for name in SECTIONS if not given.only or name in given.only]
    tables = [name for name in peers.TABLES if name in given.only]
    if not tables and (not given.only or PEERS in given.only):
        tables = list(peers.TABLES)
    if sections:
        results(sections, quick=given.quick)
    for name in tables:
        against_peers(name, quick=given.quick)


def results(names: list[str], *, quick: bool) -> None:
    """Measure sections, and print them; the page is written where none is left out."""
    found = []
    for name in names:
        say(name)
        found.append(SECTIONS[name](quick=quick))
    text = page(found, command="python -m benchmarks")
    print(text, flush=True)
    if not quick and len(names) == len(SECTIONS):
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8", newline="\n")


def against_peers(name: str, *, quick: bool) -> None:
    """Measure one table of the peers' page, print it, and put it there."""
    section = peers.section(name, quick=quick)
    print("\n".join(["", f"## {section.title}", "", *body(section)]), flush=True)
    if not quick:
        head = f"# Compiled against peers\n\nWritten by `python -m benchmarks peers`.\n\n{peers.HOW}"
        keep(HERE / "PEERS.md", section, head=head, titles=[title for title, _ in peers.TABLES.values()])


if __name__ == "__main__":
    main()
