"""Models of other libraries with the architecture of the hand-written ones, or the nearest, and as many weights.

Where a library leaves something out (T5 its biases, BART nothing), its inner layer is wider by what that comes to.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.handwritten import PAD, START, Sizes

CLOSE = 0.01  # how far apart the numbers of weights may be


class Rival(nn.Module):
    """A model behind the interface of the hand-written ones: its loss by the same delay and the same cross-entropy."""

    def __init__(self, model: nn.Module, call: Callable[..., Tensor]) -> None:
        super().__init__()
        self.model, self.call = model, call

    def forward(self, y: Tensor, x: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (B, T, vocab) and the mean loss over real symbols."""
        before = F.pad(y, (1, -1), value=START)
        logits = self.call(self.model, before) if x is None else self.call(self.model, before, x)
        return logits, F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=PAD)


def language_models(sizes: Sizes, length: int, count: int) -> dict[str, nn.Module]:
    """GPT-2 of Hugging Face, and a decoder of x-transformers, as far as they are installed."""
    layers, found = sizes.layers, {}
    if find_spec("transformers"):
        found["GPT-2"] = _fitted(lambda hidden: Rival(gpt2(sizes, length, hidden), call_gpt2), sizes, layers, count)
    if find_spec("x_transformers"):
        found["x-transformers"] = _fitted(
            lambda hidden: Rival(decoder(sizes, length, hidden), lambda model, y: model(y)), sizes, layers, count
        )
    return found


def translators(sizes: Sizes, length: int, count: int) -> dict[str, nn.Module]:
    """BART and T5 of Hugging Face, and an encoder with a decoder of x-transformers, as far as they are installed."""
    layers, found = 2 * sizes.layers, {}
    if find_spec("transformers"):
        found["BART"] = _fitted(lambda hidden: Rival(bart(sizes, length, hidden), _hugging), sizes, layers, count)
        found["T5"] = _fitted(lambda hidden: Rival(t5(sizes, hidden), _hugging), sizes, layers, count)
    if find_spec("x_transformers"):
        found["x-transformers"] = _fitted(
            lambda hidden: Rival(pair(sizes, length, hidden), _pair), sizes, layers, count
        )
    return found


def _fitted(make: Callable[[int], nn.Module], sizes: Sizes, layers: int, count: int) -> nn.Module:
    """The model with the inner width that brings it to `count` weights; raises ValueError where none does."""
    hidden = 4 * sizes.width
    model = make(hidden)
    missing = round((count - weights(model)) / (2 * sizes.width * layers))
    model = make(hidden + missing) if missing else model
    if abs(weights(model) - count) > CLOSE * count:
        raise ValueError(f"{type(model).__name__} has {weights(model):,} weights, and should have {count:,}")
    return model


def weights(model: nn.Module) -> int:
    """How many numbers a model learns."""
    return sum(parameter.numel() for parameter in model.parameters())


def gpt2(sizes: Sizes, length: int, hidden: int) -> nn.Module:
    """GPT-2, its head not tied, without dropout, with relu."""
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=sizes.vocab,
            n_embd=sizes.width,
            n_head=sizes.heads,
            n_layer=sizes.layers,
            n_positions=length,
            n_inner=hidden,
            activation_function="relu",
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            tie_word_embeddings=False,
            bos_token_id=START,
            eos_token_id=None,
            pad_token_id=PAD,
        )
    )


def bart(sizes: Sizes, length: int, hidden: int) -> nn.Module:
    """BART with two tables and a head, without dropout, with relu."""
    from transformers import BartConfig, BartForConditionalGeneration

    model: Any = BartForConditionalGeneration(
        BartConfig(
            vocab_size=sizes.vocab,
            d_model=sizes.width,
            encoder_layers=sizes.layers,
            decoder_layers=sizes.layers,
            encoder_attention_heads=sizes.heads,
            decoder_attention_heads=sizes.heads,
            encoder_ffn_dim=hidden,
            decoder_ffn_dim=hidden,
            max_position_embeddings=length,
            activation_function="relu",
            dropout=0.0,
            attention_dropout=0.0,
            activation_dropout=0.0,
            tie_word_embeddings=False,
            pad_token_id=PAD,
            bos_token_id=START,
            decoder_start_token_id=START,
        )
    )
    model.model.shared = None  # a third table that nothing reads
    return model


