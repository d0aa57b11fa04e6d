"""The emitted transformer as it stands in the repo. Refresh: `python -m tests.emit.golden`, then read the change."""

from __future__ import annotations

from pathlib import Path

from archgraph.compiler import emit

GOLDEN = Path(__file__).with_name("transformer.py.golden")
SPEC = Path(__file__).parents[2] / "specs" / "story" / "transformer.yaml"


def current() -> str:
    """What is emitted today."""
    return emit(SPEC)


if __name__ == "__main__":
    GOLDEN.write_text(current(), encoding="utf-8", newline="\n")
