"""The families that see: how each original is made, named and run."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import transformers
from torch import Tensor, nn
from torch.nn import functional as F

from tests.parity.pairs import Family, Rules

KINDS = ("weight", "bias")


def single(x: Tensor) -> Tensor:
    """A token or a table that the original holds with axes of one in front."""
    return x.reshape(-1, x.shape[-1])


def block_rules(ours: str, theirs: str, parts: Mapping[str, str]) -> Rules:
    """The maps and norms of a repeated block, each with its bias."""
    return {f"{ours}.{a}.{kind}": f"{theirs}.{b}.{kind}" for a, b in parts.items() for kind in KINDS}


VIT_RULES: Rules = {
    "encoder.prepend.tokens": ("vit.embeddings.cls_token", single),
    "encoder.positions.table": ("vit.embeddings.position_embeddings", single),
    **block_rules("encoder", "vit", {"conv2d": "embeddings.patch_embeddings.projection", "layer_norm": "layernorm"}),
    **block_rules(
        "encoder.repeat.{}",
        "vit.layers.{}",
        {
            "residual.layer_norm": "layernorm_before",
            "residual_2.layer_norm": "layernorm_after",
            **{f"residual.self_attention.{part}": f"attention.{part}_proj" for part in "qkv"},
            "residual.self_attention.out": "attention.o_proj",
            "residual_2.feed_forward.inner": "mlp.fc1",
            "residual_2.feed_forward.outer": "mlp.fc2",
        },
    ),
    **{f"decoder.{kind}": f"classifier.{kind}" for kind in KINDS},
}


def vit() -> nn.Module:
    """Two layers on nine patches."""
    config = transformers.ViTConfig(
        image_size=12,
        patch_size=4,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        num_labels=10,
    )
    return transformers.ViTForImageClassification(config)


def vit_given(seed: int) -> Mapping[str, Tensor]:
    """Noise, and a class for it."""
    torch.manual_seed(seed)
    return {"x": torch.randn(seed + 1, 3, 12, 12), "y": torch.randint(0, 10, (seed + 1,))}


def vit_run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """Logits and losses of classes."""
    x, y = given["x"].to(next(ours.parameters()).dtype), given["y"]
    out, logits = ours(x=x, y=y), theirs(pixel_values=x).logits
    return out.y_tilde, logits, out.loss, F.cross_entropy(logits, y)


CLIP_BLOCK = {
    "residual.layer_norm": "layer_norm1",
    "residual_2.layer_norm": "layer_norm2",
    **{f"residual.self_attention.{part}": f"self_attn.{part}_proj" for part in "qkv"},
    "residual.self_attention.out": "self_attn.out_proj",
    "residual_2.feed_forward.inner": "mlp.fc1",
    "residual_2.feed_forward.outer": "mlp.fc2",
}
CLIP_RULES: Rules = {
    "seeing.conv2d.weight": "vision_model.embeddings.patch_embedding.weight",
    "seeing.prepend.tokens": ("vision_model.embeddings.class_embedding", single),
    "seeing.positions.table": "vision_model.embeddings.position_embedding.weight",
    **block_rules("seeing", "vision_model", {"layer_norm": "pre_layrnorm", "layer_norm_2": "post_layernorm"}),
    **block_rules("seeing.repeat.{}", "vision_model.encoder.layers.{}", CLIP_BLOCK),
    "reading.embedding.tokens": "text_model.embeddings.token_embedding.weight",
    "reading.embedding.positions": "text_model.embeddings.position_embedding.weight",
    **block_rules("reading.repeat.{}", "text_model.encoder.layers.{}", CLIP_BLOCK),
    **block_rules("reading", "text_model", {"layer_norm": "final_layer_norm"}),
    "put_seen.linear.weight": "visual_projection.weight",
    "put_said.linear.weight": "text_projection.weight",
    "put_said.temperature.log_scale": ("logit_scale", lambda x: x.reshape(1)),
}


def clip() -> nn.Module:
    """Two layers on each side."""
    text = {"vocab_size": 64, "hidden_size": 24, "num_attention_heads": 2, "intermediate_size": 96}
    text |= {"max_position_embeddings": 20, "eos_token_id": 63, "bos_token_id": 1, "pad_token_id": 63}
    image = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 128, "image_size": 12, "patch_size": 4}
    layers = {"num_hidden_layers": 2}
    config = transformers.CLIPConfig(text_config=text | layers, vision_config=image | layers, projection_dim=16)
    return transformers.CLIPModel(config)


def clip_given(seed: int) -> Mapping[str, Tensor]:
    """Noise, and texts of several lengths, each of which ends in the symbol that pads."""
    torch.manual_seed(seed)
    t = torch.full((4, 9), 63)
    for row, length in zip(t, (8, 5, 1, 3), strict=True):
        row[:length] = torch.randint(3, 60, (length,))
    return {"x": torch.randn(4, 3, 12, 12), "t": t}


def clip_run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """The scores of all pairs, and the loss of finding one's own."""
    x, t = given["x"].to(next(ours.parameters()).dtype), given["t"]
    real = (t != 63).long()
    real = torch.cat((torch.ones_like(real[:, :1]), real[:, :-1]), 1)
    out = ours(x=x, t=t)
    found = theirs(input_ids=t, attention_mask=real, pixel_values=x, return_loss=True)
    return out.h_t @ out.h_x.T, found.logits_per_text, out.loss, found.loss


