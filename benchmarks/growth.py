"""How checking grows with the spec, and what a very large model costs before it has any weights."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import archgraph
from benchmarks.table import Row, Section

SIZES, FACTOR, SECONDS = (2_000, 10_000), 6.0, 2.0
HEAD = 'archgraph: 1\nname: {}\nvariables:\n  x: {{kind: input, type: "real[T, 8]"}}\n  h: hidden\nnodes:\n'
HOW = (
    "Seconds of `archgraph.check`, the median of five, for specs of so many nodes: one chain of layers, as many nodes "
    "beside each other in a group that one sum joins, a row of nodes of the whole spec."
)
LARGE = {"width": 12288, "heads": 96, "layers": 96, "vocab": 50257}


def chain(count: int) -> str:
    """A body of `count` layers."""
    layers = "      - linear: 8\n" * count
    return HEAD.format("chain") + f"  f:\n    layers:\n{layers}edges:\n  - x -> f -> h\n"


def wide(count: int) -> str:
    """A group of nodes that are added up."""
    nodes = "".join(f"      n{i}: {{op: {{linear: 8}}}}\n" for i in range(count - 1))
    edges = "".join(f"      - in -> n{i} -> s\n" for i in range(count - 1))
    body = f"  g:\n    nodes:\n{nodes}      s: {{op: add}}\n    edges:\n{edges}      - s -> out\n"
    return HEAD.format("wide") + body + "edges:\n  - x -> g -> h\n"


def row(count: int) -> str:
    """Nodes of the whole spec, each feeding the next."""
    nodes = "".join(f"  n{i}: {{op: {{linear: 8}}}}\n" for i in range(count))
    edges = "".join(f"  - n{i} -> n{i + 1}\n" for i in range(count - 1))
    return HEAD.format("row") + nodes + f"edges:\n  - x -> n0\n{edges}  - n{count - 1} -> h\n"


def section(*, quick: bool = False) -> Section:
    """Measure each shape at both sizes."""
    sizes, rounds = ((20, 100), 1) if quick else (SIZES, 5)
    rows = [one for shape in (chain, wide, row) for one in _rows(shape, sizes, rounds)]
    return Section("Growth of check", HOW, tuple(rows))


def _rows(shape: Callable[[int], str], sizes: tuple[int, int], rounds: int) -> list[Row]:
    texts = [shape(size) for size in sizes]
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for text, taken in zip(texts, times, strict=True):
            start = perf_counter()
            report = archgraph.check(text)
            taken.append(perf_counter() - start)
            if not report.ok:
                raise ValueError(str(report.diagnostics[0]))
    small, large = (median(taken) for taken in times)
    name = f"{shape.__name__} of {sizes[0]:,} nodes"
    return [
        Row(name, f"{small:.2f} s", f"< {SECONDS:g} s", small < SECONDS),
        Row(f"{name} to {sizes[1]:,}", f"{large / small:.1f} ×", f"≤ {FACTOR:g} ×", large / small <= FACTOR),
    ]


def large(*, quick: bool = False) -> Section:
    """Compile a language model of 96 layers and width 12288 on torch's meta device."""
    import torch

    params = LARGE | ({"layers": 2} if quick else {})
    start = perf_counter()
    with torch.device("meta"):
        spec = Path(__file__).parent.parent / "specs" / "story" / "language_model.yaml"
        model = archgraph.compile(spec, params=params)
    seconds = perf_counter() - start
    count = sum(p.numel() for p in model.parameters())
    rows = [Row(f"compile {count / 1e9:.0f}·10⁹ parameters on meta", f"{seconds:.2f} s", "< 5 s", seconds < 5)]
    if sys.platform != "win32":
        peak = _peak()
        rows.append(Row("the most memory that this process held", f"{peak / 1e9:.2f} GB", "< 1 GB", peak < 1e9))
    return Section("A large model", "`with torch.device('meta')`, torch already imported; measured first.", tuple(rows))


def _peak() -> int:
    """The most memory that this process held, in bytes."""
    import resource  # Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
