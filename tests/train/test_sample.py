"""Generation re-runs a causal model on its own prefix."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.train.errors import TrainError
from archgraph.train.field import Field
from archgraph.train.sample import Sampling, Target, choose, generate, until_stop

Y = Field("y", "target", "tokens", 8, 0, 1, 2)
TARGET = Target(Y, "y_tilde")


class Counting(nn.Module):
    """Predicts the symbol after the last one known, from 3 on; with `x`, stops after row's x symbols."""

    def forward(self, y: Tensor, x: Tensor | None = None) -> SimpleNamespace:
        assert not (y == 0).any() or (y == 2).any(), "padding before any stop"
        delayed = F.pad(y, (1, 0), value=2)[:, :-1]
        guess = (delayed + 1).clamp(max=7)
        if x is not None:
            guess = torch.where(torch.arange(y.size(1)) >= x[:, None], 2, guess)
        return SimpleNamespace(y_tilde=F.one_hot(guess, 8).float() * 20)


def test_starts_empty_and_feeds_its_own_symbols_back() -> None:
    assert generate(Counting(), TARGET, sampling=Sampling(4, 0.0)).tolist() == [[3, 4, 5, 6]]


def test_goes_on_from_a_prompt() -> None:
    prompt = torch.tensor([[5], [3]])
    assert generate(Counting(), TARGET, prompt=prompt, sampling=Sampling(2, 0.0)).tolist() == [
        [5, 6, 7],
        [3, 4, 5],
    ]


def test_rows_stop_each_for_itself() -> None:
    made = generate(Counting(), TARGET, inputs={"x": torch.tensor([1, 3])}, sampling=Sampling(9, 0.0))
    assert made.tolist() == [[3, 2, 0, 0], [3, 4, 5, 2]]
    assert [until_stop(row, Y) for row in made.tolist()] == [[3], [3, 4, 5]]


def test_sampling_depends_on_its_seed_alone() -> None:
    flat = Sampling(20, temperature=50.0, seed=1)
    torch.manual_seed(0)
    first = generate(Counting(), TARGET, sampling=flat)
    torch.manual_seed(1)
    assert torch.equal(generate(Counting(), TARGET, sampling=flat), first)
    assert not torch.equal(generate(Counting(), TARGET, sampling=Sampling(20, 50.0, seed=2)), first)


def test_start_and_padding_are_never_generated() -> None:
    made = generate(Counting(), TARGET, sampling=Sampling(200, temperature=1e6))
    assert not {0, 1} & set(until_stop(made[0].tolist(), Y))


def test_top_k_takes_the_likeliest_only() -> None:
    logits, generator = torch.tensor([[0.0, 3.0, 1.0, 2.0]]), torch.Generator().manual_seed(0)
    drawn = {int(choose(logits, Sampling(temperature=5.0, top_k=2), generator)) for _ in range(60)}
    assert drawn == {1, 3}


def test_a_model_in_training_stays_so() -> None:
    model = Counting().train()
    generate(model, TARGET, sampling=Sampling(1, 0.0))
    assert model.training


@pytest.mark.parametrize("change", [{"temperature": -1.0}, {"top_k": 0}, {"max_length": 0}])
def test_refuses_what_chooses_nothing(change: dict[str, float]) -> None:
    with pytest.raises(TrainError):
        Sampling(**change)  # type: ignore[arg-type]


def test_the_placeholder_is_never_padding(tmp_path: Path) -> None:
    for pad in (0, 1, 5, None, "lengths"):
        assert Target(Field("y", "target", "tokens", 8, pad), "y_tilde").placeholder != pad
