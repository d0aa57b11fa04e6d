"""The loss over a run: points, a table, a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from archgraph.train.checkpoint import replace_file
from archgraph.train.errors import TrainError


@dataclass(frozen=True)
class Point:
    """One point of the curve.

    Attributes:
        step: gradient steps so far.
        epoch: passes over the data begun, from 0.
        seconds: wall-clock seconds of training.
        rate: learning rate.
        train: mean loss since the last point.
        valid: mean loss on held-out samples, where it was measured.
    """

    step: int
    epoch: int
    seconds: float
    rate: float
    train: float | None
    valid: float | None = None


def write_table(points: Sequence[Point], path: Path) -> None:
    """Write the points as CSV, one a line, empty where nothing was measured."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Point)])
    for point in points:
        writer.writerow(["" if value is None else str(value) for value in astuple(point)])
    replace_file(path, text.getvalue().encode("utf-8"))


def draw(points: Sequence[Point], out: Path) -> list[Path]:
    """Draw the curve as `curve.svg` and `curve.png` in `out`; the same points give the same bytes.

    Raises:
        TrainError: matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
    except ImportError as fault:
        raise TrainError("the picture of the curve needs matplotlib", "pip install matplotlib") from fault
    # A fixed salt and no date: matplotlib otherwise numbers its clip paths at random.
    with matplotlib.rc_context({"svg.hashsalt": "archgraph", "svg.fonttype": "path"}):
        figure = _figure(points)
        FigureCanvasAgg(figure)
        paths = []
        for suffix, metadata in ((".svg", {"Date": None, "Creator": None}), (".png", {"Software": None})):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=suffix[1:], dpi=144, metadata=metadata)
            paths.append(out / f"curve{suffix}")
            replace_file(paths[-1], buffer.getvalue())
    return paths


def _figure(points: Sequence[Point]) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.0), layout="constrained")
    axes = figure.add_subplot()
    for name, label, style in (("train", "training", "-"), ("valid", "held out", "o-")):
        drawn = [(p.step, getattr(p, name)) for p in points if getattr(p, name) is not None]
        if drawn:
            axes.plot(*zip(*drawn, strict=True), style, label=label, linewidth=1.6, markersize=4)
    axes.set_xlabel("gradient steps")
    axes.set_ylabel("loss per real position")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)
    if points:
        axes.legend(frameon=False)
    return figure
