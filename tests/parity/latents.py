"""The family that reads through latents."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import transformers
from torch import Tensor, nn

from tests.parity.pairs import Family, Rules, texts

KINDS = ("weight", "bias")


def layer_rules(ours: Mapping[str, str], theirs: str) -> Rules:
    """The maps and norms of one of the original's layers, which reads others or itself."""
    parts = {
        "asking": "attention.self.layernorm1",
        "given": "attention.self.layernorm2",
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "out": "attention.output.dense",
        "norm": "layernorm",
        "inner": "mlp.dense1",
        "outer": "mlp.dense2",
    }
    return {f"{ours[a]}.{kind}": f"{theirs}.{parts[a]}.{kind}" for a in parts if a in ours for kind in KINDS}


def reading(node: str) -> Mapping[str, str]:
    """Where a node that reads a context has its parts."""
    return {
        "asking": f"{node}.asking",
        "given": f"{node}.given",
        **{part: f"{node}.read.{part}" for part in ("q", "k", "v", "out")},
        "norm": f"{node}.think.layer_norm",
        **{part: f"{node}.think.feed_forward.{part}" for part in ("inner", "outer")},
    }


BLOCK = {
    "asking": "encoder.blocks.{}.residual.layer_norm",
    **{part: f"encoder.blocks.{{}}.residual.self_attention.{part}" for part in ("q", "k", "v", "out")},
    "norm": "encoder.blocks.{}.residual_2.layer_norm",
    **{part: f"encoder.blocks.{{}}.residual_2.feed_forward.{part}" for part in ("inner", "outer")},
}
RULES: Rules = {
    "z": "perceiver.embeddings.latents",
    "q": "perceiver.decoder.output_position_encodings.position_embeddings",
    "bytes.tokens": "perceiver.input_preprocessor.embeddings.weight",
    "bytes.positions": "perceiver.input_preprocessor.position_embeddings.weight",
    **layer_rules(reading("encoder"), "perceiver.encoder.cross_attention"),
    **layer_rules(BLOCK, "perceiver.encoder.self_attends.{}"),
    **layer_rules(reading("predictor"), "perceiver.decoder.decoding_cross_attention"),
    "decoder.bias": "embedding_decoder.bias",
}


def perceiver() -> nn.Module:
    """Five latents that read twelve bytes; the original's decoder has eight heads of 32 keys, whatever is asked."""
    config = transformers.PerceiverConfig(
        num_latents=5,
        d_latents=24,
        d_model=32,
        num_blocks=1,
        num_self_attends_per_block=2,
        num_self_attention_heads=8,
        num_cross_attention_heads=8,
        qk_channels=256,
        v_channels=24,
        vocab_size=64,
        max_position_embeddings=12,
    )
    return transformers.PerceiverForMaskedLM(config)


def given(seed: int) -> Mapping[str, Tensor]:
    """Texts of several lengths, padded to as many as there are places."""
    torch.manual_seed(seed)
    return {"y": texts([12, 7, 3][: seed + 1], range(4, 60), pad=0)}


def run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """The original reads the holes that ours made in what is no padding, and is asked for what stood there."""
    out = ours(**given, generator=torch.Generator().manual_seed(5))
    labels = given["y"].masked_fill(out.y_hat == given["y"], -100)
    found = theirs(inputs=out.y_hat, attention_mask=(given["y"] != 0).long(), labels=labels)
    return out.y_tilde, found.logits, out.loss, found.loss


LATENTS = {"perceiver_io": Family("perceiver_io", perceiver, RULES, run, given, {"heads": 8, "keys": 256, "rate": 0.4})}
