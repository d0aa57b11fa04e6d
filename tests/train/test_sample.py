"""How text is chosen from what a model predicts."""

from __future__ import annotations

import torch

from archgraph.train.sample import GREEDY, Sampling, until_stop


def test_a_text_ends_before_its_stop() -> None:
    assert [until_stop(row, 2) for row in ([3, 2, 0, 0], [3, 4, 5, 2], [3, 4])] == [[3], [3, 4, 5], [3, 4]]


def test_a_stop_in_a_prompt_ends_nothing() -> None:
    assert until_stop([3, 2, 4, 2, 5], 2, start=2) == [3, 2, 4]


def test_the_options_are_those_of_the_models_own_generate() -> None:
    options = Sampling(9, temperature=0.5, top_k=3, top_p=0.9, seed=4).options()
    generator = options.pop("generator")
    assert options == {"max_length": 9, "temperature": 0.5, "top_k": 3, "top_p": 0.9, "beams": 1}
    assert torch.equal(torch.rand(3, generator=generator), torch.rand(3, generator=torch.Generator().manual_seed(4)))
    assert GREEDY.options()["temperature"] is None
