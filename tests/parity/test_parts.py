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
from transformers.models.bloom import modeling_bloom
from transformers.models.gemma2 import modeling_gemma2
from transformers.models.gpt_neox import modeling_gpt_neox
from transformers.models.gptj import modeling_gptj
from transformers.models.mixtral import modeling_mixtral
from transformers.models.qwen3 import modeling_qwen3

from archgraph.nn.distances import Alibi
from archgraph.nn.experts import measure_balance
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
PARALLEL = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 32]"}
  h: hidden
nodes:
  encoder:
    role: encoder
    nodes:
      norm: {op: layer_norm}
      attention: {op: {self_attention: {heads: 4, causal: true, positions: rotary, theta: 1000, turned: 0.5}}}
      norm_2: {op: layer_norm}
      forward_2: {op: {feed_forward: {hidden: 48, activation: gelu}}}
      sum: {op: add}
    edges:
      - in -> norm -> attention -> sum
      - in -> norm_2 -> forward_2 -> sum
      - in -> sum -> out
edges:
  - x -> encoder -> h
"""
SANDWICH = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 32]"}
  h: hidden
nodes:
  encoder:
    role: encoder
    layers:
      - residual:
          - rms_norm: {unit_offset: true}
          - self_attention: {heads: 4, kv_heads: 1, head_width: 8, causal: true, bias: false, positions: rotary}
          - rms_norm: {unit_offset: true}
      - residual:
          - rms_norm: {unit_offset: true}
          - feed_forward: {hidden: 48, gated: true, activation: gelu_tanh, bias: false}
          - rms_norm: {unit_offset: true}
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


def test_heads_that_are_turned_in_part_beside_a_feed_forward_layer_are_those_of_neox() -> None:
    torch.manual_seed(0)
    config = transformers.GPTNeoXConfig(
        hidden_size=32,
        num_attention_heads=4,
        intermediate_size=48,
        use_parallel_residual=True,
        rope_parameters={"rope_type": "default", "rope_theta": 1000.0, "partial_rotary_factor": 0.5},
        attn_implementation="sdpa",
    )
    with exact(torch.float64):
        layer = modeling_gpt_neox.GPTNeoXLayer(config, layer_idx=0).double().eval()
        for parameter in layer.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        x = torch.randn(2, 7, 32)
        places = modeling_gpt_neox.GPTNeoXRotaryEmbedding(config)(x, torch.arange(7).unsqueeze(0))
        mask = torch.full((7, 7), -torch.inf).triu(1).expand(1, 1, 7, 7)
        expected = layer(x, attention_mask=mask, position_embeddings=places)
        expected = expected[0] if isinstance(expected, tuple) else expected
    weights = {}
    for kind in ("weight", "bias"):  # q, k and v of one head behind each other
        heads = getattr(layer.attention.query_key_value, kind).unflatten(0, (4, 3, 8))
        weights |= {f"attention.{part}.{kind}": heads[:, place].flatten(0, 1) for place, part in enumerate("qkv")}
        weights[f"attention.out.{kind}"] = getattr(layer.attention.dense, kind)
        weights[f"norm.{kind}"] = getattr(layer.input_layernorm, kind)
        weights[f"norm_2.{kind}"] = getattr(layer.post_attention_layernorm, kind)
        weights[f"forward_2.inner.{kind}"] = getattr(layer.mlp.dense_h_to_4h, kind)
        weights[f"forward_2.outer.{kind}"] = getattr(layer.mlp.dense_4h_to_h, kind)
    model = archgraph.compile(PARALLEL, seed=0).double()
    found = {name.removeprefix("encoder."): parameter for name, parameter in apart.weights(model).items()}
    assert set(found) == set(weights)
    with torch.no_grad():
        for name, parameter in found.items():
            parameter.copy_(weights[name])
    torch.testing.assert_close(model.eval()(x=x).h, expected, rtol=0, atol=1e-10)


def test_neighbours_that_are_turned_together_are_those_of_gptj() -> None:
    torch.manual_seed(0)
    config = transformers.GPTJConfig(n_embd=32, n_head=4, rotary_dim=4, n_positions=16, attn_implementation="eager")
    with exact(torch.float64):
        attention = modeling_gptj.GPTJAttention(config, layer_idx=0).double().eval()
        for parameter in attention.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        x = torch.randn(2, 7, 32)
        mask = torch.full((7, 7), -torch.inf).triu(1).expand(1, 1, 7, 7)
        expected = attention(x, attention_mask=mask, position_ids=torch.arange(7).unsqueeze(0))[0]
    maps = {"q": attention.q_proj, "k": attention.k_proj, "v": attention.v_proj, "out": attention.out_proj}
    model = ours(
        "{self_attention: {heads: 4, causal: true, bias: false, positions: rotary, pairs: neighbours, turned: 0.5}}",
        {f"{name}.weight": part.weight for name, part in maps.items()},
    )
    # Its table of sines is in float32.
    torch.testing.assert_close(model(x=x).h, expected, rtol=0, atol=2e-6)


def test_scores_that_fall_with_the_distance_are_those_of_bloom() -> None:
    for heads in (1, 4, 6, 8, 12):
        real = torch.ones(1, 5, dtype=torch.int64)
        theirs = modeling_bloom.build_alibi_tensor(real, heads, torch.float64).view(1, heads, 1, 5)
        # Added to a row of scores, a number for the whole row changes nothing: theirs counts places, ours distances.
        row = Alibi(heads)((1, 5), torch.zeros((), dtype=torch.float64))
        torch.testing.assert_close(row - row[..., :1], theirs - theirs[..., :1], rtol=0, atol=1e-6)


@pytest.mark.parametrize("lengths", [[7], [7, 4]])
def test_the_balance_of_experts_is_that_of_mixtrals_loss(lengths: list[int]) -> None:
    torch.manual_seed(0)
    logits = torch.randn(len(lengths), 7, 4, dtype=torch.float64)
    real = torch.arange(7) < torch.tensor(lengths).unsqueeze(1)
    chances = logits.softmax(-1)
    chosen = torch.zeros_like(chances, dtype=torch.bool).scatter(-1, chances.topk(2, -1)[1], True)
    found = measure_balance(chances, chosen, real)
    for row, one, mask in zip(found, logits, real, strict=True):
        theirs = modeling_mixtral.load_balancing_loss_func((one,), 4, 2, mask.unsqueeze(0))
        # Theirs is a sum over both choices of each position, ours a mean.
        torch.testing.assert_close(row.squeeze(), theirs.double() / 2, rtol=0, atol=1e-6)


def test_norms_before_and_after_each_branch_are_those_of_gemma() -> None:
    torch.manual_seed(0)
    config = transformers.Gemma2Config(
        hidden_size=32,
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=8,
        intermediate_size=48,
        attn_logit_softcapping=None,
        query_pre_attn_scalar=8,
        layer_types=["full_attention"],
        num_hidden_layers=1,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        attn_implementation="sdpa",
    )
    with exact(torch.float64):
        layer = modeling_gemma2.Gemma2DecoderLayer(config, layer_idx=0).double().eval()
        for parameter in layer.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        x = torch.randn(2, 7, 32)
        places = modeling_gemma2.Gemma2RotaryEmbedding(config)(x, torch.arange(7).unsqueeze(0))
        mask = torch.full((7, 7), -torch.inf).triu(1).expand(1, 1, 7, 7)
        expected = layer(x, position_embeddings=places, attention_mask=mask)
        expected = expected[0] if isinstance(expected, tuple) else expected
    maps = {part: getattr(layer.self_attn, f"{part}_proj") for part in "qkv"} | {"out": layer.self_attn.o_proj}
    norms = ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm")
    places_of = ("residual.rms_norm", "residual.rms_norm_2", "residual_2.rms_norm", "residual_2.rms_norm_2")
    weights = {f"residual.self_attention.{name}.weight": part.weight for name, part in maps.items()}
    weights |= {f"{a}.weight": getattr(layer, b).weight for a, b in zip(places_of, norms, strict=True)}
    for name, theirs in (("gate", "gate_proj"), ("inner", "up_proj"), ("outer", "down_proj")):
        weights[f"residual_2.feed_forward.{name}.weight"] = getattr(layer.mlp, theirs).weight
    model = archgraph.compile(SANDWICH, seed=0).double()
    found = {name.removeprefix("encoder."): parameter for name, parameter in apart.weights(model).items()}
    assert set(found) == set(weights)
    with torch.no_grad():
        for name, parameter in found.items():
            parameter.copy_(weights[name])
    torch.testing.assert_close(model.eval()(x=x).h, expected, rtol=0, atol=1e-10)
