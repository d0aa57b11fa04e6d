"""Near words for a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# What people write who come from other libraries; a similarity of letters would miss these.
SYNONYMS = {
    "n_head": "heads",
    "n_heads": "heads",
    "num_heads": "heads",
    "nhead": "heads",
    "d_model": "width",
    "hidden_size": "width",
    "dim": "width",
    "embed_dim": "width",
    "d_ff": "hidden",
    "ffn_dim": "hidden",
    "n_layer": "layers",
    "num_layers": "layers",
    "filters": "channels",
    "out_channels": "channels",
    "kernel_size": "kernel",
    "p": "rate",
    "attention": "self_attention",
    "mha": "self_attention",
    "mlp": "feed_forward",
    "ffn": "feed_forward",
    "dense": "linear",
    "fc": "linear",
    "layernorm": "layer_norm",
    "rmsnorm": "rms_norm",
    "batchnorm": "batch_norm",
    "mse": "squared_error",
    "bce": "binary_cross_entropy",
    "swish": "silu",
    "mae": "absolute_error",
    "upsample": "transposed_conv1d",
    "conv": "conv1d",
    "concatenate": "concat",
    "cat": "concat",
    "sum": "add",
    "batch_normalization": "batch_norm",
    "normalization": "layer_norm",
}


def nearest(word: str, legal: Iterable[str]) -> str | None:
    """The legal word that was most likely meant, or None."""
    words = list(legal)
    known = SYNONYMS.get(word.lower())
    if known in words:
        return known
    if len(word) > 64:  # a misspelling is short; comparing long words costs quadratic time
        return None
    found = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return found[0] if found else None


def hint(word: str, legal: Iterable[str]) -> str:
    """A question with the nearest word, or the list of legal ones."""
    words = list(legal)
    near = nearest(word, words)
    if near:
        return f"did you mean '{near}'?"
    if not words:
        return "there is none here"
    listed = ", ".join(words[:40]) + (", ..." if len(words) > 40 else "")
    return f"legal here: {listed}"