MAE_BLOCK = {
    "residual.layer_norm": "layernorm_before",
    "residual_2.layer_norm": "layernorm_after",
    **{f"residual.self_attention.{part}": f"attention.{part}_proj" for part in "qkv"},
    "residual.self_attention.out": "attention.o_proj",
    "residual_2.feed_forward.inner": "mlp.fc1",
    "residual_2.feed_forward.outer": "mlp.fc2",
}
MAE_RULES: Rules = {
    "looking.linear.weight": (
        "vit.embeddings.patch_embeddings.projection.weight",
        lambda x: x.permute(0, 2, 3, 1).flatten(1),
    ),
    "looking.linear.bias": "vit.embeddings.patch_embeddings.projection.bias",
    "encoder.prepend.tokens": ("vit.embeddings.cls_token", single),
    "decoder.whole.token": ("decoder.mask_token", lambda x: x.reshape(-1)),
    **block_rules("encoder", "vit", {"layer_norm": "layernorm"}),
    **block_rules("encoder.repeat.{}", "vit.layers.{}", MAE_BLOCK),
    **block_rules("decoder.blocks.{}", "decoder.decoder_layers.{}", MAE_BLOCK),
    **block_rules(
        "decoder",
        "decoder",
        {"narrow": "decoder_embed", "paint.layer_norm": "decoder_norm", "paint.linear": "decoder_pred"},
    ),
}


def mae() -> nn.Module:
    """Two layers that look, one that paints, on sixteen patches."""
    config = transformers.ViTMAEConfig(
        image_size=16,
        patch_size=4,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        decoder_hidden_size=24,
        decoder_num_attention_heads=2,
        decoder_num_hidden_layers=1,
        decoder_intermediate_size=96,
    )
    model = transformers.ViTMAEForPreTraining(config)
    model.vit.embeddings.patch_embeddings.projection._is_hf_initialized = False
    model.vit.embeddings.initialize_weights()  # the waves, which are parameters that stay as they are
    model.decoder.initialize_weights(16)
    return model


def mae_given(seed: int) -> Mapping[str, Tensor]:
    """Noise in sixteen patches of 4 x 4 x 3."""
    torch.manual_seed(seed)
    return {"y": torch.randn(seed + 1, 16, 48)}


def mae_run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """Both keep the first patches: ours where nothing is drawn, the original where its noise rises."""
    y = given["y"].to(next(ours.parameters()).dtype)
    image = y.view(-1, 4, 4, 4, 4, 3).permute(0, 5, 1, 3, 2, 4).reshape(-1, 3, 16, 16)
    out = ours(y=y, corrupt=False)
    found = theirs(pixel_values=image, noise=torch.arange(16.0).expand(len(y), 16).contiguous())
    return out.y_tilde, found.logits, out.loss, found.loss


IMAGES = {
    "mae": Family("mae", mae, MAE_RULES, mae_run, mae_given, {}, unused="pos(ition)?_embed"),
    "vit": Family("vit", vit, VIT_RULES, vit_run, vit_given, {}),
    "clip": Family("clip", clip, CLIP_RULES, clip_run, clip_given, {}),
}
