"""What a check found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archgraph.compiler.notebook import listed, picture
from archgraph.core.diagnostic import Diagnostic
from archgraph.graph.program import Program


@dataclass(frozen=True)
class Report:
    """What `check` found: diagnostics sorted by position, and the program where there is one.

    It iterates over the diagnostics; its truth is `ok`; as text it is what `archgraph check` tells. `files` are those
    that the spec consists of, found or not.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    program: Program | None = field(default=None, repr=False)
    files: tuple[Path, ...] = field(default=(), repr=False)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __len__(self) -> int:
        return len(self.diagnostics)

    def __bool__(self) -> bool:
        return self.ok

    @property
    def ok(self) -> bool:
        """Whether the spec has no errors; warnings do not count."""
        return not any(item.severity == "error" for item in self.diagnostics)

    def _repr_svg_(self) -> str | None:
        return picture(self.program).svg if self.program else None

    def _repr_html_(self) -> str | None:
        return None if self.program else listed(self.diagnostics)

    def __str__(self) -> str:
        """The diagnostics as the command line shows them, and the verdict."""
        return "\n".join([*map(str, self.diagnostics), self.verdict])

    @property
    def verdict(self) -> str:
        """In a few words, such as "fine: language model" or "2 errors, 1 warning"."""
        counts = [_count(sum(item.severity == kind for item in self), kind) for kind in ("error", "warning")]
        told = ", ".join(count for count in counts if count)
        return f"fine: {self.classification}" + (f" ({told})" if told else "") if self.ok else told

    @property
    def classification(self) -> str:
        """What the graph is, such as "language model"; "" where there are errors."""
        return self.program.classification if self.program else ""


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number > 1)}" if number else ""
