"""A small family of models, and checkpoints of it in the form of the hubs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

# Fused, transposed, flattened, tied, unused: every way in which names and shapes may differ.
SPEC = """\
archgraph: 1
name: small
params: {vocab: 8, width: 4, heads: 2, layers: 1, hidden: 4 * width, epsilon: 1e-6}
variables:
  y: {kind: target, type: "tokens(vocab)[T]", start: 0}
  h: hidden
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: {width: width, positions: sinusoidal}}]}
  predictor:
    role: predictor
    repeat: layers
    layers:
      - residual: [{layer_norm: {epsilon: epsilon}}, {self_attention: {heads: heads, causal: true}}]
      - residual: [{feed_forward: {hidden: hidden}}]
  decoder: {role: decoder, layers: [{linear: {width: vocab, bias: false}}]}
  C: {role: cost, op: cross_entropy}
tie: [[encoder.embedding.tokens, decoder.linear.weight]]
edges:
  - y -[delay]-> encoder -> predictor -> h -> decoder -> y_tilde
  - y, y_tilde -> C
weights:
  family: small
  params: {vocab: vocab_size, width: n_embd, layers: n_layer, hidden: [n_inner, 4 * n_embd], epsilon: norm.eps}
  requires: {activation: [relu, ReLU]}
  prefixes: [model]
  aliases: {weight: gamma, bias: beta}
  names:
    encoder.embedding.tokens: {from: wte.weight, reshape: true}
    predictor.*.residual.layer_norm: h.*.ln
    predictor.*.residual.self_attention: {from: h.*.attn.c_attn, split: [q, k, v], transposed: true}
    predictor.*.residual.self_attention.out: h.*.attn.c_proj
    predictor.*.residual_2.feed_forward.inner: h.*.up
    predictor.*.residual_2.feed_forward.outer: h.*.down
  tied: {head.weight: wte.weight}
  unused: [h.*.attn.mask, pooler]
"""
CONFIG = {
    **{"model_type": "small", "vocab_size": 11, "n_embd": 6, "n_layer": 2, "n_inner": None},
    **{"norm": {"eps": 1e-3}, "activation": "relu"},
}


def tensors(width: int = 6, layers: int = 2, vocab: int = 11) -> dict[str, Tensor]:
    """The tensors of a checkpoint."""
    torch.manual_seed(0)
    shapes: dict[str, tuple[int, ...]] = {"model.wte.weight": (1, vocab, width)}
    for layer in range(layers):
        stem = f"model.h.{layer}"
        shapes |= {f"{stem}.ln.weight": (width,), f"{stem}.ln.bias": (width,)}
        shapes |= {f"{stem}.attn.c_attn.weight": (width, 3 * width), f"{stem}.attn.c_attn.bias": (3 * width,)}
        shapes |= {f"{stem}.attn.c_proj.weight": (width, width), f"{stem}.attn.c_proj.bias": (width,)}
        shapes |= {f"{stem}.up.weight": (4 * width, width), f"{stem}.up.bias": (4 * width,)}
        shapes |= {f"{stem}.down.weight": (width, 4 * width), f"{stem}.down.bias": (width,)}
        shapes |= {f"{stem}.attn.mask": (3, 3)}
    found = {name: torch.randn(shape) for name, shape in shapes.items()}
    return {**found, "head.weight": found["model.wte.weight"].clone(), "pooler.dense.bias": torch.zeros(2)}


def publish(folder: Path, given: Mapping[str, Tensor] | None = None, **config: Any) -> Path:
    """Write a checkpoint with its config; returns the folder."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}), encoding="utf-8")
    save_file(dict(given or tensors()), folder / "model.safetensors")
    return folder


def publish_shards(folder: Path) -> Path:
    """Write a checkpoint in two shards with their index; returns the folder."""
    publish(folder)
    (folder / "model.safetensors").unlink()
    whole = tensors()
    where = {name: f"model-{1 + place % 2}-of-2.safetensors" for place, name in enumerate(whole)}
    for shard in sorted(set(where.values())):
        save_file({name: value for name, value in whole.items() if where[name] == shard}, folder / shard)
    index = json.dumps({"metadata": {}, "weight_map": where})
    (folder / "model.safetensors.index.json").write_text(index, encoding="utf-8")
    return folder
