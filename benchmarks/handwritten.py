"""Models as one would write them by hand in PyTorch: what the compiled ones are measured against.

The architectures and the numbers of weights of `specs/story/transformer.yaml` and `language_model.yaml`, through
scaled_dot_product_attention and torch's own layers. Queries, keys and values come of three matrices, as in the text
books, or (`fused`) of as few as possible: one for self-attention, two for cross-attention.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PAD, START = 0, 1


@dataclass(frozen=True)
class Sizes:
    """What the models of one comparison have in common; `layers` in each of the two stacks."""

    vocab: int
    width: int
    heads: int
    layers: int
    dropout: float = 0.0
    scale: float = 1.0  # of embedded tokens
    fused: bool = False

    @property
    def params(self) -> dict[str, float]:
        """The params that give a spec these sizes."""
        found: dict[str, float] = {
            "vocab": self.vocab,
            "width": self.width,
            "heads": self.heads,
            "layers": self.layers,
        }
        return found | ({"dropout": self.dropout} if self.dropout else {})


def positions(length: int, width: int) -> Tensor:
    """The sinusoidal table (length, width) of Vaswani et al. 2017, 3.5."""
    angles = torch.arange(length)[:, None] / 10000 ** (torch.arange(0, width, 2) / width)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(1)


class Embedding(nn.Module):
    """Tokens (B, T) to features (B, T, width) with their positions."""

    table: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.scale = sizes.scale
        self.tokens = nn.Embedding(sizes.vocab, sizes.width)
        nn.init.normal_(self.tokens.weight, std=1 / math.sqrt(sizes.width))
        self.register_buffer("table", positions(4096, sizes.width), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Look up and add."""
        x = self.tokens(x)
        return (x if self.scale == 1 else x * self.scale) + self.table[: x.shape[1]]


class Attention(nn.Module):
    """Attention; without a context, of x to itself."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.q, self.k, self.v, self.out = (nn.Linear(sizes.width, sizes.width) for _ in range(4))

    def split(self, x: Tensor) -> Tensor:
        """(B, T, D) to (B, heads, T, D / heads)."""
        batch, length, width = x.shape
        return x.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

    def forward(
        self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None, causal: bool = False
    ) -> Tensor:
        """Attend from x (B, T, width) to the context (B, S, width)."""
        context = x if context is None else context
        q, k, v = self.split(self.q(x)), self.split(self.k(context)), self.split(self.v(context))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return self.out(y.transpose(1, 2).flatten(2))


class FusedAttention(nn.Module):
    """The same with one matrix for all that reads one tensor."""

    def __init__(self, sizes: Sizes, *, cross: bool) -> None:
        super().__init__()
        self.heads, self.cross = sizes.heads, cross
        self.q = nn.Linear(sizes.width, sizes.width) if cross else None
        self.rest = nn.Linear(sizes.width, (2 if cross else 3) * sizes.width)
        self.out = nn.Linear(sizes.width, sizes.width)

    def forward(
        self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None, causal: bool = False
    ) -> Tensor:
        """Attend from x (B, T, width) to the context (B, S, width)."""
        batch, length, width = x.shape
        heads, size = self.heads, width // self.heads
        if self.q is None or context is None:
            q, k, v = self.rest(x).view(batch, length, 3, heads, size).permute(2, 0, 3, 1, 4)
        else:
            q = self.q(x).view(batch, length, heads, size).transpose(1, 2)
            k, v = self.rest(context).view(batch, -1, 2, heads, size).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return self.out(y.transpose(1, 2).flatten(2))


def attention(sizes: Sizes, *, cross: bool = False) -> nn.Module:
    """Attention in the way that the sizes ask for."""
    return FusedAttention(sizes, cross=cross) if sizes.fused else Attention(sizes)


class FeedForward(nn.Module):
    """Two linear maps with a relu between them."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.inner = nn.Linear(sizes.width, 4 * sizes.width)
        self.outer = nn.Linear(4 * sizes.width, sizes.width)

    def forward(self, x: Tensor) -> Tensor:
        """Widen and narrow."""
        return self.outer(F.relu(self.inner(x)))


