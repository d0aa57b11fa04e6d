"""Greedy decoding with caches, and how its cost grows with the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import archgraph
from benchmarks.handwritten import START, LanguageModel, Sizes
from benchmarks.handwritten_decoding import Decoding
from benchmarks.pairs import interleave
from benchmarks.rivals import CLOSE, decoder, gpt2, other_generation, rival_generation, weights
from benchmarks.sides import Case, Claim, compare, threads
from benchmarks.table import Row

SPEC = Path(__file__).parent.parent / "specs" / "story" / "language_model.yaml"
SIZES = Sizes(256, 256, 8, 6, scale=16.0)
PROMPT, LENGTH = 8, 64
CLAIMS = (
    Claim("generate", "hand-written", 1.00),
    Claim("stream", "hand-written", 1.00),
    Claim("generate", "Hugging Face", 0.80),
    Claim("generate", "x-transformers"),
    Claim("stream in bf16", "hand-written", 0.72),
    Claim("generate in bf16", "hand-written"),
    Claim("hand-written in bf16", "hand-written"),
    Claim("hand-written, three matrices", "hand-written"),
    Claim("hand-written, itself", "hand-written"),
    Claim("floor", "hand-written"),
)
GROWTH = 1.5
NEAR, FAR, STEPS = 128, 4096, 32
Work = Callable[[], "float | None"]


def rows(*, quick: bool = False) -> list[Row]:
    """Decoding of one row and of eight, and the cost of a step near the beginning and far from it."""
    return decoded(quick) + _growth(quick)


def decoded(quick: bool = False, device: str = "cpu") -> list[Row]:
    """Decoding of one row and of eight."""
    found: list[Row] = []
    for batch in (1,) if quick else (1, 8):
        length = 4 if quick else LENGTH
        name = f"greedy decoding of {length} symbols, batch {batch}"
        case = Case(name, CLAIMS, pairs=2 if quick else 30, threads=1 if quick else 2, device=device)
        found += compare(case, sides(SIZES if not quick else replace(SIZES, layers=1), batch, length, device))
    return found


def sides(sizes: Sizes, batch: int, length: int, device: str = "cpu") -> dict[str, Work]:
    """Who decodes, by name; all but Hugging Face have the same weights, and must make the same symbols."""
    torch.manual_seed(0)
    hand = LanguageModel(sizes).to(device).eval()
    with torch.no_grad():
        hand.head.bias[:3] = -1e4  # nothing that pads, starts or stops
    compiled = same(hand, sizes).to(device)
    half, hand_half = same(hand, sizes).to(device, torch.bfloat16), LanguageModel(sizes).to(device).eval()
    hand_half.load_state_dict(hand.state_dict())
    hand_half = hand_half.to(torch.bfloat16)
    prompt = torch.randint(3, sizes.vocab, (batch, PROMPT), generator=torch.Generator().manual_seed(0)).to(device)
    capacity = PROMPT + length + 1
    works: dict[str, Callable[[], Tensor]] = {
        name: _by_hand(Decoding(model, batch, capacity, fused=fused), prompt, length)
        for name, model, fused in (
            ("hand-written", hand, True),
            ("hand-written, itself", hand, True),
            ("hand-written, three matrices", hand, False),
            ("hand-written in bf16", hand_half, True),
        )
    }
    works |= {
        "generate": lambda: compiled.generate(y=prompt, max_length=length),
        "generate in bf16": lambda: half.generate(y=prompt, max_length=length),
        "stream": lambda: streamed(compiled, prompt, length),
        "stream in bf16": lambda: streamed(half, prompt, length),
    }
    agree({name: work() for name, work in works.items() if "bf16" not in name})
    found: dict[str, Work] = {name: _silent(work) for name, work in works.items()}
    if find_spec("transformers"):
        model = _fit(gpt2(sizes, capacity, 4 * sizes.width), hand)
        found["Hugging Face"] = _silent(lambda: rival_generation(model, F.pad(prompt, (1, 0), value=START), length))
    if find_spec("x_transformers"):
        other = _fit(decoder(sizes, capacity, 4 * sizes.width), hand)
        found["x-transformers"] = _silent(lambda: other_generation(other, F.pad(prompt, (1, 0), value=START), length))
    return found | {"floor": _products(hand, batch, length)}


def same(hand: LanguageModel, sizes: Sizes) -> Any:
    """The compiled language model with the weights of the hand-written one, which come in the same order."""
    model = archgraph.compile(SPEC, params=sizes.params, seed=0).eval()
    with torch.no_grad():
        for own, other in zip(model.parameters(), hand.parameters(), strict=True):
            own.copy_(other)
    return model


def agree(made: dict[str, Tensor]) -> None:
    """Raise ValueError unless all sides made the same symbols."""
    first, *others = made.items()
    for name, found in others:
        if not torch.equal(found, first[1]):
            raise ValueError(f"{name} and {first[0]} make different symbols")


@torch.inference_mode()
def streamed(model: Any, prompt: Tensor, length: int) -> Tensor:
    """The loop of one's own: a stream reads the prompt in one pass, then its own likeliest symbols."""
    stream = model.stream(batch=len(prompt), capacity=prompt.shape[1] + length)
    made = [stream.read(prompt).argmax(-1)]
    for _ in range(length - 1):
        made.append(stream.step(made[-1]).argmax(-1))
    return torch.cat((prompt, torch.stack(made, 1)), 1)


