"""Measure a trained spelling-to-phonemes model on words that it has not seen.

    python examples/evaluate_phonemes.py RUN held_out.tsv

prints the phoneme error rate (edits over phonemes of the reference, greedy decoding), how often the true pair
of a word and its phonemes has a lower energy than the word with another word's phonemes, and some words.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import archgraph
from archgraph.train.record import Record
from archgraph.train.restore import Rows, Trained, restore
from archgraph.train.sample import Sampling

BATCH = 250
# The longest word of the dictionary has fewer phonemes.
DECODING = Sampling(max_length=32)

Pair = tuple[str, str]


@dataclass(frozen=True)
class Report:
    """What was measured.

    Attributes:
        phoneme_error: edits over phonemes of the reference.
        word_error: share of words with an error.
        lower_energy: share of true pairs with a lower energy than a mismatched one.
        examples: word, phonemes, what the model says.
    """

    phoneme_error: float
    word_error: float
    lower_energy: float
    examples: tuple[tuple[str, str, str], ...]


def edits(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the least number of insertions, deletions and substitutions that turn `a` into `b`."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


def pronounce(trained: Trained, words: Sequence[str]) -> list[str]:
    """Return the phonemes of words."""
    said: list[str] = []
    for i in range(0, len(words), BATCH):
        said += trained.generate(rows=Rows({"x": words[i : i + BATCH]}), sampling=DECODING)
    return said


def lower_energy(trained: Trained, rows: Sequence[Pair]) -> float:
    """Return the share of rows whose energy is lower than that of the word with the next row's phonemes."""
    lower = 0
    for i in range(0, len(rows), BATCH):
        words, phonemes = zip(*rows[i : i + BATCH], strict=True)
        # Other phonemes, not the same ones: homophones stand side by side in a sorted list.
        others = [rows[(i + k + len(rows) // 2) % len(rows)][1] for k in range(len(words))]
        true = trained.energy({"x": words, "y": phonemes})
        false = trained.energy({"x": words, "y": others})
        lower += int((true < false).sum())
    return lower / len(rows)


def evaluate(trained: Trained, rows: Sequence[Pair], *, energies: int = 500) -> Report:
    """Measure a model on `rows`, the energy test on an even choice of at most `energies` of them."""
    said = pronounce(trained, [word for word, _ in rows])
    wrong = [edits(ours.split(), truth.split()) for ours, (_, truth) in zip(said, rows, strict=True)]
    total = sum(len(truth.split()) for _, truth in rows)
    chosen = rows[:: max(1, len(rows) // energies)][:energies]
    some = list(zip(rows, said, strict=True))[:: max(1, len(rows) // 8)][:8]
    examples = tuple((*row, ours) for row, ours in some)
    word_error = sum(map(bool, wrong)) / len(rows)
    return Report(sum(wrong) / total, word_error, lower_energy(trained, chosen), examples)


def read_pairs(path: Path) -> list[Pair]:
    """Read the file that `cmudict_pairs.py` writes."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(x, y) for x, _, y in (line.partition("\t") for line in lines)]


def load(run: Path) -> Trained:
    """Return the model of a run's newest checkpoint."""

    def build(record: Record) -> object:
        return archgraph.compile(record.spec, params=dict(record.sizes))

    return restore(run, build)  # type: ignore[arg-type]


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--words", type=int, default=2000)
    given = parser.parse_args()
    rows = read_pairs(given.held_out)[: given.words]
    report = evaluate(load(given.run), rows)
    for word, truth, ours in report.examples:
        print(f"{word:>16}  {ours}" + ("" if ours == truth else f"   (dictionary: {truth})"))
    print(json.dumps({k: round(v, 4) for k, v in vars(report).items() if k != "examples"}))


if __name__ == "__main__":
    main()
