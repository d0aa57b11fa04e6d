"""`python -m benchmarks`: measure, print the tables and write them to RESULTS.md beside this file."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import commands, growth, speed, weights
from benchmarks.table import page

RESULTS = Path(__file__).with_name("RESULTS.md")
# The large model first: the peak of memory is that of the whole process.
SECTIONS = {
    "large": growth.large,
    "growth": growth.section,
    "commands": commands.section,
    "speed": speed.section,
    "weights": weights.section,
}


def main() -> None:
    """Run the chosen benchmarks; only all of them at full length are written down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(SECTIONS)}; all without any")
    parser.add_argument("--quick", action="store_true", help="few rounds and small sizes: whether it runs at all")
    given = parser.parse_args()
    if unknown := set(given.only) - set(SECTIONS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    chosen = given.only or list(SECTIONS)
    text = page([SECTIONS[name](quick=given.quick) for name in chosen], command="python -m benchmarks")
    print(text)
    if not given.quick and not given.only:
        RESULTS.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
