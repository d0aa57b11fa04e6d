"""The published models are what their specs say: the same numbers from the same weights, to the last digits.

The originals are those of `transformers`, tiny and with random weights; without the package these tests are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import torch

pytest.importorskip("transformers")

from tests.parity.families import CAUSAL, LENGTHS, TEXTS
from tests.parity.images import IMAGES
from tests.parity.latents import LATENTS
from tests.parity.objects import OBJECTS
from tests.parity.pairs import exact, gradients, pair
from tests.parity.recurrent import RECURRENT

FAMILIES = TEXTS | IMAGES | LATENTS | OBJECTS | RECURRENT
EVERY = pytest.mark.parametrize("name", FAMILIES)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@EVERY
def test_float32_agrees_within_2e_5(name: str) -> None:
    family = FAMILIES[name]
    ours, theirs = pair(family, torch.float32)
    for seed in LENGTHS:
        with torch.no_grad():
            out, expected, loss, wanted = family.run(ours, theirs, family.given(seed))
        torch.testing.assert_close(out, expected, rtol=0, atol=2e-5)
        torch.testing.assert_close(loss, wanted, rtol=0, atol=2e-5)


@EVERY
def test_float64_agrees_within_1e_10_and_2e_6_with_the_casts_of_the_original(name: str) -> None:
    family = FAMILIES[name]
    ours, theirs = pair(family, torch.float64)
    for seed in LENGTHS:
        with torch.no_grad():
            with exact(torch.float64):
                out, expected, loss, wanted = family.run(ours, theirs, family.given(seed))
            again, cast, _, _ = family.run(ours, theirs, family.given(seed))
        assert out.dtype == torch.float64
        torch.testing.assert_close(out, expected, rtol=0, atol=1e-10)
        torch.testing.assert_close(loss, wanted, rtol=0, atol=1e-10)
        torch.testing.assert_close(again, cast.double(), rtol=0, atol=2e-6)


@EVERY
def test_the_gradients_of_every_parameter_agree_within_1e_8(name: str) -> None:
    family = FAMILIES[name]
    ours, theirs = pair(family, torch.float64)
    with exact(torch.float64):
        _, _, loss, wanted = family.run(ours, theirs, family.given(1))
        loss.backward()
        wanted.backward()
    for parameter, found, expected in gradients(family, ours, theirs):
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-8, msg=parameter)


@EVERY
def test_the_counts_of_parameters_are_equal(name: str) -> None:
    family = FAMILIES[name]
    ours, theirs = pair(family, torch.float32)
    counted = sum(p.numel() for key, p in theirs.named_parameters() if not re.search(family.unused, key))
    assert sum(p.numel() for p in ours.parameters()) == counted


@pytest.mark.parametrize("name", CAUSAL)
def test_greedy_generation_agrees_token_for_token(name: str) -> None:
    family = FAMILIES[name]
    ours, theirs = pair(family, torch.float64)
    prompt = family.given(0)["y"][:, :6]
    start = theirs.config.bos_token_id
    with exact(torch.float64), torch.no_grad():
        asked = torch.cat((torch.full_like(prompt[:, :1], start), prompt), 1)
        wanted = theirs.generate(
            input_ids=asked,
            max_new_tokens=20,
            do_sample=False,
            eos_token_id=None,
            suppress_tokens=[*family.never] or None,
        )[:, 1:]
    found = ours.generate(y=prompt, max_length=20, stop=-1)
    assert found.tolist() == wanted.tolist()


def test_what_t5_says_to_a_source_agrees_token_for_token() -> None:
    family = FAMILIES["t5"]
    ours, theirs = pair(family, torch.float64)
    x = family.given(1)["x"]
    never = [*family.never]
    with exact(torch.float64), torch.no_grad():
        wanted = theirs.generate(
            input_ids=x,
            attention_mask=(x != 0).long(),
            max_new_tokens=20,
            do_sample=False,
            eos_token_id=None,
            suppress_tokens=never,
        )[:, 1:]
    assert ours.generate(x=x, max_length=20, stop=-1).tolist() == wanted.tolist()
