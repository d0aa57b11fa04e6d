"""Compiled models against what one would otherwise take: written by hand, torch.nn.Transformer, other libraries."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from torch import Tensor, nn

import archgraph
from archgraph.measure.calls import caught
from benchmarks import decoding, rivals
from benchmarks.handwritten import LanguageModel, Sizes, TorchTransformer, Transformer
from benchmarks.pairs import interleave
from benchmarks.sides import Case, Claim, compare, forward, products, settled, symbols, threads, training
from benchmarks.table import Row, Section

SPECS = Path(__file__).parent.parent / "specs" / "story"
HOW = (
    "The figures to reach. One call, all sides in turn in one process, in an order drawn anew in each round; ratios of "
    "medians with 95 % bounds by a bootstrap over rounds. A figure is met when its upper bound is within 0.01. All "
    "sides have as many weights to 1 %, no dropout, relu where they can, the same delay and the same cross-entropy; "
    "x-transformers has gelu, T5 no biases. 'itself' is a second instance of the hand-written model: what noise makes "
    "of nothing. The floor is the hand-written model's matrix products alone, with those of their gradients in a "
    "training step, which is forward and backward. Small runs on one thread, the rest on two."
)
SMALL_SIZES, GPT_SIZES, PAIR_SIZES = Sizes(256, 64, 4, 4, scale=8.0), Sizes(256, 384, 6, 6), Sizes(1000, 256, 8, 4)
AGAIN = (Claim("itself", "hand-written"), Claim("floor", "hand-written"))
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
)
PAIR = (
    Claim("compiled", "hand-written", 1.00),
    *(Claim("compiled", name, 0.95) for name in ("nn.Transformer", "BART", "T5", "x-transformers")),
)


def section(*, quick: bool = False) -> Section:
    """Measure all figures; in a hurry the small ones in few rounds, and of decoding a little."""
    warnings.filterwarnings("ignore", message=".*nested tensors", category=UserWarning)  # of nn.Transformer
    rows = small(quick) + ([] if quick else gpt() + pair()) + decoding.rows(quick=quick)
    return Section("Compiled against peers", HOW, tuple(rows))


def small(quick: bool = False, device: str = "cpu") -> list[Row]:
    """Forward at small shapes."""
    pairs = 3 if quick else 250
    language = Case("small language model, forward", (*without(SMALL, "BART", "T5"), *AGAIN), pairs, 1, device=device)
    both = Case("small transformer, forward", (*without(SMALL, "GPT-2"), STRAW, *AGAIN), pairs, 1, device=device)
    sizes = replace(SMALL_SIZES, vocab=1000, scale=1.0)
    rows = _compared(language, language_sides(SMALL_SIZES, language.length), SMALL_SIZES)
    return rows + _compared(both, pair_sides(sizes, both.length), sizes)


def gpt(device: str = "cpu") -> list[Row]:
    """The training step of a GPT."""
    case = Case("GPT of width 384, training step", (*GPT, *AGAIN), 12, 2, 8, 256, backward=True, device=device)
    return _compared(case, language_sides(GPT_SIZES, case.length), GPT_SIZES)


def pair(device: str = "cpu") -> list[Row]:
    """The training step of a transformer."""
    claims = (*PAIR, STRAW, *AGAIN)
    case = Case("transformer of width 256, training step", claims, 40, 2, 8, 32, backward=True, device=device)
    return _compared(case, pair_sides(PAIR_SIZES, case.length), PAIR_SIZES)


def without(claims: tuple[Claim, ...], *names: str) -> tuple[Claim, ...]:
    """The claims that are not about these sides."""
    return tuple(claim for claim in claims if claim.over not in names)


def language_sides(sizes: Sizes, length: int) -> dict[str, nn.Module]:
    """Language models by name, of equally many weights."""
    hand = LanguageModel(sizes)
    compiled = archgraph.compile(SPECS / "language_model.yaml", params=sizes.params, seed=0)
    others = rivals.language_models(sizes, length, rivals.weights(hand))
    return alike({"hand-written": hand, "compiled": compiled, "itself": LanguageModel(sizes), **others})


def pair_sides(sizes: Sizes, length: int) -> dict[str, nn.Module]:
    """Transformers by name, of equally many weights."""
    hand, params = Transformer(sizes), {**sizes.params, "dropout": 0.0}
    sides = {
        "hand-written": hand,
        "compiled": archgraph.compile(SPECS / "transformer.yaml", params=params, seed=0),
        "itself": Transformer(sizes),
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
    works = works_of(sides, data, backward=case.backward)
    heads, rows = (case.batch * sizes.heads, case.length, sizes.width // sizes.heads), case.batch * case.length
    works["floor"] = products(sides["hand-written"], rows=rows, heads=heads, backward=case.backward)
    counts = ", ".join(f"{name} {rivals.weights(model):,}" for name, model in sides.items() if name != "itself")
    return [Row(f"{case.name}: weights", counts), *compare(case, works), taken_apart(case, works["compiled"])]


def taken_apart(case: Case, work: Callable[[], float | None]) -> Row:
    """Where the time of a compiled model goes: its own products played alone, and its operations by their share."""
    floor, calls = caught(work, products=True), caught(work, products=False)
    pair = [floor.again, work]
    with threads(case.threads):
        timed = [settled(side) for side in pair] if case.device == "cuda" else pair
        own, whole = (median(each) * 1e3 for each in interleave(timed, max(3, case.pairs // 4)))
        found = sorted(calls.seconds().items(), key=lambda item: -item[1])
    total = sum(seconds for _, seconds in found)
    kinds = ", ".join(f"{name} {seconds / total:.0%}" for name, seconds in found[:5])
    told = f"its products {own:.2f} of {whole:.2f} ms; of torch's operations, each alone: {kinds}"
    return Row(f"{case.name}: compiled, taken apart", told)


def works_of(
    sides: dict[str, nn.Module], data: dict[str, Tensor], *, backward: bool
) -> dict[str, Callable[[], float | None]]:
    """What each side does in a round; the compiled one in bf16 as well, where it is trained."""
    found: dict[str, Callable[[], float | None]] = {
        name: training(model, data) if backward else forward(model, data) for name, model in sides.items()
    }
    if backward:
        found["compiled in bf16"] = training(sides["compiled"], data, bf16=True)
    return found
