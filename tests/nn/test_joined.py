"""Maps that are one matrix are saved and loaded as if they were not."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from archgraph.nn.attention import CrossAttention, SelfAttention
from archgraph.nn.grouped_attention import GroupedSelfAttention

NAMES = [f"{part}.{kind}" for part in ("q", "k", "v", "out") for kind in ("weight", "bias")]


def test_a_state_dict_names_the_maps_apart() -> None:
    layer = nn.ModuleDict({"attention": SelfAttention(8, 2)})
    assert sorted(layer.state_dict()) == sorted(f"attention.{name}" for name in NAMES)
    assert {tuple(v.shape) for v in layer.state_dict().values()} == {(8, 8), (8,)}
    assert sorted(CrossAttention(8, 2, context=5).state_dict()) == sorted(NAMES)


def test_maps_start_as_torchs_own() -> None:
    torch.manual_seed(3)
    layer = SelfAttention(8, 2)
    torch.manual_seed(3)
    for name in ("q", "k", "v", "out"):
        alone = nn.Linear(8, 8)
        assert torch.equal(layer.state_dict()[f"{name}.weight"], alone.weight)
        assert torch.equal(layer.state_dict()[f"{name}.bias"], alone.bias)


@pytest.mark.parametrize("assign", [False, True])
def test_what_is_saved_is_loaded(assign: bool) -> None:
    one, other = CrossAttention(8, 2, context=5), CrossAttention(8, 2, context=5)
    x, context = torch.randn(2, 3, 8), torch.randn(2, 4, 5)
    other.load_state_dict({name: value.clone() for name, value in one.state_dict().items()}, assign=assign)
    assert torch.equal(one(x, context), other(x, context))
    assert all(p.requires_grad for p in other.parameters())


def test_weights_are_given_to_a_layer_without_memory() -> None:
    one = SelfAttention(8, 2)
    with torch.device("meta"):
        other = SelfAttention(8, 2)
    other.load_state_dict(one.state_dict(), assign=True)
    x = torch.randn(2, 3, 8)
    assert torch.equal(one(x), other(x))


def test_a_layer_that_keeps_its_maps_apart_is_loaded_too() -> None:
    one, other = (GroupedSelfAttention(8, 2, apart=True, biases="qv") for _ in range(2))
    other.load_state_dict(one.state_dict())
    x = torch.randn(2, 3, 8)
    assert torch.equal(one(x), other(x))


def test_a_missing_map_is_named_and_the_others_are_loaded() -> None:
    one, other = SelfAttention(8, 2), SelfAttention(8, 2)
    before, state = other.state_dict()["k.weight"].clone(), one.state_dict()
    del state["k.weight"]
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "k.weight". $'):
        other.load_state_dict(state)
    assert other.load_state_dict(state, strict=False).missing_keys == ["k.weight"]
    assert torch.equal(other.state_dict()["k.weight"], before)
    assert torch.equal(other.state_dict()["q.weight"], one.state_dict()["q.weight"])


def test_a_map_of_another_size_and_an_unknown_one_are_named() -> None:
    layer = SelfAttention(8, 2)
    with pytest.raises(RuntimeError, match=r"size mismatch for v.bias: torch.Size\(\[9\]\) is given"):
        layer.load_state_dict({**layer.state_dict(), "v.bias": torch.zeros(9)})
    with pytest.raises(RuntimeError, match=r"w\.weight"):
        layer.load_state_dict({**layer.state_dict(), "w.weight": torch.zeros(8, 8)})