def _by_hand(decoding: Decoding, prompt: Tensor, length: int) -> Callable[[], Tensor]:
    return lambda: decoding.generate(prompt, length)


def _silent(work: Callable[[], Tensor]) -> Work:
    def run() -> None:
        work()

    return run


def _fit(model: nn.Module, hand: nn.Module) -> nn.Module:
    """The model where the other is; raises ValueError where it has not as many weights."""
    if abs(weights(model) - weights(hand)) > CLOSE * weights(hand):
        raise ValueError(f"{type(model).__name__} has {weights(model):,} weights, and should have {weights(hand):,}")
    return model.to(next(hand.parameters()).device).eval()


def _products(hand: nn.Module, batch: int, length: int) -> Work:
    """The matrix products of so many steps; what attention reads is left out."""
    linears = [each.weight.detach() for each in hand.modules() if isinstance(each, nn.Linear)]
    given = {weight.shape[1]: torch.randn(batch, weight.shape[1], device=weight.device) for weight in linears}

    def run() -> None:
        for _ in range(length):
            for weight in linears:
                torch.mm(given[weight.shape[1]], weight.T)

    return run


def _growth(quick: bool) -> list[Row]:
    """A step after 128 symbols and after 4,096 less what attention takes over so many, at width 64."""
    sizes, far = Sizes(256, 64, 4, 4, scale=8.0), 256 if quick else FAR
    model = same(LanguageModel(sizes).eval(), sizes)
    works = [work for place in (NEAR, far) for work in (_steps(model, place), _attention(sizes, place))]
    with threads(1):
        near, near_own, far_own, far_attention = (median(each) for each in interleave(works, 2 if quick else 60))
    ratio = (far_own - far_attention) / (near - near_own)
    told = ", ".join(f"{seconds / STEPS * 1e6:.0f} µs" for seconds in (near, near_own, far_own, far_attention))
    return [
        Row(
            f"a step at place {far:,} / at place {NEAR}, each less its scaled dot products",
            f"{ratio:.2f}; a step and its dot products: {told}",
            f"≤ {GROWTH:.2f}",
            ratio <= GROWTH,
        )
    ]


def _steps(model: Any, place: int) -> Work:
    """The time of some steps up to a place, after all before them were read in one pass."""
    prompt = torch.full((1, place - STEPS - 2), 5)

    @torch.inference_mode()
    def run() -> float:
        stream = model.stream(batch=1, capacity=place)
        stream.read(prompt)
        symbol = prompt[:, 0]
        stream.step(symbol)
        start = perf_counter()
        for _ in range(STEPS):
            stream.step(symbol)
        return perf_counter() - start

    return run


def _attention(sizes: Sizes, place: int) -> Work:
    """The scaled dot products alone of as many steps of all layers."""
    shape = (1, sizes.heads, place, sizes.width // sizes.heads)
    caches = [(torch.randn(shape), torch.randn(shape)) for _ in range(sizes.layers)]
    q = torch.randn(1, sizes.heads, 1, shape[-1])

    @torch.inference_mode()
    def run() -> float:
        start = perf_counter()
        for _ in range(STEPS):
            for keys, values in caches:
                F.scaled_dot_product_attention(q, keys, values)
        return perf_counter() - start

    return run
