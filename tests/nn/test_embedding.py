from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from archgraph.nn.embedding import Embedding, LearnedPositionEmbedding, SinusoidalEmbedding


@pytest.mark.parametrize("width", [5, 6])
def test_sinusoidal_table_follows_the_paper(width: int) -> None:
    layer, x = SinusoidalEmbedding(9, width, length=20), torch.randint(9, (2, 20))
    added = layer(x) - layer.tokens[x]
    for position in (0, 1, 19):
        for feature in range(width):
            angle = position / 10000 ** ((feature - feature % 2) / width)
            expected = math.cos(angle) if feature % 2 else math.sin(angle)
            assert added[1, position, feature].item() == pytest.approx(expected, abs=1e-12)


def test_table_is_no_weight_and_no_entry_of_the_state() -> None:
    assert list(SinusoidalEmbedding(9, 4).state_dict()) == ["tokens"]
    assert list(LearnedPositionEmbedding(9, 4, length=5).state_dict()) == ["tokens", "positions"]


def test_scale_multiplies_tokens_by_the_root_of_the_width() -> None:
    x = torch.tensor([[3, 1]])
    plain, scaled = Embedding(9, 16), Embedding(9, 16, scale=True)
    scaled.load_state_dict(plain.state_dict())
    torch.testing.assert_close(scaled(x), 4 * plain(x))
    torch.testing.assert_close(plain(x), plain.tokens[x])
    assert plain(torch.tensor([1, 2, 3])).shape == (3, 16)


def test_scaled_embedding_starts_with_unit_variance() -> None:
    assert Embedding(500, 64, scale=True)(torch.arange(500)).std().item() == pytest.approx(1, abs=0.02)


def test_learned_positions_are_added() -> None:
    layer, x = LearnedPositionEmbedding(9, 4, length=5), torch.randint(9, (2, 3))
    torch.testing.assert_close(layer(x), layer.tokens[x] + layer.positions[:3])


@pytest.mark.parametrize("kind", [SinusoidalEmbedding, LearnedPositionEmbedding])
def test_too_long_a_sequence_says_both_lengths(
    kind: type[SinusoidalEmbedding] | type[LearnedPositionEmbedding],
) -> None:
    with pytest.raises(ValueError, match="6 positions, but the table has 5"):
        kind(9, 4, length=5)(torch.zeros(1, 6, dtype=torch.long))


@pytest.mark.parametrize("kind", [SinusoidalEmbedding, LearnedPositionEmbedding])
def test_steps_equal_the_whole(kind: type[SinusoidalEmbedding] | type[LearnedPositionEmbedding]) -> None:
    layer, x = kind(9, 4, length=5, scale=True), torch.randint(9, (2, 5))
    assert torch.equal(torch.cat([layer(x[:, :2]), layer(x[:, 2:3], 2), layer(x[:, 3:], 3)], 1), layer(x))


def test_compiles_in_one_graph_and_exports_with_dynamic_axes() -> None:
    model = nn.ModuleList([SinusoidalEmbedding(9, 4, length=50), LearnedPositionEmbedding(9, 4, length=50)])
    axes = {0: torch.export.Dim("B"), 1: torch.export.Dim("T", max=50)}
    for layer in model:
        x = torch.randint(9, (3, 7))
        assert torch.equal(torch.compile(layer, fullgraph=True, backend="eager")(x), layer(x))
        exported = torch.export.export(layer, (x,), dynamic_shapes=(axes,)).module()
        x = torch.randint(9, (2, 50))
        assert torch.equal(exported(x), layer(x))
