"""How long a compiled spec takes on this machine, what its parts take, and how far it is from its own products."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from time import perf_counter
from typing import Any, NamedTuple

import torch
from torch import nn

from archgraph.measure.calls import Spent, caught
from archgraph.measure.works import Subject, Work

LEAST, MOST = 5, 200  # rounds
LOOKS, KINDS = 11, 8  # rounds that are taken apart; kinds of operations that are named
PATIENCE = 3.0  # seconds for a work beyond which no round is added for their number
GLANCE = 1.5  # seconds for looking at its parts, likewise
LONG = 1.0  # seconds of a work from which on one run tells all: its time, its floor, its parts
LONGEST = 15.0  # seconds of a work beyond which it is left out, unless more are asked for
BACKWARD = 3.5  # how many times a forward pass a training step takes, about
OTHERS = "others"


@dataclass(frozen=True)
class Timed:
    """A work: the median of its seconds with the quarters around it, and its floor: its matrix products alone."""

    name: str
    seconds: float
    low: float
    high: float
    floor: float
    rounds: int

    @property
    def distance(self) -> float:
        """How many times the floor it takes; 0 where there is no product."""
        return self.seconds / self.floor if self.floor else 0.0


@dataclass(frozen=True)
class Part:
    """A part of a work, and its share of the time."""

    work: str
    name: str
    share: float


@dataclass(frozen=True)
class Bench:
    """What was measured, and where."""

    title: str
    machine: str
    threads: int
    batch: int
    sizes: Mapping[str, int]
    works: tuple[Timed, ...]
    parts: tuple[Part, ...]
    kinds: tuple[Part, ...]
    left: Mapping[str, float] = field(default_factory=dict)  # works that were left out: about how long they would take

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain values, for JSON."""
        found = asdict(self)
        for work, timed in zip(found["works"], self.works, strict=True):
            work["distance"] = round(timed.distance, 3)
        return found


def bench(
    subject: Subject, *, seconds: float = 2.0, threads: int | None = None, tell: Callable[[str], object] | None = None
) -> Bench:
    """Time each work for about so many seconds, in turn with its products, and look at its parts.

    A work of which one run is long is run once, and told by that; a training step that is likely too long is left out.

    Args:
        subject: what is timed.
        seconds: for each work.
        threads: of torch; as it chooses if None.
        tell: is given a line about what comes next.
    """
    tell = tell or _silent
    caught(lambda: torch.zeros(1) + 1, products=False)  # the first time, torch imports much for that
    with _threads(threads) as used:
        rows, left = list[_Row](), dict[str, float]()
        for name, work in subject.works().items():
            likely = BACKWARD * rows[0].timed.seconds if name == "training step" else 0.0
            if likely > max(LONGEST, seconds):
                left[name] = likely
                continue
            tell(f"timing: {name}")
            rows.append(_row(name, work, subject, seconds))
    title = subject.program.graph.title or subject.program.graph.name
    parts = tuple(part for row in rows for part in row.parts)
    kinds = tuple(part for row in rows for part in row.kinds)
    works = tuple(row.timed for row in rows)
    return Bench(title, _machine(), used, subject.batch, dict(subject.sizes), works, parts, kinds, left)


class _Row(NamedTuple):
    """What was found of one work."""

    timed: Timed
    parts: tuple[Part, ...]
    kinds: tuple[Part, ...]


def _row(name: str, work: Work, subject: Subject, seconds: float) -> _Row:
    """A work once; where that is short, in many rounds, and then taken apart."""
    times: dict[str, float] = {}
    with _watched(subject.model, times), Spent() as spent:
        whole = _clock(work)
    forward = name == "forward"
    if whole < LONG:
        parts = tuple(_parts(subject)) if forward else ()
        return _Row(_timed(name, work, subject, seconds), parts, tuple(_kinds(name, work)))
    total = sum(spent.kinds.values())
    kinds = {key: [taken / total] for key, taken in spent.kinds.items()}
    parts = tuple(_shares({key: [taken / whole] for key, taken in times.items()})) if forward else ()
    return _Row(_figures(name, subject, [whole], [spent.floor]), parts, tuple(_most(name, kinds)))


def _silent(line: str) -> None:
    """Nobody looks on."""


