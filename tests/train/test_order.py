"""The order of samples depends on seed and epoch alone."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.train.order import BUCKET, batches, split

LENGTHS = st.lists(st.integers(1, 30), min_size=1, max_size=80)


@settings(max_examples=40, deadline=None)
@given(LENGTHS, st.integers(1, 9), st.integers(0, 5), st.integers(0, 5))
def test_an_epoch_takes_each_sample_once(lengths: list[int], size: int, seed: int, epoch: int) -> None:
    made = batches(lengths, size, seed=seed, epoch=epoch)
    assert sorted(i for batch in made for i in batch) == list(range(len(lengths)))
    assert all(len(batch) <= size for batch in made)


def test_the_order_is_pure_and_leaves_torch_alone() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    first = batches([1] * 50, 4, seed=3, epoch=2)
    torch.manual_seed(1)
    batches([1] * 50, 4, seed=9, epoch=9)
    assert batches([1] * 50, 4, seed=3, epoch=2) == first
    torch.manual_seed(0)
    batches([1] * 50, 4, seed=3, epoch=2)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_order_never_changes_between_versions() -> None:
    assert batches([1, 2, 3, 4, 5, 6], 2, seed=0, epoch=0) == [[2, 3], [4, 5], [0, 1]]
    assert split(8, fraction=0.25, seed=0) == ([0, 1, 2, 4, 5, 6], [3, 7])


def test_epochs_and_seeds_differ() -> None:
    orders = [batches([1] * 50, 4, seed=seed, epoch=epoch) for seed in (0, 1) for epoch in (0, 1)]
    assert all(a != b for i, a in enumerate(orders) for b in orders[:i])


def test_rows_of_a_batch_are_of_like_length() -> None:
    lengths = [1 + i % 100 for i in range(8 * BUCKET)]
    spread = [max(lengths[i] for i in b) - min(lengths[i] for i in b) for b in batches(lengths, 8, seed=0, epoch=0)]
    assert max(spread) <= 4


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.floats(0, 0.9), st.integers(0, 3))
def test_the_split_is_a_partition(count: int, fraction: float, seed: int) -> None:
    train, held = split(count, fraction=fraction, seed=seed)
    assert sorted(train + held) == list(range(count))
    assert train
    assert bool(held) == (fraction > 0 and count > 1)
