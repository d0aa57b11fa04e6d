"""The interleaved transformer is the published one: it equals torch.nn.Transformer, weight for weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.specs.samples import model, values

WIDTH, HEADS, LAYERS, HIDDEN = 32, 2, 2, 128
PAD = 0
# Where our layer and torch's have the same weights, by their names in the spec and in torch.
ENCODER = {
    "residual_2.feed_forward.inner": "linear1",
    "residual_2.feed_forward.outer": "linear2",
    "layer_norm": "norm1",
    "layer_norm_2": "norm2",
}
DECODER = {
    "decoder.residual.feed_forward.inner": "linear1",
    "decoder.residual.feed_forward.outer": "linear2",
    "enc.layer_norm": "norm1",
    "predictor.layer_norm": "norm2",
    "decoder.layer_norm": "norm3",
}
ATTENTION = {
    "enc.residual.self_attention": "self_attn",
    "predictor.residual.cross_attention": "multihead_attn",
}


def attention(ours: str, theirs: str, state: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for kind in ("weight", "bias"):
        parts = [state[f"{ours}.{part}.{kind}"] for part in ("q", "k", "v")]
        yield f"{theirs}.in_proj_{kind}", torch.cat(parts)
        yield f"{theirs}.out_proj.{kind}", state[f"{ours}.out.{kind}"]


def plain(ours: str, theirs: str, state: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for kind in ("weight", "bias"):
        yield f"{theirs}.{kind}", state[f"{ours}.{kind}"]


def translated(state: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """The weights of our model under torch's names."""
    for layer in range(LAYERS):
        ours, theirs = f"encoder.repeat.{layer}", f"encoder.layers.{layer}"
        yield from attention(f"{ours}.residual.self_attention", f"{theirs}.self_attn", state)
        for left, right in ENCODER.items():
            yield from plain(f"{ours}.{left}", f"{theirs}.{right}", state)
        ours, theirs = f"stack.{layer}", f"decoder.layers.{layer}"
        for left, right in ATTENTION.items():
            yield from attention(f"{ours}.{left}", f"{theirs}.{right}", state)
        for left, right in DECODER.items():
            yield from plain(f"{ours}.{left}", f"{theirs}.{right}", state)
    yield from plain("encoder.repeat_2.0.layer_norm", "encoder.norm", state)
    yield from plain("decoder.repeat.0.layer_norm", "decoder.norm", state)


def reference(state: Mapping[str, Tensor]) -> nn.Transformer:
    size = {"d_model": WIDTH, "nhead": HEADS, "dim_feedforward": HIDDEN}
    depth = {"num_encoder_layers": LAYERS, "num_decoder_layers": LAYERS}
    theirs = nn.Transformer(**size, **depth, dropout=0.0, batch_first=True)
    theirs.load_state_dict(dict(translated(state)))
    return theirs  # in training mode, which keeps torch off its fused path; dropout is 0


def padded() -> tuple[Tensor, Tensor]:
    """Source and target with padding of several lengths at their ends."""
    given = values("transformer_interleaved")
    x, y = given["x"], given["y"]
    x[1, 4:], x[2, 6:], y[0, 3:], y[1, 1:] = PAD, PAD, PAD, PAD
    return x, y


def test_equals_torch_with_copied_weights_and_padding() -> None:
    ours = model("transformer_interleaved", final_norm=1, dropout=0.0)
    for parameter in ours.parameters():  # Biases and norms that begin as 0 and 1 would hide a wrong name.
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    theirs = reference(ours.state_dict())
    x, y = padded()
    delayed = F.pad(y, (1, 0), value=1)[:, :-1]
    length = y.shape[1]
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    with torch.no_grad():
        found = ours(x=x, y=y)
        h = theirs(
            ours.encoder.embedding(x),
            ours.embed.embedding(delayed),
            tgt_mask=later,
            src_key_padding_mask=x == PAD,
            tgt_key_padding_mask=delayed == PAD,
            memory_key_padding_mask=x == PAD,
        )
        wanted = ours.decoder.linear(h)
    real = y != PAD
    assert (found.y_tilde - wanted)[real].abs().max() < 1e-5


def test_has_no_final_norms_unless_asked() -> None:
    without, with_norms = (model("transformer_interleaved", final_norm=n) for n in (0, 1))
    extra = set(with_norms.state_dict()) - set(without.state_dict())
    assert {name.rpartition(".")[0] for name in extra} == {
        "encoder.repeat_2.0.layer_norm",
        "decoder.repeat.0.layer_norm",
    }
