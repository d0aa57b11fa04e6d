"""What a run shows, on every console."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from archgraph.train import progress
from archgraph.train.progress import Bar, Lines, display


def console(encoding: str, terminal: bool) -> tuple[Console, io.BytesIO]:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True)
    return Console(file=file, force_terminal=terminal, width=100, legacy_windows=False), raw


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_bar_shows_step_and_loss_in_any_encoding(encoding: str) -> None:
    out, raw = console(encoding, terminal=True)
    with display(0, console=out) as show:
        assert isinstance(show, Bar)
        show.update(0.5, step=7, text="loss 1.234")
        show.say("saved [x] as a/b")
    shown = raw.getvalue().decode(encoding)
    assert "step 7" in shown
    assert "loss 1.234" in shown
    assert "saved [x] as a/b" in shown


def test_a_pipe_gets_plain_lines_with_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 10.0, 11.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    out, raw = console("cp1252", terminal=False)
    with display(100, console=out) as show:
        assert isinstance(show, Lines)
        show.update(0.25, step=101, text="loss 3.000")
        show.update(0.50, step=150, text="loss 2.000")
        show.update(0.55, step=160, text="loss 1.000")
    shown = raw.getvalue().decode("cp1252").replace("\r\n", "\n")
    assert shown == "step 150  50 %  5.0 steps/s  20 s left  loss 2.000\n"
    assert not re.search("\x1b", shown)
