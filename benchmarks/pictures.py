"""How long pictures take in a process that has drawn before: what `render --watch` makes somebody wait for."""

from __future__ import annotations

import gc
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

import archgraph
from archgraph.compiler import program
from archgraph.draw import draw, write
from benchmarks.progress import say
from benchmarks.table import Row, Section

SPECS = Path(__file__).parent.parent / "specs"
SLIDE = SPECS / "story" / "transformer.yaml"
DEPTHS = (0, 1, 2, 3)
REDRAWN, FURTHER, LARGE = 0.3, 0.02, 5.0
NODES, LINKS, REACH = 1000, 16_903, 60
HOW = (
    "Seconds of `archgraph.render` from a file to an SVG, check and all, in a process that has drawn the picture once; "
    "the median, and the least. 'Redrawn' is the slowest of all specs that ship, at each depth. A further slide is "
    "the transformer's again, and once more with another title each time. The large graph has nodes that each read "
    f"some of the {REACH} before them; it is checked beforehand."
)


@dataclass(frozen=True)
class Times:
    """What rounds of one picture took, in seconds."""

    name: str
    median: float
    least: float


def section(*, quick: bool = False) -> Section:
    """Measure redrawn pictures, a further slide and a large graph; in a hurry few of them, once."""
    specs = [SLIDE] if quick else sorted(SPECS.glob("*/*.yaml"))
    rounds = 1 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        redrawn = {depth: [_redrawn(spec, out, depth, rounds) for spec in specs] for depth in DEPTHS}
        rows = [_worst(depth, times) for depth, times in redrawn.items()]
        for times in _further(out, 3 if quick else 60):
            rows.append(_row(times, FURTHER))
        rows.append(_row(_large(out, 50 if quick else NODES, 100 if quick else LINKS, 1 if quick else 3), LARGE))
    return Section("Pictures", HOW, tuple(rows))


def _redrawn(spec: Path, out: Path, depth: int, rounds: int) -> Times:
    say(f"{spec.stem} at depth {depth}")
    return _timed(spec.stem, lambda: archgraph.render(spec, out / "picture.svg", depth=depth), rounds)


def _worst(depth: int, times: list[Times]) -> Row:
    worst = max(times, key=lambda each: each.median)
    slow = sum(each.median >= REDRAWN for each in times)
    name = f"redrawn at depth {depth}: {worst.name}, the slowest of {len(times)}"
    return _row(Times(name if slow < 2 else f"{name}; {slow} miss it", worst.median, worst.least), REDRAWN)


def _further(out: Path, rounds: int) -> list[Times]:
    text, numbers = SLIDE.read_text(encoding="utf-8"), count()

    def titled() -> object:
        return archgraph.render(text.replace("Transformer", f"Transformer {next(numbers)}", 1), out / "titled.svg")

    same = _timed("a further slide: the same", lambda: archgraph.render(SLIDE, out / "same.svg"), rounds)
    return [same, _timed("a further slide: another title each time", titled, rounds)]


def _large(out: Path, nodes: int, links: int, rounds: int) -> Times:
    name = f"{nodes:,} nodes with {links:,} links"
    graph = program(tangle(nodes, links)).graph
    return _timed(name, lambda: (out / "large.svg").write_bytes(write(draw(graph), "svg")), rounds)


def tangle(nodes: int, links: int) -> str:
    """A spec of sums that each read some of those before them, with so many links in all."""
    chance = random.Random(1)
    pairs = {(chance.randrange(max(0, index - REACH), index), index) for index in range(1, nodes)}
    while len(pairs) < links:
        index = chance.randrange(1, nodes)
        pairs.add((chance.randrange(max(0, index - REACH), index), index))
    head = 'archgraph: 1\nname: tangle\nvariables:\n  x: {kind: input, type: "real[T, 8]"}\n  h: hidden\nnodes:\n'
    body = "".join(f"  n{index}: {{op: add}}\n" for index in range(nodes))
    edges = "".join(f"  - n{one} -> n{other}\n" for one, other in sorted(pairs))
    return f"{head}{body}edges:\n  - x -> n0\n{edges}  - n{nodes - 1} -> h\n"


def _timed(name: str, work: Callable[[], object], rounds: int) -> Times:
    """Rounds of one thing, after one that is not counted; a collection of garbage is not left to chance."""
    taken = []
    for _ in range(rounds + 1):
        gc.collect()
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return Times(name, median(taken[1:]), min(taken[1:]))


def _row(times: Times, limit: float) -> Row:
    digits = 4 if limit < 0.1 else 3
    shown = f"{times.median:.{digits}f} s ({times.least:.{digits}f} at the least)"
    return Row(times.name, shown, f"≤ {limit:g} s", times.median <= limit)
