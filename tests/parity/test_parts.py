"""Parts that no spec of the library has, against the originals: a mixture of experts, capped scores, norms with offset.

Each is a spec of its own, so that the way from YAML to numbers is walked whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

import archgraph

pytest.importorskip("transformers")

import transformers
from transformers.models.gemma2 import modeling_gemma2
from transformers.models.mixtral import modeling_mixtral
from transformers.models.qwen3 import modeling_qwen3

from tests.nn import apart
from tests.parity.pairs import exact

SPEC = """
archgraph: 1
variables:
  x: {{kind: input, type: "real[T, 32]"}}
  h: hidden
nodes:
  encoder:
    role: encoder
    layers:
      part: {part}
edges:
  - x -> encoder -> h
"""


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def ours(part: str, weights: dict[str, torch.Tensor]) -> torch.nn.Module:
    """The model of one part with the given weights."""
    model = archgraph.compile(SPEC.format(part=part), seed=0).double()
    found = {name.removeprefix("encoder.").removeprefix("part."): p for name, p in apart.weights(model).items()}
    assert set(found) == set(weights)
    with torch.no_grad():
        for name, parameter in found.items():
            parameter.copy_(weights[name])
    return model.eval()


def test_a_mixture_of_experts_is_mixtrals() -> None:
    torch.manual_seed(0)
    config = transformers.MixtralConfig(
        hidden_size=32, intermediate_size=20, num_local_experts=4, num_experts_per_tok=2, experts_implementation="eager"
    )
    with exact(torch.float64):
        theirs = modeling_mixtral.MixtralSparseMoeBlock(config).double().eval()
        for parameter in theirs.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        x = torch.randn(2, 7, 32)
        expected = theirs(x)
        expected = expected[0] if isinstance(expected, tuple) else expected
    gate, inner = theirs.experts.gate_up_proj.chunk(2, 1)
    weights = {"router": theirs.gate.weight, "gate": gate, "inner": inner, "outer": theirs.experts.down_proj}
    model = ours("{mixture_of_experts: {experts: 4, top: 2, hidden: 20}}", weights)
    torch.testing.assert_close(model(x=x).h, expected, rtol=0, atol=1e-10)


def test_attention_with_capped_scores_and_a_norm_with_an_offset_are_gemmas() -> None:
    torch.manual_seed(0)
    config = transformers.Gemma2Config(
        hidden_size=32,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=10,
        attn_logit_softcapping=1.5,
        query_pre_attn_scalar=16,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        attn_implementation="eager",
    )
    with exact(torch.float64):
        attention = modeling_gemma2.Gemma2Attention(config, layer_idx=1).double().eval()
        norm = modeling_gemma2.Gemma2RMSNorm(32, eps=1e-6).double()
        for parameter in (*attention.parameters(), *norm.parameters()):
            torch.nn.init.normal_(parameter, std=0.3)
        x = torch.randn(2, 7, 32)
        places = modeling_gemma2.Gemma2RotaryEmbedding(config)(x, torch.arange(7).unsqueeze(0))
        mask = torch.full((7, 7), -torch.inf).triu(1).expand(1, 1, 7, 7)
        expected, normed = attention(x, places, mask)[0], norm(x)
    maps = {"q": attention.q_proj, "k": attention.k_proj, "v": attention.v_proj, "out": attention.o_proj}
    model = ours(
        "{self_attention: {heads: 4, kv_heads: 2, head_width: 10, causal: true, bias: false, positions: rotary, "
        "softcap: 1.5, score_scale: 0.25}}",
        {f"{name}.weight": part.weight for name, part in maps.items()},
    )
    torch.testing.assert_close(model(x=x).h, expected, rtol=0, atol=1e-10)
    model = ours("{rms_norm: {unit_offset: true}}", {"weight": norm.weight})
    torch.testing.assert_close(model(x=x).h, normed, rtol=0, atol=1e-10)


def test_attention_with_norms_of_queries_and_keys_is_qwens() -> None:
    torch.manual_seed(0)
    config = transformers.Qwen3Config(
        hidden_size=32,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=12,
        rope_parameters={"rope_type": "default", "rope_theta": 1000.0},
        attn_implementation="sdpa",
    )
    with exact(torch.float64):
        attention = modeling_qwen3.Qwen3Attention(config, layer_idx=0).double().eval()
        for parameter in attention.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        x = torch.randn(2, 7, 32)
        places = modeling_qwen3.Qwen3RotaryEmbedding(config)(x, torch.arange(7).unsqueeze(0))
        mask = torch.full((7, 7), -torch.inf).triu(1).expand(1, 1, 7, 7)
        expected = attention(x, places, mask)[0]
    maps = {"q": attention.q_proj, "k": attention.k_proj, "v": attention.v_proj, "out": attention.o_proj}
    maps |= {"q_norm": attention.q_norm, "k_norm": attention.k_norm}
    model = ours(
        "{self_attention: {heads: 4, kv_heads: 2, head_width: 12, causal: true, bias: false, positions: rotary, "
        "theta: 1000, qk_norm: rms}}",
        {f"{name}.weight": part.weight for name, part in maps.items()},
    )
    torch.testing.assert_close(model(x=x).h, expected, rtol=0, atol=1e-10)
