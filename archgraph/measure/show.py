"""The figures of a bench as tables on a console."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.console import Console
from rich.table import Column, Table

from archgraph.measure.bench import Bench, Part


def show(found: Bench, console: Console) -> None:
    """Print the works, and the shares of nodes and of kinds of operations."""
    sizes = {"batch": found.batch, **found.sizes, "threads": found.threads}
    given = ", ".join(f"{name} = {size}" for name, size in sizes.items())
    console.print(f"{found.title}: {given}\n{found.machine}", highlight=False, soft_wrap=True)
    console.print(_works(found))
    for name, seconds in found.left.items():
        line = f"{name}: left out, since it would take about {seconds:.0f} s: --seconds {math.ceil(seconds)} times it"
        console.print(line, highlight=False, soft_wrap=True)
    console.print(_shares("node", found.parts))
    console.print(_shares("torch's operations", found.kinds))


def duration(seconds: float) -> str:
    """Seconds in the unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def _works(found: Bench) -> Table:
    table = Table("work", *(_right(name) for name in ("median", "25 %", "75 %", "products", "ratio", "rounds")))
    for work in found.works:
        floor = (duration(work.floor), f"{work.distance:.2f}") if work.floor else ("none", "")
        table.add_row(work.name, *map(duration, (work.seconds, work.low, work.high)), *floor, str(work.rounds))
    return table


def _shares(what: str, parts: Iterable[Part]) -> Table:
    table = Table("work", what, _right("share"))
    last = ""
    for part in parts:
        table.add_row("" if part.work == last else part.work, part.name, f"{part.share:.0%}")
        last = part.work
    return table


def _right(name: str) -> Column:
    return Column(name, justify="right")
