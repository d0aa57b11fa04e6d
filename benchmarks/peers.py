"""Compiled models against what one would otherwise take: written by hand, torch.nn.Transformer, other libraries."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from torch import Tensor, nn

import archgraph
from benchmarks import decoding, rivals
from benchmarks.apart import taken_apart
from benchmarks.handwritten import LanguageModel, Sizes, TorchTransformer, Transformer
from benchmarks.sides import ITSELF, Case, Claim, compare, forward, products, symbols, training
from benchmarks.table import Row, Section

SPECS = Path(__file__).parent.parent / "specs" / "story"
HOW = (
    "All sides of a table run in turn in one process, in an order drawn anew in each round, until the rounds or the "
    "seconds of the table are spent; what has no figure to reach runs in every fourth round. Small models are called "
    "five times in a turn, as in a loop: a first call would mostly wait for what another library put out of the "
    "processor's caches. Ratios are those of medians, with 95 % bounds by a bootstrap over rounds; a figure is met "
    "when its upper bound is within 0.01. All sides have as many weights to 1 %, no dropout, relu where they can, the "
    "same delay and the same cross-entropy; x-transformers has gelu, T5 no biases. 'itself' is a second instance of "
    "the hand-written model: what noise makes of nothing. The floor is the hand-written model's matrix products alone, "
    "with those of their gradients in a training step, which is forward and backward. 'Taken apart' plays the products "
    "that a side itself makes, and each kind of its operations, again by themselves. Growth takes the scaled dot "
    "products' time where they stand, inside the model. How a 96-layer model compiles stands in RESULTS.md."
)
SMALL_SIZES, PAIR_SIZES, GPT_SIZES = Sizes(256, 64, 4, 4, scale=8.0), Sizes(1000, 256, 8, 4), decoding.SIZES
AGAIN = (Claim(ITSELF, "hand-written"), Claim("floor", "hand-written"))
SMALL = (
    Claim("compiled", "hand-written", 0.95),
    Claim("compiled", "GPT-2", 0.45),
    Claim("compiled", "BART", 0.45),
    Claim("compiled", "T5", 0.45),
    Claim("compiled", "x-transformers", 0.40),
)
STRAW = Claim("hand-written", "nn.Transformer", 0.96)
GPT = (
    Claim("compiled", "hand-written", 1.00),
    Claim("compiled", "GPT-2", 0.88),
    Claim("compiled", "x-transformers"),
    Claim("compiled in bf16", "hand-written", 0.55),
    Claim("hand-written in bf16", "hand-written"),
)
PAIR = (
    Claim("compiled", "hand-written", 1.00),
    *(Claim("compiled", name, 0.95) for name in ("nn.Transformer", "BART", "T5", "x-transformers")),
)
APART = ("compiled", "compiled in bf16", "hand-written")


def small(quick: bool = False, device: str = "cpu") -> list[Row]:
    """Forward at small shapes."""
    given = Case("small", (), 3 if quick else 600, 1, device=device, seconds=80, calls=5)
    language = replace(given, name="small language model, forward", claims=(*without(SMALL, "BART", "T5"), *AGAIN))
    both = replace(given, name="small transformer, forward", claims=(*without(SMALL, "GPT-2"), STRAW, *AGAIN))
    sizes = replace(SMALL_SIZES, vocab=1000, scale=1.0)
    rows = _compared(language, language_sides(SMALL_SIZES, language.length), SMALL_SIZES)
    return rows + _compared(both, pair_sides(sizes, both.length), sizes)


def gpt(quick: bool = False, device: str = "cpu") -> list[Row]:
    """The training step of a GPT."""
    name = "GPT of width 384, training step"
    case = Case(name, (*GPT, *AGAIN), 200, 2, 8, 256, backward=True, device=device, seconds=210)
    if quick:
        case = replace(case, pairs=2, threads=1, batch=2, length=16)
    sizes = replace(GPT_SIZES, layers=1) if quick else GPT_SIZES
    return _compared(case, language_sides(sizes, case.length), sizes)


def seq2seq(quick: bool = False, device: str = "cpu") -> list[Row]:
    """The training step of a transformer."""
    name, claims = "transformer of width 256, training step", (*PAIR, STRAW, *AGAIN)
    case = Case(name, claims, 300, 2, 8, 32, backward=True, device=device, seconds=150)
    if quick:
        case = replace(case, pairs=2, threads=1, batch=2, length=8)
    sizes = replace(PAIR_SIZES, layers=1) if quick else PAIR_SIZES
    return _compared(case, pair_sides(sizes, case.length), sizes)


TABLES: dict[str, tuple[str, Callable[[bool], list[Row]]]] = {
    "small": ("Small models", small),
    "gpt": ("Training a GPT", gpt),
    "seq2seq": ("Training a transformer", seq2seq),
    "decoding": ("Greedy decoding, one row", lambda quick: decoding.decoded(1, quick)),
    "batch": ("Greedy decoding, eight rows", lambda quick: decoding.decoded(8, quick)),
    "growth": ("Growth of decoding", decoding.growth),
}


def section(name: str, *, quick: bool = False) -> Section:
    """Measure one table; in a hurry in few rounds and at small sizes."""
    warnings.filterwarnings("ignore", message=".*nested tensors", category=UserWarning)  # of nn.Transformer
    title, rows = TABLES[name]
    return Section(title, "", tuple(rows(quick)))


def without(claims: tuple[Claim, ...], *names: str) -> tuple[Claim, ...]:
    """The claims that are not about these sides."""
    return tuple(claim for claim in claims if claim.over not in names)


def language_sides(sizes: Sizes, length: int) -> dict[str, nn.Module]:
    """Language models by name, of equally many weights."""
    hand = LanguageModel(sizes)
    compiled = archgraph.compile(SPECS / "language_model.yaml", params=sizes.params, seed=0)
    others = rivals.language_models(sizes, length, rivals.weights(hand))
    return alike({"hand-written": hand, "compiled": compiled, ITSELF: LanguageModel(sizes), **others})


def pair_sides(sizes: Sizes, length: int) -> dict[str, nn.Module]:
    """Transformers by name, of equally many weights."""
    hand, params = Transformer(sizes), {**sizes.params, "dropout": 0.0}
    sides = {
        "hand-written": hand,
        "compiled": archgraph.compile(SPECS / "transformer.yaml", params=params, seed=0),
        ITSELF: Transformer(sizes),
        "nn.Transformer": TorchTransformer(sizes),
    }
    return alike({**sides, **rivals.translators(sizes, length, rivals.weights(hand))})


def alike(sides: dict[str, nn.Module]) -> dict[str, nn.Module]:
    """The sides, if all have as many weights to 1 %; raises ValueError where one has not."""
    counts = {name: rivals.weights(model) for name, model in sides.items()}
    for name, count in counts.items():
        if abs(count - counts["hand-written"]) > rivals.CLOSE * counts["hand-written"]:
            raise ValueError(f"{name} has {count:,} weights, and hand-written {counts['hand-written']:,}")
    return sides


def _compared(case: Case, sides: dict[str, nn.Module], sizes: Sizes) -> list[Row]:
    names = "xy" if "nn.Transformer" in sides else "y"
    data = symbols(names, vocab=sizes.vocab, batch=case.batch, length=case.length)
    sides = {name: model.to(case.device) for name, model in sides.items()}
    data = {name: x.to(case.device) for name, x in data.items()}
    works = works_of(sides, data, case)
    heads = (case.batch * sizes.heads, case.length, sizes.width // sizes.heads)
    hand, positions = sides["hand-written"], case.batch * case.length
    works["floor"] = products(hand, rows=positions, heads=heads, backward=case.backward)
    counts = ", ".join(f"{name} {rivals.weights(model):,}" for name, model in sides.items() if name != ITSELF)
    rows = [Row(f"{case.name}: weights", counts), *compare(case, works)]
    return rows + [taken_apart(case, name, works[name]) for name in APART if name in works]


def works_of(sides: dict[str, nn.Module], data: dict[str, Tensor], case: Case) -> dict[str, Callable[[], float | None]]:
    """What each side does in a round; two of them in bf16 as well, where that is claimed."""
    claimed = {claim.side for claim in case.claims}
    found: dict[str, Callable[[], float | None]] = {
        name: training(model, data) if case.backward else forward(model, data) for name, model in sides.items()
    }
    for name in ("compiled", "hand-written"):
        if f"{name} in bf16" in claimed:
            found[f"{name} in bf16"] = training(sides[name], data, bf16=True)
    return found
