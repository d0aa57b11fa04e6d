"""Matrices that a file holds the other way round come out right, piece by piece."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import archgraph
from archgraph.weights import turn
from archgraph.weights.fill import _Files
from tests.weights.checkpoints import SPEC, publish, tensors


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (5, 7), (64, 48)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_a_piece_is_turned_into_memory_of_any_strides(shape: tuple[int, int], dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    piece, memory = torch.randn(shape).to(dtype), torch.zeros(shape[1], shape[0] + 3)
    turn.turn(piece, memory[:, 2 : 2 + shape[0]])
    assert torch.equal(memory[:, 2 : 2 + shape[0]], piece.t().float())
    assert not memory[:, :2].any() and not memory[:, -1].any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_a_matrix_of_several_pieces_is_whole(
    dtype: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "NUMBERS", 1)
    monkeypatch.setattr(turn, "FEWEST", 4)  # of six rows
    given = {name: value.to(dtype) for name, value in tensors().items()}
    state = archgraph.compile(SPEC, weights=publish(tmp_path / "x", given)).state_dict()
    for layer in range(2):
        fused = given[f"model.h.{layer}.attn.c_attn.weight"].float()
        parts = [state[f"predictor.{layer}.residual.self_attention.{part}.weight"] for part in "qkv"]
        assert torch.equal(torch.cat(parts), fused.t())


def test_pieces_take_little_room(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "NUMBERS", 1)
    monkeypatch.setattr(turn, "FEWEST", 2)
    asked: list[int] = []
    cleared = _Files._cleared
    monkeypatch.setattr(
        _Files,
        "_cleared",
        lambda *given: asked.append(given[2][0]) or cleared(*given),  # rows of (rows, columns)
    )
    archgraph.compile(SPEC, weights=published)
    assert asked.count(2) == 2 * 3 and 6 not in asked
