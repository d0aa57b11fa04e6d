"""`python -m benchmarks`: measure, print the tables and write them to RESULTS.md and PEERS.md beside this file."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import commands, growth, memory, peers, speed, weights
from benchmarks.table import page

HERE = Path(__file__).parent
# The large model first: the peak of memory is that of the whole process.
SECTIONS = {
    "large": growth.large,
    "growth": growth.section,
    "commands": commands.section,
    "speed": speed.section,
    "weights": weights.section,
    "memory": memory.section,
    "peers": peers.section,
}
PAGES = {"PEERS.md": ("peers",), "RESULTS.md": tuple(name for name in SECTIONS if name != "peers")}


def main() -> None:
    """Run the chosen benchmarks; a page is written where all of it was measured at full length."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(SECTIONS)}; all without any")
    parser.add_argument("--quick", action="store_true", help="few rounds and small sizes: whether it runs at all")
    given = parser.parse_args()
    if unknown := set(given.only) - set(SECTIONS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    chosen = given.only or list(SECTIONS)
    found = {name: SECTIONS[name](quick=given.quick) for name in chosen}
    print(page(found.values(), command="python -m benchmarks"))
    for file, names in PAGES.items():
        if not given.quick and set(names) <= set(chosen):
            command = " ".join(["python -m benchmarks", *(names if len(names) == 1 else ())])
            text = page([found[name] for name in names], command=command)
            (HERE / file).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
