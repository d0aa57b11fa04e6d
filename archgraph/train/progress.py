"""What a run shows while it runs: a bar with rate and time left, or plain lines."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

LINE_SECONDS = 5.0
TOTAL = 1000


class Display(Protocol):
    """Where a run reports to."""

    def __enter__(self) -> Display:
        """Begin to show."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""

    def update(self, fraction: float, *, step: int, text: str) -> None:
        """Show how far the run is (0..1), its step and its losses."""

    def say(self, text: str) -> None:
        """Show a line that stays."""


class _Rate(ProgressColumn):
    """Steps a second in this session."""

    def render(self, task: Task) -> Text:
        """Return the rate; empty before it is known."""
        elapsed, done = task.elapsed or 0.0, task.fields["step"] - task.fields["first"]
        return Text(f"{done / elapsed:.1f} steps/s" if elapsed > 0 and done > 0 else "")


class Bar:
    """A progress bar on a terminal.  ASCII where the console's encoding is not UTF-8 (rich sees to it)."""

    def __init__(self, console: Console, first: int) -> None:
        """Prepare to show a run that begins at step `first`."""
        columns = (TextColumn("step {task.fields[step]}"), BarColumn(), _Rate(), TimeRemainingColumn())
        self._progress = Progress(*columns, TextColumn("{task.fields[text]}"), console=console)
        self._task = self._progress.add_task("train", total=TOTAL, step=first, first=first, text="")

    def __enter__(self) -> Bar:
        """Begin to show."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last state on the screen."""
        self._progress.stop()

    def update(self, fraction: float, *, step: int, text: str) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=fraction * TOTAL, step=step, text=text)

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, markup=False, highlight=False)


class Lines:
    """A line every few seconds, for logs and pipes."""

    def __init__(self, console: Console, first: int) -> None:
        """Prepare to show a run that begins at step `first`."""
        self._console, self._first = console, first
        self._begun = self._last = time.monotonic()
        self._start: float | None = None

    def __enter__(self) -> Lines:
        """Do nothing: there is no screen to prepare."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing."""

    def update(self, fraction: float, *, step: int, text: str) -> None:
        """Print a line if the last one is some seconds old."""
        now = time.monotonic()
        self._start = fraction if self._start is None else self._start
        if now - self._last < LINE_SECONDS:
            return
        self._last, elapsed = now, now - self._begun
        gained = fraction - self._start
        left = f"{elapsed * (1 - fraction) / gained:.0f} s left" if gained > 0 else "?"
        speed = f"{(step - self._first) / elapsed:.1f} steps/s"
        self.say(f"step {step}  {100 * fraction:.0f} %  {speed}  {left}  {text}")

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class Quiet:
    """Shows nothing."""

    def __enter__(self) -> Quiet:
        """Do nothing."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing."""

    def update(self, fraction: float, *, step: int, text: str) -> None:
        """Do nothing."""

    def say(self, text: str) -> None:
        """Do nothing."""


def display(first: int, *, console: Console | None = None) -> Display:
    """Return the display that fits the console (standard error without one)."""
    console = console or Console(stderr=True)
    return Bar(console, first) if console.is_terminal else Lines(console, first)
