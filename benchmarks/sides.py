"""Several ways to do one work, measured in turn, and the rows that compare them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import torch
from torch import Tensor, nn

from benchmarks.handwritten import PAD
from benchmarks.pairs import Ratio, interleave, ratio
from benchmarks.progress import progress, say
from benchmarks.table import Row

SLACK = 0.01  # a figure holds when its upper bound is within this
ITSELF = "itself"  # a second instance of the hand-written side: what noise makes of nothing


@dataclass(frozen=True)
class Claim:
    """One row: which side over which, and what it should be at most; None shows it for comparison."""

    side: str
    over: str
    limit: float | None = None


@dataclass(frozen=True)
class Case:
    """A comparison: its name, what is claimed, the rounds at most, the threads, and the data.

    After so many `seconds` no further round begins; `backward` says whether gradients are part of the work. A turn of
    a short work is several `calls` in a row: it is called in loops, not each time after another library.
    """

    name: str
    claims: tuple[Claim, ...]
    pairs: int
    threads: int
    batch: int = 1
    length: int = 16
    backward: bool = False
    device: str = "cpu"
    seconds: float = math.inf
    calls: int = 1


def compare(case: Case, works: Mapping[str, Callable[[], float | None]]) -> list[Row]:
    """Measure all sides in turn; a row for each claim whose sides are there, with the times behind it.

    Sides without a figure to reach run in every fourth round.
    """
    say(f"{case.name}: {', '.join(works)}")
    timed = [settled(work) if case.device == "cuda" else work for work in works.values()]
    timed = [in_a_row(work, case.calls) if case.calls > 1 else work for work in timed]
    often = {name for claim in case.claims if _matters(claim) for name in (claim.side, claim.over)}
    seldom = frozenset(index for index, name in enumerate(works) if name not in often)
    told = progress(case.name, case.pairs, case.seconds)
    with threads(case.threads):
        found = interleave(timed, case.pairs, seconds=case.seconds, seldom=seldom, told=told)
    times, rows = dict(zip(works, found, strict=True)), []
    for claim in case.claims:
        if claim.side in times and claim.over in times:
            rows.append(_row(case.name, claim, ratio(times[claim.side], times[claim.over])))
    missing = {name for claim in case.claims for name in (claim.side, claim.over)} - set(times)
    return [*rows, *[Row(f"{case.name}: {name}", "not installed") for name in sorted(missing)]]


def _matters(claim: Claim) -> bool:
    return claim.limit is not None


def in_a_row(work: Callable[[], float | None], calls: int) -> Callable[[], float]:
    """A work done several times in a row: what one takes of it."""

    def run() -> float:
        start = perf_counter()
        for _ in range(calls):
            work()
        return (perf_counter() - start) / calls

    return run


def settled(work: Callable[[], float | None]) -> Callable[[], float | None]:
    """A work on a GPU, up to the end of what it started there."""

    def run() -> float | None:
        found = work()
        torch.cuda.synchronize()
        return found

    return run


def _row(name: str, claim: Claim, found: Ratio) -> Row:
    own, other = found.value * found.seconds * 1e3, found.seconds * 1e3
    shown = f"{found}; {own:.2f} of {other:.2f} ms, {found.pairs} rounds"
    target = "" if claim.limit is None else f"≤ {claim.limit:.2f}"
    met = None if claim.limit is None else found.high <= claim.limit + SLACK
    return Row(f"{name}: {claim.side} / {claim.over}", shown, target, met)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads of torch inside, and as many as before outside."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def products(model: nn.Module, *, rows: int, heads: tuple[int, int, int], backward: bool) -> Callable[[], None]:
    """The floor of a hand-written model: its matrix products and nothing between them.

    `rows` is batch times length, `heads` the batch times heads, the length and the features of a head. With
    `backward`, each product has the two of its gradients.
    """
    linears = [each.weight.detach() for each in model.modules() if isinstance(each, nn.Linear)]
    device = linears[0].device
    given = {size: torch.randn(rows, size, device=device) for weight in linears for size in weight.shape}
    count, length, size = heads
    attentions = sum(hasattr(each, "heads") for each in model.modules())
    q, k = (torch.randn(count, length, size, device=device) for _ in range(2))
    scores = torch.randn(count, length, length, device=device)

    def run() -> None:
        for weight in linears:
            x, y = given[weight.shape[1]], given[weight.shape[0]]
            torch.mm(x, weight.T)
            if backward:
                torch.mm(y, weight)
                torch.mm(y.T, x)
        for _ in range(attentions * (3 if backward else 1)):
            torch.bmm(q, k.transpose(1, 2))
            torch.bmm(scores, k)

    return run


def forward(model: nn.Module, data: Mapping[str, Tensor]) -> Callable[[], None]:
    """Evaluation without gradients, with the loss."""
    model.eval()

    def run() -> None:
        with torch.no_grad():
            _loss(model, data)

    return run


def training(model: nn.Module, data: Mapping[str, Tensor], *, bf16: bool = False) -> Callable[[], None]:
    """Forward and backward; under bf16 autocast if asked."""
    model.train()
    kind = next(iter(data.values())).device.type

    def run() -> None:
        model.zero_grad()
        with torch.autocast(kind, torch.bfloat16, enabled=bf16):
            loss = _loss(model, data)
        loss.backward()

    return run


def _loss(model: nn.Module, data: Mapping[str, Tensor]) -> Tensor:
    out = model(**data)
    loss: Tensor = out.loss if hasattr(out, "loss") else out[1]
    return loss


def symbols(names: Sequence[str], *, vocab: int, batch: int, length: int) -> dict[str, Tensor]:
    """Seeded symbols; of a larger batch, the last tenth of half of the rows is padding."""
    generator = torch.Generator().manual_seed(0)
    found = {name: torch.randint(3, vocab, (batch, length), generator=generator) for name in names}
    for x in found.values():
        if batch > 1:
            x[batch // 2 :, length - length // 10 :] = PAD
    return found
