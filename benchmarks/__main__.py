"""`python -m benchmarks`: measure, print the tables and write them to RESULTS.md and PEERS.md beside this file.

Without names, all of it; `python -m benchmarks commands` measures one table and `python -m benchmarks peers` those of
PEERS.md. Each takes its place on its page when it is done, with the machine and the date; the others stay.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import choices, commands, growth, memory, peers, pictures, speed, weights
from benchmarks.kept import keep
from benchmarks.progress import say
from benchmarks.table import Section, body

HERE = Path(__file__).parent
# The large model first: the peak of memory is that of the whole process.
SECTIONS = {
    "large": ("A large model", growth.large),
    "check": ("Growth of check", growth.section),
    "commands": ("Commands without torch", commands.section),
    "pictures": ("Pictures", pictures.section),
    "speed": ("Compiled against hand-written", speed.section),
    "choices": ("Choices of emission", choices.section),
    "weights": ("Published weights", weights.section),
    "memory": ("Peak memory", memory.section),
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
    for name in sections:
        measure(name, quick=given.quick)
    for name in tables:
        against_peers(name, quick=given.quick)


def measure(name: str, *, quick: bool) -> None:
    """Measure one table of the results, print it, and put it there."""
    say(name)
    section = SECTIONS[name][1](quick=quick)
    show(section)
    if not quick:
        head = "# Benchmarks\n\nWritten by `python -m benchmarks`."
        keep(HERE / "RESULTS.md", section, head=head, titles=[title for title, _ in SECTIONS.values()])


def against_peers(name: str, *, quick: bool) -> None:
    """Measure one table of the peers' page, print it, and put it there."""
    section = peers.section(name, quick=quick)
    show(section)
    if not quick:
        head = f"# Compiled against peers\n\nWritten by `python -m benchmarks peers`.\n\n{peers.HOW}"
        keep(HERE / "PEERS.md", section, head=head, titles=[title for title, _ in peers.TABLES.values()])


def show(section: Section) -> None:
    """Print a table as it stands on a page."""
    print("\n".join(["", f"## {section.title}", "", *body(section)]), flush=True)


if __name__ == "__main__":
    main()