def _rounds(seconds: float, least: int, most: int, patience: float = PATIENCE) -> Iterator[None]:
    """Rounds for about so many seconds, and at least `least`, or one where those take longer than patience."""
    start = perf_counter()
    for done in range(most):
        spent = perf_counter() - start
        if done and spent >= seconds and (done >= least or spent >= patience):
            return
        yield


def _timed(name: str, work: Work, subject: Subject, seconds: float) -> Timed:
    """A work and its floor in turn."""
    floor = caught(work, products=True)
    taken: list[float] = []
    least: list[float] = []
    for _ in _rounds(seconds, LEAST, MOST):
        taken.append(_clock(work))
        least.append(_clock(floor.again))
    return _figures(name, subject, taken, least if floor.calls else [0.0])


def _figures(name: str, subject: Subject, taken: list[float], least: list[float]) -> Timed:
    """A work by the seconds of its rounds, and those of its products; of decoding, one symbol."""
    pieces = subject.steps if name == "decoding" else 1
    low, _, high = quantiles(taken, n=4) if len(taken) > 1 else taken * 3
    name = f"{name}, a symbol" if name == "decoding" else name
    return Timed(name, median(taken) / pieces, low / pieces, high / pieces, median(least) / pieces, len(taken))


def _clock(work: Work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _parts(subject: Subject) -> Iterator[Part]:
    """The share of each node of the spec in a forward pass, by hooks; what calls no module is elsewhere."""
    times: dict[str, float] = {}
    shares: dict[str, list[float]] = {}
    with _watched(subject.model, times):
        for _ in _rounds(0.0, LOOKS, LOOKS, GLANCE):
            times.clear()
            whole = _clock(subject.forward)
            for name, taken in times.items():
                shares.setdefault(name, []).append(taken / whole)
    yield from _shares(shares)


def _shares(shares: dict[str, list[float]]) -> Iterator[Part]:
    """The parts of a forward pass by the shares of their rounds, and what is left."""
    found = {name: median(each) for name, each in shares.items()}
    yield from (Part("forward", name, share) for name, share in found.items())
    yield Part("forward", "elsewhere", max(0.0, 1 - sum(found.values())))


@contextmanager
def _watched(model: nn.Module, times: dict[str, float]) -> Iterator[None]:
    """Add the seconds of the calls of each node to `times`, meanwhile."""
    children = [(name, called) for name, module in model.named_children() for called in _called(module)]
    hooks = [hook for name, module in children for hook in _hooked(module, name, times)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _called(module: nn.Module) -> Iterator[nn.Module]:
    """The modules of a node that are called: of what only holds others, such as the copies of a repeat, those."""
    if isinstance(module, (nn.ModuleList, nn.ModuleDict)):
        for held in module.children():
            yield from _called(held)
    else:
        yield module


def _hooked(module: nn.Module, name: str, times: dict[str, float]) -> Iterator[Any]:
    """Two hooks that time each call of a module."""
    starts: list[float] = []

    def before(*_: Any) -> None:
        starts.append(perf_counter())

    def after(*_: Any) -> None:
        times[name] = times.get(name, 0.0) + perf_counter() - starts.pop()

    yield module.register_forward_pre_hook(before)
    yield module.register_forward_hook(after)


def _kinds(name: str, work: Work) -> list[Part]:
    """The kinds of torch's operations that take most, each played by itself, and all others together."""
    calls = caught(work, products=False)
    shares: dict[str, list[float]] = {}
    for _ in _rounds(0.0, LOOKS, LOOKS, GLANCE):
        taken = calls.seconds()
        for key, each in taken.items():
            shares.setdefault(key, []).append(each / sum(taken.values()))
    return _most(name, shares)


def _most(name: str, shares: dict[str, list[float]]) -> list[Part]:
    """The kinds with the largest shares, and all others together."""
    found = sorted(((median(each), key) for key, each in shares.items()), reverse=True)[:KINDS]
    most = [Part(name, key, share) for share, key in found]
    left = max(0.0, 1 - sum(part.share for part in most))
    return [*most, *[Part(name, OTHERS, left)] * (len(shares) > KINDS)]


@contextmanager
def _threads(count: int | None) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield count or before
    finally:
        torch.set_num_threads(before)


def _machine() -> str:
    cores = os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores, torch {torch.__version__}"
