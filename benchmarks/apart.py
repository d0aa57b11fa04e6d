"""Where the time of a work goes: its own matrix products played alone, and its operations by what each takes."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch

from archgraph.measure.calls import Calls, caught
from benchmarks.pairs import interleave
from benchmarks.sides import Case, settled, threads
from benchmarks.table import Row

SHOWN = 6  # operations of a profile
SECONDS = 3.0  # for a floor and its work in turn; and for replays of the operations
ROUNDS, REPLAYS = 50, 20


def taken_apart(case: Case, name: str, work: Callable[[], float | None]) -> Row:
    """What the products of a side's own take of its time, and which operations take the most."""
    with threads(case.threads), torch.inference_mode(not case.backward):
        own, whole = _floor(case, work)
        spent = _profile(caught(work, products=False))
    total = sum(spent.values())
    kinds = sorted(spent.items(), key=lambda item: -item[1])[:SHOWN]
    shown = ", ".join(f"{kind} {seconds * 1e3:.2f} ms ({seconds / total:.0%})" for kind, seconds in kinds)
    told = f"its products alone {own:.2f} of {whole:.2f} ms, {own / whole:.3f}; its operations, each alone: {shown}"
    return Row(f"{case.name}: {name}, taken apart", told)


def _floor(case: Case, work: Callable[[], float | None]) -> tuple[float, float]:
    """Milliseconds of the products alone, and of the whole, in turn."""
    pair = [caught(work, products=True).again, work]
    timed = [settled(each) if case.device == "cuda" else each for each in pair]
    own, whole = (median(each) * 1e3 for each in interleave(timed, min(case.pairs, ROUNDS), seconds=SECONDS))
    return own, whole


def _profile(calls: Calls) -> dict[str, float]:
    """Seconds of each kind of operation: the median of several replays."""
    begin, found = perf_counter(), [calls.seconds()]
    while perf_counter() - begin < SECONDS and len(found) < REPLAYS:
        found.append(calls.seconds())
    return {kind: median(each[kind] for each in found) for kind in found[0]}
