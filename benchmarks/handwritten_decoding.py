"""Greedy decoding as one would write it by hand: caches made once, one matrix for queries, keys and values.

The weights are those of a `LanguageModel`. Three matrices are joined into one beforehand (`fused`), since a step of one
position waits for calls and for memory, not for arithmetic. Nothing is allocated that could have been made before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.handwritten import START, LanguageModel


@dataclass(frozen=True)
class Layer:
    """The weights of a layer, and room for its keys and values (B, heads, capacity, width / heads)."""

    norm_1: tuple[Tensor, Tensor]
    queries: tuple[tuple[Tensor, Tensor], ...]
    out: tuple[Tensor, Tensor]
    norm_2: tuple[Tensor, Tensor]
    inner: tuple[Tensor, Tensor]
    outer: tuple[Tensor, Tensor]
    keys: Tensor
    values: Tensor


class Decoding:
    """A language model that decodes batches of one size up to one length."""

    def __init__(self, model: LanguageModel, batch: int, capacity: int, *, fused: bool = True) -> None:
        self.model, self.batch, self.capacity, self.fused = model, batch, capacity, fused
        self.heads = model.layers[0].attention.heads
        with torch.no_grad():
            self.layers = [self.layer(layer) for layer in model.layers]

    def layer(self, layer: Any) -> Layer:
        """What a layer needs, picked out once."""
        attention, feed = layer.attention, layer.feed_forward
        three = [_pair(part) for part in (attention.q, attention.k, attention.v)]
        if self.fused:
            three = [(torch.cat([weight for weight, _ in three]), torch.cat([bias for _, bias in three]))]
        width = attention.out.weight.shape[0]
        keys = attention.out.weight.new_zeros(self.batch, self.heads, self.capacity, width // self.heads)
        return Layer(
            _pair(layer.norm_1),
            tuple(three),
            _pair(attention.out),
            _pair(layer.norm_2),
            _pair(feed.inner),
            _pair(feed.outer),
            keys,
            torch.zeros_like(keys),
        )

    def read(self, symbols: Tensor, first: int) -> Tensor:
        """Logits (B, vocab) after the symbols (B, n), which stand from place `first` on."""
        model, stop = self.model, first + symbols.shape[1]
        embedding: Any = model.embedding
        x = F.embedding(symbols, embedding.tokens.weight) * embedding.scale
        x = x + embedding.table[first:stop].to(x.dtype)
        width = (x.shape[-1],)
        for layer in self.layers:
            h = F.layer_norm(x, width, *layer.norm_1)
            x = x + F.linear(self.attend(h, layer, first, stop), *layer.out)
            h = F.relu(F.linear(F.layer_norm(x, width, *layer.norm_2), *layer.inner))
            x = x + F.linear(h, *layer.outer)
        x = F.layer_norm(x[:, -1], width, *_pair(model.norm))
        return F.linear(x, *_pair(model.head))

    def attend(self, h: Tensor, layer: Layer, first: int, stop: int) -> Tensor:
        """Write keys and values down, and read them: (B, n, width)."""
        batch, length, _ = h.shape
        if self.fused:
            parts = F.linear(h, *layer.queries[0]).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            q, k, v = parts.unbind(0)
        else:
            q, k, v = (F.linear(h, *pair).view(batch, length, self.heads, -1).transpose(1, 2) for pair in layer.queries)
        layer.keys[:, :, first:stop] = k
        layer.values[:, :, first:stop] = v
        keys, values = layer.keys[:, :, :stop], layer.values[:, :, :stop]
        y = F.scaled_dot_product_attention(q, keys, values, is_causal=length > 1)
        return y.transpose(1, 2).flatten(2)

    @torch.inference_mode()
    def generate(self, prompt: Tensor, length: int) -> Tensor:
        """The prompt (B, T) after the start symbol, and the likeliest symbols behind it: (B, T + length)."""
        given = F.pad(prompt, (1, 0), value=START)
        made = torch.empty(self.batch, given.shape[1] + length, dtype=torch.int64, device=given.device)
        made[:, : given.shape[1]] = given
        place = given.shape[1]
        symbol = self.read(given, 0).argmax(-1)
        for place in range(given.shape[1], made.shape[1] - 1):
            made[:, place] = symbol
            symbol = self.read(symbol.unsqueeze(1), place).argmax(-1)
        made[:, -1] = symbol
        return made[:, 1:]


def _pair(part: Any) -> tuple[Tensor, Tensor]:
    return part.weight, part.bias