def t5(sizes: Sizes, hidden: int) -> nn.Module:
    """T5 with two tables and a head, without dropout."""
    from transformers import T5Config, T5ForConditionalGeneration

    model: Any = T5ForConditionalGeneration(
        T5Config(
            vocab_size=sizes.vocab,
            d_model=sizes.width,
            d_kv=sizes.width // sizes.heads,
            d_ff=hidden,
            num_layers=sizes.layers,
            num_decoder_layers=sizes.layers,
            num_heads=sizes.heads,
            dropout_rate=0.0,
            pad_token_id=PAD,
            decoder_start_token_id=START,
        )
    )
    model.encoder.embed_tokens, model.decoder.embed_tokens = (nn.Embedding(sizes.vocab, sizes.width) for _ in range(2))
    model.lm_head, model.shared = nn.Linear(sizes.width, sizes.vocab, bias=False), None
    return model


def decoder(sizes: Sizes, length: int, hidden: int, *, cross: bool = False) -> nn.Module:
    """A decoder of x-transformers through torch's fused attention."""
    from x_transformers import Decoder, TransformerWrapper

    return TransformerWrapper(
        num_tokens=sizes.vocab,
        max_seq_len=length,
        attn_layers=Decoder(cross_attend=cross, **_layers(sizes, hidden)),
    )


def pair(sizes: Sizes, length: int, hidden: int) -> nn.Module:
    """An encoder and a decoder of x-transformers."""
    from x_transformers import Encoder, TransformerWrapper

    encoder = TransformerWrapper(
        num_tokens=sizes.vocab,
        max_seq_len=length,
        return_only_embed=True,
        attn_layers=Encoder(**_layers(sizes, hidden)),
    )
    return nn.ModuleList([encoder, decoder(sizes, length, hidden, cross=True)])


def _layers(sizes: Sizes, hidden: int) -> dict[str, Any]:
    return {
        "dim": sizes.width,
        "depth": sizes.layers,
        "heads": sizes.heads,
        "attn_dim_head": sizes.width // sizes.heads,
        "ff_mult": hidden / sizes.width,
        "attn_flash": True,
    }


def call_gpt2(model: Any, y: Tensor) -> Tensor:
    """Logits (B, T, vocab) of GPT-2."""
    logits: Tensor = model(input_ids=y, use_cache=False).logits
    return logits


def _hugging(model: Any, y: Tensor, x: Tensor) -> Tensor:
    logits: Tensor = model(input_ids=x, attention_mask=x != PAD, decoder_input_ids=y, use_cache=False).logits
    return logits


def _pair(model: Any, y: Tensor, x: Tensor) -> Tensor:
    real = x != PAD
    logits: Tensor = model[1](y, context=model[0](x, mask=real), context_mask=real)
    return logits


def rival_generation(model: nn.Module, prompt: Tensor, length: int) -> Tensor:
    """Symbols (B, T + length) that Hugging Face's GPT-2 makes, greedily and with its cache."""
    made: Any = model
    asked = torch.ones_like(prompt)
    found: Tensor = made.generate(prompt, attention_mask=asked, max_new_tokens=length, do_sample=False, use_cache=True)
    return found


def other_generation(model: nn.Module, prompt: Tensor, length: int) -> Tensor:
    """Symbols (B, length) that a decoder of x-transformers makes, greedily and with its cache."""
    from x_transformers import AutoregressiveWrapper

    made: Any = AutoregressiveWrapper(model, pad_value=PAD)
    found: Tensor = made.generate(prompt, length, temperature=0.0, cache_kv=True)
    return found
