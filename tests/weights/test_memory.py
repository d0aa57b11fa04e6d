"""Weights lie in memory of their own, though small ones were asked for together."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import archgraph
from archgraph.weights import memory
from archgraph.weights.fill import fill
from archgraph.weights.header import Stored
from archgraph.weights.match import Account, Taken
from archgraph.weights.memory import house, rooms
from archgraph.weights.source import Source, open_source
from tests.weights.checkpoints import SPEC


def like() -> list[Tensor]:
    shapes = ((3,), (2, 5), (), (0, 4), (64, 64))
    return [torch.empty(shape, dtype=torch.float64 if len(shape) == 1 else torch.float32) for shape in shapes]


@pytest.fixture(params=["at once", "as touched"])
def _pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems with and without the call that asks for all pages."""
    if request.param == "as touched":
        monkeypatch.setattr(memory, "NEW", 0)


@pytest.mark.usefixtures("_pages")
@pytest.mark.parametrize("room", [1, 100, 1 << 25])
def test_rooms_have_the_shapes_asked_for_and_do_not_overlap(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "ROOM", room)
    found = rooms(like())
    for place, (each, asked) in enumerate(zip(found, like(), strict=True)):
        assert (each.shape, each.dtype, each.is_contiguous()) == (asked.shape, asked.dtype, True)
        assert each.untyped_storage().nbytes() == each.nbytes
        assert each.data_ptr() % 64 == 0
        each.fill_(place)
    assert all((each == place).all() for place, each in enumerate(found))


@pytest.mark.usefixtures("_pages")
def test_parameters_that_modules_share_stay_shared_and_frozen_ones_frozen() -> None:
    with torch.device("meta"):
        model = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False), nn.Linear(3, 3))
    model[1].weight = model[0].weight
    model[2].requires_grad_(False)
    house(model)
    assert model[0].weight is model[1].weight
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "2.weight", "2.bias"]
    assert not any(value.is_meta for value in model.parameters())
    assert [value.requires_grad for value in model.parameters()] == [True, False, False]


def test_what_has_memory_keeps_it() -> None:
    model = nn.Linear(2, 2)
    before = model.weight
    house(model)
    assert model.weight is before


def test_a_loaded_model_can_be_copied_pickled_and_shared(published: Path) -> None:
    model = archgraph.compile(SPEC, weights=published)
    wanted = {name: value.clone() for name, value in model.state_dict().items()}
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), copy.deepcopy(model).share_memory()):
        found = other.state_dict()
        assert all(torch.equal(found[name], value) for name, value in wanted.items())
        next(other.parameters()).data.zero_()
    assert all(torch.equal(value, wanted[name]) for name, value in model.state_dict().items())


def test_parts_of_one_tensor_that_lie_together_are_one_copy(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(published)
    stored = source.tensors["model.h.0.attn.c_attn.weight"]
    model = nn.Module()
    fused = torch.zeros(18, 6)
    parts = {f"{part}.weight": fused[6 * place : 6 * place + 6] for place, part in enumerate("qkv")}
    monkeypatch.setattr(model, "state_dict", lambda: parts)
    shapes = []
    monkeypatch.setattr(
        "archgraph.weights.fill._Files.read", lambda _, taken, target: shapes.append((taken.rows, target.shape))
    )
    fill(model, account(source, stored, "qkv"))
    assert shapes == [(18, (18, 6))]
    shapes.clear()
    fill(model, account(source, stored, "qvk"))  # in the file the other way round
    assert [rows for rows, _ in shapes] == [6, 6, 6]


def account(source: Source, stored: Stored, order: str) -> Account:
    """Three parts of a tensor, in that order."""
    loaded = tuple(
        Taken(f"{part}.weight", (6, 6), stored, transposed=True, first=6 * order.index(part), rows=6) for part in order
    )
    return Account(source, loaded=loaded)