class SourceLayer(nn.Module):
    """Self-attention and feed-forward."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.attention, self.norm_1 = attention(sizes), nn.LayerNorm(sizes.width)
        self.feed_forward, self.norm_2 = FeedForward(sizes), nn.LayerNorm(sizes.width)
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, S, width) to the same."""
        x = self.norm_1(x + self.dropout(self.attention(x, None, mask)))
        return self.norm_2(x + self.dropout(self.feed_forward(x)))


class TargetLayer(nn.Module):
    """One step of the second stack, `body` being what it does: attend, read the source, or feed forward."""

    def __init__(self, body: nn.Module, sizes: Sizes) -> None:
        super().__init__()
        self.body, self.norm, self.dropout = body, nn.LayerNorm(sizes.width), nn.Dropout(sizes.dropout)

    def forward(self, x: Tensor, *context: Tensor | bool | None) -> Tensor:
        """(B, T, width) to the same."""
        return self.norm(x + self.dropout(self.body(x, *context)))


class Transformer(nn.Module):
    """Source x (B, S) and target y (B, T) to logits (B, T, vocab) and the mean loss over real symbols."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.source, self.target = Embedding(sizes), Embedding(sizes)
        self.encoder = nn.ModuleList(SourceLayer(sizes) for _ in range(sizes.layers))
        self.enc = nn.ModuleList(TargetLayer(attention(sizes), sizes) for _ in range(sizes.layers))
        self.predictor = nn.ModuleList(TargetLayer(attention(sizes, cross=True), sizes) for _ in range(sizes.layers))
        self.decoder = nn.ModuleList(TargetLayer(FeedForward(sizes), sizes) for _ in range(sizes.layers))
        self.head = nn.Linear(sizes.width, sizes.vocab)

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Predict each symbol of y from x and those before it."""
        mask = (x != PAD)[:, None, None, :]
        context = self.source(x)
        for source_layer in self.encoder:
            context = source_layer(context, mask)
        h = self.target(F.pad(y, (1, -1), value=START))
        for layer in self.enc:
            h = layer(h, None, None, True)
        for layer in self.predictor:
            h = layer(h, context, mask)
        for layer in self.decoder:
            h = layer(h)
        logits = self.head(h)
        return logits, F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=PAD)


class GPTLayer(nn.Module):
    """Causal self-attention and feed-forward, each after its norm."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.norm_1, self.attention = nn.LayerNorm(sizes.width), attention(sizes)
        self.norm_2, self.feed_forward = nn.LayerNorm(sizes.width), FeedForward(sizes)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, width) to the same."""
        x = x + self.attention(self.norm_1(x), causal=True)
        return x + self.feed_forward(self.norm_2(x))


class LanguageModel(nn.Module):
    """GPT-like: tokens y (B, T) to logits (B, T, vocab) and the mean loss over real symbols."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.embedding = Embedding(sizes)
        self.layers = nn.ModuleList(GPTLayer(sizes) for _ in range(sizes.layers))
        self.norm, self.head = nn.LayerNorm(sizes.width), nn.Linear(sizes.width, sizes.vocab)

    def forward(self, y: Tensor) -> tuple[Tensor, Tensor]:
        """Predict each symbol of y from those before it."""
        h = self.embedding(F.pad(y, (1, -1), value=START))
        for layer in self.layers:
            h = layer(h)
        logits = self.head(self.norm(h))
        return logits, F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=PAD)


class TorchTransformer(nn.Module):
    """The same around `torch.nn.Transformer`, without its two last norms: as many weights, layers interleaved."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.source, self.target = Embedding(sizes), Embedding(sizes)
        layers = (sizes.layers, sizes.layers, 4 * sizes.width, sizes.dropout)
        self.transformer = nn.Transformer(sizes.width, sizes.heads, *layers, batch_first=True)
        self.transformer.encoder.norm = self.transformer.decoder.norm = None
        self.head = nn.Linear(sizes.width, sizes.vocab)

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Predict each symbol of y from x and those before it."""
        padded = x == PAD
        causal = torch.ones(y.shape[1], y.shape[1], dtype=torch.bool, device=y.device).triu(1)
        h = self.transformer(
            self.source(x),
            self.target(F.pad(y, (1, -1), value=START)),
            tgt_mask=causal,
            src_key_padding_mask=padded,
            memory_key_padding_mask=padded,
            tgt_is_causal=True,
        )
        logits = self.head(h)
        return logits, F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=PAD)
