"""What the user is told: diagnostics with a code, a position, a cause, a hint and sometimes a fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from archgraph.core.source import Span


@dataclass(frozen=True)
class Fault:
    """A kind of fault: its stable code, its name in a few words, and the page that `explain` shows.

    `bad` and `good` are whole specs; the test suite proves that the first raises the code and the second does not.
    """

    code: str
    title: str
    story: str = field(default="", repr=False)
    bad: str = field(default="", repr=False)
    good: str = field(default="", repr=False)
    role: bool = False
    warning: bool = False


class Edit(NamedTuple):
    """A replacement of a stretch of the source that mends a fault for certain."""

    span: Span
    text: str


class Note(NamedTuple):
    """A second place that belongs to a diagnostic."""

    message: str
    span: Span


class Diagnostic(NamedTuple):
    """One fault at one place; as text it is what the command line tells."""

    fault: Fault
    message: str
    span: Span
    hint: str = ""
    notes: tuple[Note, ...] = ()
    fixes: tuple[Edit, ...] = ()
    severity: str = "error"
    trail: tuple[str, ...] = ()
    way: tuple[str, ...] = ()  # the variables and nodes of the top body that it leads through, for the picture

    @property
    def code(self) -> str:
        """The stable code, such as AG010."""
        return self.fault.code

    @property
    def file(self) -> str:
        """The name of the source, such as a path."""
        return self.span.source.name

    @property
    def line(self) -> int:
        """The line that it is about, from 1."""
        return self.span.line

    @property
    def column(self) -> int:
        """The column at which that begins, from 1."""
        return self.span.column

    @property
    def key(self) -> tuple[str, int, str, str]:
        """The order of diagnostics: by file, then position."""
        return (self.file, self.span.start, self.code, self.message)

    def __str__(self) -> str:
        """Position, code and message, the line with a caret, the trail, notes and hint."""
        lines = [f"{_head(self.span)}: {self.severity}[{self.code}]: {self.message}", *_excerpt(self.span)]
        lines += [f"    {step}" for step in self.trail]
        for note in self.notes:
            lines += [f"  {_head(note.span)}: {note.message}", *_excerpt(note.span)]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The diagnostic as plain values, for `--format json`."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
            **_place(self.span),
            "trail": list(self.trail),
            "notes": [{"message": note.message, **_place(note.span)} for note in self.notes],
            "fixes": [{"text": edit.text, **_place(edit.span)} for edit in self.fixes],
        }


def _place(span: Span) -> dict[str, Any]:
    end_line, end_column = span.source.position(span.stop)
    return {
        "file": span.source.name,
        "line": span.line,
        "column": span.column,
        "end_line": end_line,
        "end_column": end_column,
    }


class SpecError(Exception):
    """A spec that has errors; `diagnostics` holds them, sorted by position."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda item: item.key))
        super().__init__("\n".join(map(str, self.diagnostics)))


class Stop(Exception):
    """Raised by a collector where nothing useful can follow, after the diagnostic was added."""


@dataclass
class Collector:
    """Gathers diagnostics through the phases, each fault of one place once, and the files that were looked for."""

    items: list[Diagnostic] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    allowed: frozenset[str] = frozenset()
    _seen: set[tuple[str, int, str, str]] = field(default_factory=set)

    def add(self, fault: Fault, message: str, span: Span, **more: Any) -> None:
        """Record a fault; one that the spec allows, and may allow, becomes a warning."""
        mild = fault.warning or (fault.role and fault.code in self.allowed)
        item = Diagnostic(fault, printable(message), span, severity="warning" if mild else "error", **more)
        if item.key not in self._seen:
            self._seen.add(item.key)
            self.items.append(item)

    def stop(self, fault: Fault, message: str, span: Span, **more: Any) -> Stop:
        """Record a fault and return the exception that ends the phase."""
        self.add(fault, message, span, **more)
        return Stop(message)

    @property
    def failed(self) -> bool:
        """Whether an error, not only warnings, was recorded."""
        return any(item.severity == "error" for item in self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self.items, key=lambda item: item.key))


def printable(text: str) -> str:
    """A text that quotes a spec, with what does not show, or would steer a terminal, written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _head(span: Span) -> str:
    return f"{span.source.name}:{span.line}:{span.column}"


def _excerpt(span: Span, width: int = 100) -> list[str]:
    if not span.source.text:
        return []
    text = "".join(c if c.isprintable() else " " for c in span.source.line(span.line))
    column = span.column - 1
    left = max(0, column - width // 2) if len(text) > width else 0
    shown = text[left : left + width]
    carets = max(1, min(span.stop - span.start, len(shown) - (column - left)))
    return [f"    {shown}".rstrip(), "    " + " " * (column - left) + "^" * carets]
