"""Greedy decoding with caches, and how its cost grows with the place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import archgraph
from archgraph.nn.layout import lay_out
from benchmarks.apart import taken_apart
from benchmarks.handwritten import START, LanguageModel, Sizes
from benchmarks.handwritten_decoding import Decoding
from benchmarks.pairs import interleave, ratio
from benchmarks.progress import progress
from benchmarks.rivals import CLOSE, decoder, gpt2, other_generation, rival_generation, weights
from benchmarks.sides import ITSELF, SLACK, Case, Claim, compare, threads
from benchmarks.table import Row

SPEC = Path(__file__).parent.parent / "specs" / "story" / "language_model.yaml"
SIZES = Sizes(256, 384, 6, 6, scale=math.sqrt(384))
PROMPT, LENGTH = 8, 64
CLAIMS = (
    Claim("generate", "hand-written", 1.00),
    Claim("generate, laid out", "hand-written", 1.00),
    Claim("stream", "hand-written", 1.00),
    Claim("stream, laid out", "hand-written", 1.00),
    Claim("generate", "Hugging Face", 0.80),
    Claim("generate, laid out", "Hugging Face", 0.80),
    Claim("generate", "x-transformers"),
    Claim("stream in bf16", "hand-written", 0.72),
    Claim("stream in bf16, laid out", "hand-written", 0.72),
    Claim("generate in bf16", "hand-written"),
    Claim("hand-written in bf16", "hand-written"),
    Claim("hand-written, three matrices", "hand-written"),
    Claim(ITSELF, "hand-written"),
    Claim("floor", "hand-written"),
)
APART = ("stream", "stream, laid out", "stream in bf16", "generate", "hand-written")
GROWTH = 1.5
NEAR, FAR, STEPS = 128, 4096, 32
NAMES = (  # of the hand-written model, and of the spec
    (r"^embedding\.tokens\.weight", "encoder.embedding.tokens"),
    (r"^norm\.", "decoder.layer_norm."),
    (r"^head\.", "decoder.linear."),
    (r"^layers\.", "predictor.repeat."),
    (r"norm_1", "residual.layer_norm"),
    (r"attention", "residual.self_attention"),
    (r"norm_2", "residual_2.layer_norm"),
    (r"feed_forward", "residual_2.feed_forward"),
)
Work = Callable[[], "float | None"]


def decoded(batch: int, quick: bool = False, device: str = "cpu") -> list[Row]:
    """Decoding of so many rows: of one on one thread, where a second one would only wait."""
    length, sizes = (4, replace(SIZES, layers=1)) if quick else (LENGTH, SIZES)
    name = f"greedy decoding of {length} symbols, batch {batch}"
    seconds, pairs = 60.0 + 60.0 * min(batch, 2), 2 if quick else 300
    case = Case(name, CLAIMS, pairs, 1 if quick else min(batch, 2), batch, length, device=device, seconds=seconds)
    works = sides(sizes, batch, length, device)
    return compare(case, works) + [taken_apart(case, name, works[name]) for name in APART]


def sides(sizes: Sizes, batch: int, length: int, device: str = "cpu") -> dict[str, Work]:
    """Who decodes, by name; all but the libraries have the same weights, and must make the same symbols."""
    torch.manual_seed(0)
    hand = LanguageModel(sizes).to(device).eval()
    with torch.no_grad():
        hand.head.bias[:3] = -1e4  # nothing that pads, starts or stops
    compiled, laid = same(hand, sizes).to(device), lay_out(same(hand, sizes).to(device))
    half, half_laid = (same(hand, sizes).to(device, torch.bfloat16) for _ in range(2))
    lay_out(half_laid)
    hand_half = LanguageModel(sizes).to(device).eval()
    hand_half.load_state_dict(hand.state_dict())
    hand_half = hand_half.to(torch.bfloat16)
    prompt = torch.randint(3, sizes.vocab, (batch, PROMPT), generator=torch.Generator().manual_seed(0)).to(device)
    capacity = PROMPT + length + 1
    works: dict[str, Callable[[], Tensor]] = {
        name: _by_hand(Decoding(model, batch, capacity, fused=fused), prompt, length)
        for name, model, fused in (
            ("hand-written", hand, True),
            (ITSELF, hand, True),
            ("hand-written, three matrices", hand, False),
            ("hand-written in bf16", hand_half, True),
        )
    }
    works |= {
        "generate": lambda: compiled.generate(y=prompt, max_length=length),
        "generate in bf16": lambda: half.generate(y=prompt, max_length=length),
        "stream": lambda: streamed(compiled, prompt, length),
        "stream in bf16": lambda: streamed(half, prompt, length),
        "stream in bf16, laid out": lambda: streamed(half_laid, prompt, length),
        "generate, laid out": lambda: laid.generate(y=prompt, max_length=length),
        "stream, laid out": lambda: streamed(laid, prompt, length),
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
    """The compiled language model with the weights of the hand-written one."""
    model = archgraph.compile(SPEC, params=sizes.params, seed=0).eval()
    model.load_state_dict({_compiled_name(name): weight for name, weight in hand.state_dict().items()})
    return model


def _compiled_name(name: str) -> str:
    for pattern, place in NAMES:
        name = re.sub(pattern, place, name)
    return name


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


def growth(quick: bool = False) -> list[Row]:
    """A step after 128 symbols and after 4,096 less what attention takes over so many, at width 64."""
    sizes, far = Sizes(256, 64, 4, 4, scale=8.0), 256 if quick else FAR
    model = same(LanguageModel(sizes).eval(), sizes)
    works = [_steps(model, place) for place in (NEAR, far)]
    name, pairs, seconds = f"a step at place {far:,} / at place {NEAR}", 2 if quick else 200, 90.0
    with threads(1):
        times = interleave(works, pairs, seconds=seconds, told=progress(name, pairs, seconds))
    found = ratio(times[1], times[0])
    told = ", ".join(f"{median(each) * 1e6:.0f} µs" for each in times)
    work = f"{name}, each less its scaled dot products"
    return [Row(work, f"{found}; {told}, {len(times[0])} rounds", f"≤ {GROWTH:.2f}", found.high <= GROWTH + SLACK)]


def _steps(model: Any, place: int) -> Work:
    """The median time of some steps up to a place, each less its own dot products, after all before were read."""
    prompt = torch.full((1, place - STEPS - 2), 5)
    dots = 0.0

    def attention(*args: Any, **kwargs: Any) -> Tensor:
        nonlocal dots
        start = perf_counter()
        found = dot_products(*args, **kwargs)
        dots += perf_counter() - start
        return found

    def step(stream: Any, symbol: Tensor) -> float:
        nonlocal dots
        dots = 0.0
        start = perf_counter()
        stream.step(symbol)
        return perf_counter() - start - dots

    @torch.inference_mode()
    def run() -> float:
        stream = model.stream(batch=1, capacity=place)
        stream.read(prompt)
        symbol = prompt[:, 0]
        stream.step(symbol)
        with patch.object(F, "scaled_dot_product_attention", attention):
            return median(step(stream, symbol) for _ in range(STEPS))

    dot_products = F.scaled_dot_product_attention
    return run
