from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from benchmarks import gpu
from benchmarks.decoding import agree, same, streamed
from benchmarks.handwritten import START, LanguageModel, Sizes
from benchmarks.handwritten_decoding import Decoding
from benchmarks.peers import alike
from benchmarks.sides import Case, Claim, compare

SIZES = Sizes(20, 16, 2, 2, scale=4.0)


@pytest.fixture
def hand() -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(SIZES).eval()


@pytest.mark.parametrize("fused", [True, False])
def test_decoding_by_hand_makes_what_the_whole_model_would(hand: LanguageModel, fused: bool) -> None:
    prompt = torch.randint(3, 20, (3, 4))
    found = Decoding(hand, 3, 10, fused=fused).generate(prompt, 5)
    with torch.no_grad():
        for place in range(4, 9):
            logits, _ = hand(F.pad(found[:, :place], (0, 1), value=START))
            assert torch.equal(logits[:, -1].argmax(-1), found[:, place])


def test_the_compiled_model_takes_the_weights_of_the_one_by_hand(hand: LanguageModel) -> None:
    prompt = torch.randint(3, 20, (2, 3))
    agree({"hand": Decoding(hand, 2, 9).generate(prompt, 5), "compiled": streamed(same(hand, SIZES), prompt, 5)})
    with pytest.raises(ValueError, match="other and hand make different symbols"):
        agree({"hand": prompt, "other": prompt + 1})


def _met(limit: float) -> bool | None:
    case = Case("work", (Claim("a", "b", limit),), pairs=5, threads=1)
    (row,) = compare(case, {"a": lambda: 2.0, "b": lambda: 4.0})
    assert row.result.startswith("0.500 (0.500 to 0.500); 2000.00 of 4000.00 ms, 5 rounds")
    return row.met


def test_a_figure_is_met_within_a_hundredth() -> None:
    assert _met(0.5)
    assert _met(0.495)
    assert not _met(0.48)


def test_a_side_that_is_not_installed_is_named() -> None:
    case = Case("work", (Claim("a", "b", 1.0), Claim("a", "c")), pairs=2, threads=1)
    rows = compare(case, {"a": lambda: 1.0, "b": lambda: 1.0})
    assert [row.work for row in rows] == ["work: a / b", "work: c"]


def test_refuses_to_compare_models_of_other_sizes(hand: LanguageModel) -> None:
    with pytest.raises(ValueError, match=r"other has [\d,]+ weights, and hand-written"):
        alike({"hand-written": hand, "other": LanguageModel(Sizes(20, 32, 2, 2))})


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_nothing_is_measured_and_the_reason_is_told() -> None:
    with pytest.raises(SystemExit, match="finds no GPU here, so there is nothing to measure"):
        gpu.main([])
