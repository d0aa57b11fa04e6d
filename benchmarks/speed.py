"""Compiled models against hand-written ones, of the same architecture and number of weights."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import archgraph
from benchmarks.handwritten import PAD, LanguageModel, Sizes, TorchTransformer, Transformer
from benchmarks.pairs import Ratio, interleave, ratio
from benchmarks.progress import progress
from benchmarks.table import Row, Section

SPECS = Path(__file__).parent.parent / "specs" / "story"
LIMIT, STRAW = 1.03, 0.96
SECONDS = 90.0  # for each comparison, after which no further round begins
SELDOM = frozenset({"fused", "nn.Transformer"})  # far from their figure or without one: every fourth round
HOW = (
    "Seconds of one call, the models in turn in one process, in so many rounds or in 90 s; ratios of medians, with "
    "95 % bounds by a bootstrap over rounds. A figure is met when its upper bound is. Forward: evaluation without "
    "gradients. Forward+backward: training, with dropout where the spec has it. Small runs on one thread, where a "
    "second one only waits; real on two. 'fused' is a hand-written model with one matrix for queries, keys and values, "
    "as the compiled one has; it and nn.Transformer run in every fourth round. Where a model lies in memory makes "
    "a few per cent, so compiled and hand-written stand twice, and their times are taken together; 'a second' times "
    "the one of the two against the other: what the machine makes of nothing."
)


@dataclass(frozen=True)
class Case:
    """One comparison: sizes, the batch and length of the data, threads and rounds at most."""

    name: str
    sizes: Sizes
    batch: int
    length: int
    threads: int
    pairs: int


CASES = (
    Case("transformer, small", Sizes(1000, 64, 4, 4, dropout=0.1), 1, 16, 1, 600),
    Case("transformer, real", Sizes(1000, 256, 8, 4, dropout=0.1), 8, 32, 2, 600),
    Case("language model, small", Sizes(256, 64, 4, 4, scale=8.0), 1, 16, 1, 600),
    Case("language model, real", Sizes(256, 256, 8, 6, scale=16.0), 8, 64, 2, 600),
)


def section(*, quick: bool = False) -> Section:
    """Measure every case, or in a hurry the small ones in few rounds."""
    cases = [replace(case, pairs=3) for case in CASES if "small" in case.name] if quick else list(CASES)
    return Section("Compiled against hand-written", HOW, tuple(row for case in cases for row in _rows(case)))


def _rows(case: Case) -> list[Row]:
    warnings.filterwarnings("ignore", message=".*nested tensors", category=UserWarning)  # of nn.Transformer
    threads = torch.get_num_threads()
    torch.set_num_threads(case.threads)
    models, data = _models(case), _data(case)
    rows = []
    try:
        for name, work in (("forward", _forward), ("forward+backward", _backward)):
            for model in models.values():
                model.train(name != "forward")
            told = progress(f"{case.name}, {name}", case.pairs, SECONDS)
            seldom = frozenset(index for index, model in enumerate(models) if model in SELDOM)
            works = [_bound(work, model, data) for model in models.values()]
            times = interleave(works, case.pairs, seconds=SECONDS, seldom=seldom, told=told)
            found = dict(zip(models, times, strict=True))
            rows += _compared(f"{case.name}, {name}", found)
    finally:
        torch.set_num_threads(threads)
    return rows


def _models(case: Case) -> dict[str, nn.Module]:
    """The models of a case; all have the same number of weights."""
    language = case.name.startswith("language")
    hand = LanguageModel if language else Transformer
    spec = SPECS / ("language_model.yaml" if language else "transformer.yaml")
    found: dict[str, nn.Module] = {
        "hand": hand(case.sizes),
        "compiled": archgraph.compile(spec, params=case.sizes.params, seed=0),
        "fused": hand(replace(case.sizes, fused=True)),
        "compiled again": archgraph.compile(spec, params=case.sizes.params, seed=0),
        "itself": hand(case.sizes),
    }
    if not language:
        found["nn.Transformer"] = TorchTransformer(case.sizes)
    counts = {name: sum(p.numel() for p in model.parameters()) for name, model in found.items()}
    if len(set(counts.values())) > 1:
        raise ValueError(f"the models differ in their weights: {counts}")
    return found


def _data(case: Case) -> list[Tensor]:
    """Seeded symbols, the last tenth of a longer batch padding."""
    generator = torch.Generator().manual_seed(0)
    count = 1 if case.name.startswith("language") else 2
    found = [torch.randint(3, case.sizes.vocab, (case.batch, case.length), generator=generator) for _ in range(count)]
    if case.batch > 1:
        for x in found:
            x[case.batch // 2 :, -math.ceil(case.length / 10) :] = PAD
    return found


def _bound(work: Callable[[nn.Module, list[Tensor]], None], model: nn.Module, data: list[Tensor]) -> Any:
    return lambda: work(model, data)


def _forward(model: nn.Module, data: list[Tensor]) -> None:
    with torch.no_grad():
        _loss(model, data)


def _backward(model: nn.Module, data: list[Tensor]) -> None:
    model.zero_grad()
    _loss(model, data).backward()


def _loss(model: nn.Module, data: list[Tensor]) -> Tensor:
    out = model(**dict(zip("xy" if len(data) == 2 else "y", data, strict=True)))
    loss: Tensor = out.loss if hasattr(out, "loss") else out[1]
    return loss


def _compared(name: str, times: dict[str, list[float]]) -> list[Row]:
    """The figures of the issue first, then what they are to be read with."""
    compiled = ratio(times["compiled"] + times["compiled again"], times["hand"] + times["itself"])
    shown = f"{compiled}, hand-written {compiled.seconds * 1e3:.2f} ms, {compiled.pairs} rounds"
    rows = [_figure(f"{name}: compiled / hand-written", shown, compiled, LIMIT)]
    if "nn.Transformer" in times:
        straw = ratio(times["hand"], times["nn.Transformer"])
        rows.append(_figure(f"{name}: hand-written / nn.Transformer", str(straw), straw, STRAW))
    others = {"fused": "hand-written fused / hand-written", "itself": "a second hand-written / hand-written"}
    return rows + [Row(f"{name}: {work}", str(ratio(times[key], times["hand"]))) for key, work in others.items()]


def _figure(work: str, shown: str, found: Ratio, limit: float) -> Row:
    return Row(work, shown, f"≤ {limit}", found.high <= limit)
