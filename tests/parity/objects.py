"""The family that asks for objects: the original's encoder, decoder and heads, behind the features of an image."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import transformers
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.image_transforms import center_to_corners_format
from transformers.loss.loss_for_object_detection import generalized_box_iou
from transformers.models.detr import modeling_detr

from tests.parity.pairs import Family, Rules

KINDS = ("weight", "bias")


class Detr(nn.Module):
    """DETR without the network that makes its features."""

    def __init__(self) -> None:
        super().__init__()
        sizes = {"d_model": 32, "num_queries": 5, "use_timm_backbone": False}
        for side in ("encoder", "decoder"):
            sizes |= {f"{side}_layers": 2, f"{side}_attention_heads": 4, f"{side}_ffn_dim": 48}
        config = transformers.DetrConfig(**sizes)
        self.projection = nn.Linear(12, 32)
        self.queries = nn.Parameter(torch.randn(5, 32))
        self.waves = modeling_detr.DetrSinePositionEmbedding(16, normalize=True)
        self.encoder, self.decoder = modeling_detr.DetrEncoder(config), modeling_detr.DetrDecoder(config)
        self.classes = nn.Linear(32, 7)
        self.boxes = modeling_detr.DetrMLPPredictionHead(32, 32, 4, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, 5, 7) and boxes (B, 5, 4)."""
        places = self.waves((len(x), 12, 3, 3), x.device, x.dtype).flatten(2).transpose(1, 2)
        queries = self.queries.expand(len(x), -1, -1)
        seen = self.encoder(inputs_embeds=self.projection(x), spatial_position_embeddings=places)[0]
        h = self.decoder(
            inputs_embeds=torch.zeros_like(queries),
            encoder_hidden_states=seen,
            spatial_position_embeddings=places,
            object_queries_position_embeddings=queries,
        )[0]
        return self.classes(h), self.boxes(h).sigmoid()


def attention(ours: str, theirs: str) -> Rules:
    """The four maps of an attention."""
    names = {**{part: f"{part}_proj" for part in "qkv"}, "out": "o_proj"}
    return {f"{ours}.{a}.{kind}": f"{theirs}.{b}.{kind}" for a, b in names.items() for kind in KINDS}


NORMS_AND_MAPS = {
    "see": "projection",
    "encoder.{}.layer_norm": "encoder.layers.{}.self_attn_layer_norm",
    "encoder.{}.layer_norm_2": "encoder.layers.{}.final_layer_norm",
    "predictor.repeat.{}.layer_norm": "decoder.layers.{}.self_attn_layer_norm",
    "predictor.repeat.{}.layer_norm_2": "decoder.layers.{}.encoder_attn_layer_norm",
    "predictor.repeat.{}.layer_norm_3": "decoder.layers.{}.final_layer_norm",
    "predictor.layer_norm": "decoder.layernorm",
    "what": "classes",
    "where.linear": "boxes.layers.0",
    "where.linear_2": "boxes.layers.1",
    "where.linear_3": "boxes.layers.2",
    **{
        f"{ours}.feed_forward.{a}": f"{theirs}.mlp.{b}"
        for ours, theirs in (
            ("encoder.{}.residual_2", "encoder.layers.{}"),
            ("predictor.repeat.{}.residual_3", "decoder.layers.{}"),
        )
        for a, b in (("inner", "fc1"), ("outer", "fc2"))
    },
}
RULES: Rules = {
    "q": "queries",
    **{f"{a}.{kind}": f"{b}.{kind}" for a, b in NORMS_AND_MAPS.items() for kind in KINDS},
    **attention("encoder.{}.residual.self_attention", "encoder.layers.{}.self_attn"),
    **attention("predictor.repeat.{}.residual.self_attention", "decoder.layers.{}.self_attn"),
    **attention("predictor.repeat.{}.residual_2.cross_attention", "decoder.layers.{}.encoder_attn"),
}


def given(seed: int) -> Mapping[str, Tensor]:
    """Features of nine cells, and what stands at five questions."""
    torch.manual_seed(seed)
    size = seed + 1
    return {
        "x": torch.randn(size, 9, 12, dtype=torch.float64),
        "y": torch.randint(0, 7, (size, 5)),
        "b": torch.rand(size, 5, 4, dtype=torch.float64),
        "m": torch.tensor([True, False, True, True, False]).expand(size, 5),
    }


def run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """Logits and boxes side by side, and the loss with the targets as they are matched."""
    dtype = next(ours.parameters()).dtype
    x, y, b, m = (given[name].to(dtype) if name in "xb" else given[name] for name in "xybm")
    out, (logits, boxes) = ours(x=x, y=y, b=b, m=m), theirs(x)
    loss = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum") / len(y)
    loss = loss + 5 * (boxes - b).abs().sum(-1)[m].mean()
    overlap = generalized_box_iou(center_to_corners_format(boxes[m]), center_to_corners_format(b[m])).diag()
    loss = loss + 2 * (1 - overlap).mean()
    return torch.cat((out.y_tilde, out.b_tilde), -1), torch.cat((logits, boxes), -1), out.loss, loss


OBJECTS = {"detr": Family("detr", Detr, RULES, run, given, {})}
