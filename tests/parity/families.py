"""The families that are held against their originals: how each is made, named and run."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import transformers
from torch import Tensor, nn
from torch.nn import functional as F

from tests.parity.pairs import Family, Rules, delayed, texts, third, transposed

LENGTHS = {0: [9, 9, 9], 1: [12, 7, 1], 2: [1], 3: [17, 16, 4]}


def cross_entropy(logits: Tensor, y: Tensor, real: Tensor) -> Tensor:
    """The mean over what is real."""
    return F.cross_entropy(logits[real], y[real])


def masked(logits: Tensor, real: Tensor) -> Tensor:
    """Logits at real positions alone: what stands on padding is nobody's."""
    return logits[real]


class Language:
    """A language model that reads its text one step late."""

    def __init__(self, start: int, pad: int, first: int) -> None:
        self.start, self.pad, self.first = start, pad, first

    def given(self, seed: int) -> Mapping[str, Tensor]:
        """Texts of several lengths."""
        torch.manual_seed(seed)
        return {"y": texts(LENGTHS[seed], range(self.first, 60), pad=self.pad)}

    def run(self, ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Logits and losses."""
        y = given["y"]
        real = y != self.pad
        if self.start == self.pad:  # the first trailing one is the stop, and real
            real = torch.cat((torch.ones_like(real[:, :1]), real[:, :-1]), 1)
        out, logits = ours(y=y), theirs(input_ids=delayed(y, self.start)).logits
        return masked(out.y_tilde, real), masked(logits, real), out.loss, cross_entropy(logits, y, real)


GPT2_RULES: Rules = {
    "encoder.embedding.tokens": "transformer.wte.weight",
    "encoder.embedding.positions": "transformer.wpe.weight",
    **{
        f"predictor.{{}}.residual.self_attention.{part}.{kind}": (
            f"transformer.h.{{}}.attn.c_attn.{kind}",
            third(number, turned=kind == "weight"),
        )
        for number, part in enumerate("qkv")
        for kind in ("weight", "bias")
    },
    **{
        f"predictor.{{}}.{ours}.{kind}": (f"transformer.h.{{}}.{theirs}.{kind}", transposed)
        if kind == "weight" and "ln" not in theirs
        else f"transformer.h.{{}}.{theirs}.{kind}"
        for ours, theirs in (
            ("residual.self_attention.out", "attn.c_proj"),
            ("residual.layer_norm", "ln_1"),
            ("residual_2.layer_norm", "ln_2"),
            ("residual_2.feed_forward.inner", "mlp.c_fc"),
            ("residual_2.feed_forward.outer", "mlp.c_proj"),
        )
        for kind in ("weight", "bias")
    },
    "decoder.layer_norm.weight": "transformer.ln_f.weight",
    "decoder.layer_norm.bias": "transformer.ln_f.bias",
}


def gpt2() -> nn.Module:
    """Two layers."""
    config = transformers.GPT2Config(
        vocab_size=64, n_positions=32, n_embd=32, n_layer=2, n_head=4, bos_token_id=63, eos_token_id=63
    )
    return transformers.GPT2LMHeadModel(config)


def llama_rules(prefix: str = "model.") -> Rules:
    """Names of the families that follow Llama."""
    layer = {
        "residual.rms_norm": "input_layernorm",
        "residual_2.rms_norm": "post_attention_layernorm",
        "residual.self_attention.out": "self_attn.o_proj",
        **{f"residual.self_attention.{part}": f"self_attn.{part}_proj" for part in "qkv"},
        "residual_2.feed_forward.gate": "mlp.gate_proj",
        "residual_2.feed_forward.inner": "mlp.up_proj",
        "residual_2.feed_forward.outer": "mlp.down_proj",
    }
    return {
        "encoder.tokens": f"{prefix}embed_tokens.weight",
        **{f"predictor.{{}}.{a}.weight": f"{prefix}layers.{{}}.{b}.weight" for a, b in layer.items()},
        "decoder.rms_norm.weight": f"{prefix}norm.weight",
        "decoder.linear.weight": "lm_head.weight",
    }


SMALL = {
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 88,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}


def llama3() -> nn.Module:
    """Two layers, with the angles of Llama 3.1 stretched from 64 positions."""
    scaling = {
        "rope_type": "llama3",
        "rope_theta": 500000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    }
    config = transformers.LlamaConfig(**SMALL, rms_norm_eps=1e-5, rope_parameters=scaling, max_position_embeddings=512)
    return transformers.LlamaForCausalLM(config)


def mistral() -> nn.Module:
    """Two layers that read a window of three."""
    rope = {"rope_type": "default", "rope_theta": 10000.0}
    config = transformers.MistralConfig(**SMALL, rms_norm_eps=1e-5, rope_parameters=rope, sliding_window=3)
    return transformers.MistralForCausalLM(config)


BERT_LAYER = {
    **{
        f"residual.self_attention.{a}": f"attention.self.{b}"
        for a, b in zip("qkv", ("query", "key", "value"), strict=True)
    },
    "residual.self_attention.out": "attention.output.dense",
    "layer_norm": "attention.output.LayerNorm",
    "residual_2.feed_forward.inner": "intermediate.dense",
    "residual_2.feed_forward.outer": "output.dense",
    "layer_norm_2": "output.LayerNorm",
}
BERT_RULES: Rules = {
    "encoder.tokens.tokens": "bert.embeddings.word_embeddings.weight",
    "encoder.tokens.positions": "bert.embeddings.position_embeddings.weight",
    "encoder.segments.tokens": "bert.embeddings.token_type_embeddings.weight",
    **{f"encoder.norm.layer_norm.{kind}": f"bert.embeddings.LayerNorm.{kind}" for kind in ("weight", "bias")},
    **{
        f"encoder.blocks.{{}}.{a}.{kind}": f"bert.encoder.layer.{{}}.{b}.{kind}"
        for a, b in BERT_LAYER.items()
        for kind in ("weight", "bias")
    },
    **{f"decoder.linear.{kind}": f"cls.predictions.transform.dense.{kind}" for kind in ("weight", "bias")},
    **{f"decoder.layer_norm.{kind}": f"cls.predictions.transform.LayerNorm.{kind}" for kind in ("weight", "bias")},
    "decoder.linear_2.bias": "cls.predictions.bias",
}


def bert() -> nn.Module:
    """Two layers with the head that fills holes."""
    config = transformers.BertConfig(
        vocab_size=64,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=32,
    )
    return transformers.BertForMaskedLM(config)


def bert_given(seed: int) -> Mapping[str, Tensor]:
    """Texts of several lengths in two segments."""
    torch.manual_seed(seed)
    y = texts(LENGTHS[seed], range(4, 60), pad=0)
    return {"s": (torch.arange(y.shape[1]) > 3).long().expand(y.shape).contiguous(), "y": y}


def bert_run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """The original reads the holes that ours made, and is asked for what stood there."""
    real = given["y"] != 0
    out = ours(**given, generator=torch.Generator().manual_seed(5))
    holes = out.y_hat != given["y"]
    labels = given["y"].masked_fill(~holes, -100)
    found = theirs(input_ids=out.y_hat, attention_mask=real.long(), token_type_ids=given["s"], labels=labels)
    # Without a hole the original divides by zero, and our cost is zero.
    return masked(out.y_tilde, real), masked(found.logits, real), out.loss, found.loss.nan_to_num(0)


T5_RULES: Rules = {
    "encoder.embedding.tokens": "shared.weight",
    "encoder.repeat.0.residual.self_attention.table": (
        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
    ),
    "stack.0.enc.residual.self_attention.table": "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
    **{
        f"{ours}.{block}.{letter}.weight": f"{theirs}.{name}.{short}.weight"
        for ours, theirs, block, name in (
            ("encoder.repeat.{}.residual", "encoder.block.{}.layer.0", "self_attention", "SelfAttention"),
            ("stack.{}.enc.residual", "decoder.block.{}.layer.0", "self_attention", "SelfAttention"),
            ("stack.{}.predictor.residual", "decoder.block.{}.layer.1", "cross_attention", "EncDecAttention"),
            ("encoder.repeat.{}.residual_2", "encoder.block.{}.layer.1", "feed_forward", "DenseReluDense"),
            ("stack.{}.decoder.residual", "decoder.block.{}.layer.2", "feed_forward", "DenseReluDense"),
        )
        for letter, short in (("q", "q"), ("k", "k"), ("v", "v"), ("out", "o"), ("inner", "wi"), ("outer", "wo"))
    },
    "encoder.repeat.{}.residual.rms_norm.weight": "encoder.block.{}.layer.0.layer_norm.weight",
    "encoder.repeat.{}.residual_2.rms_norm.weight": "encoder.block.{}.layer.1.layer_norm.weight",
    **{
        f"stack.{{}}.{part}.residual.rms_norm.weight": f"decoder.block.{{}}.layer.{number}.layer_norm.weight"
        for number, part in enumerate(("enc", "predictor", "decoder"))
    },
    "encoder.rms_norm.weight": "encoder.final_layer_norm.weight",
    "decoder.rms_norm.weight": "decoder.final_layer_norm.weight",
}


def t5() -> nn.Module:
    """Two layers on each side, one embedding for all, and eight buckets of distances."""
    config = transformers.T5Config(
        vocab_size=64,
        d_model=32,
        d_kv=6,
        d_ff=48,
        num_layers=2,
        num_heads=4,
        relative_attention_num_buckets=8,
        relative_attention_max_distance=10,
        decoder_start_token_id=0,
        pad_token_id=0,
    )
    return transformers.T5ForConditionalGeneration(config)


def t5_given(seed: int) -> Mapping[str, Tensor]:
    """Sources and targets of several lengths."""
    torch.manual_seed(seed)
    y = texts(LENGTHS[seed], range(2, 60), pad=0)
    return {"x": texts([length + 2 for length in reversed(LENGTHS[seed])], range(2, 60), pad=0), "y": y}


def t5_run(ours: nn.Module, theirs: nn.Module, given: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """The original makes what its decoder reads from the labels, as our delay does."""
    x, y = given["x"], given["y"]
    out, real = ours(x=x, y=y), y != 0
    found = theirs(input_ids=x, attention_mask=(x != 0).long(), labels=y.masked_fill(~real, -100))
    return masked(out.y_tilde, real), masked(found.logits, real), out.loss, found.loss


_GPT2, _LLAMA = Language(63, 63, 0), Language(1, 0, 3)
TEXTS = {
    "gpt2": Family("gpt2", gpt2, GPT2_RULES, _GPT2.run, _GPT2.given, {}, never=(63,)),
    "llama3": Family("llama3", llama3, llama_rules(), _LLAMA.run, _LLAMA.given, {}, never=(0, 1)),
    "mistral": Family("mistral", mistral, llama_rules(), _LLAMA.run, _LLAMA.given, {}, never=(0, 1)),
    "t5": Family("t5", t5, T5_RULES, t5_run, t5_given, {}, never=(0,)),
    "bert": Family("bert", bert, BERT_RULES, bert_run, bert_given, {"rate": 0.4}),
}
CAUSAL = ("gpt2", "llama3", "mistral")
