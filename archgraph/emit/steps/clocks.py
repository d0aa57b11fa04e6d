"""The positions that statements of `step` are about: those that are predicted, some behind them, some ahead.

A call predicts n positions from `first` on. What stands behind has fewer of them in the first call, what is ahead, or
has something in front of it, more: as many as let it keep its distance from then on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from archgraph.core.dims import Dim
from archgraph.emit.scope import INDENT, Scope
from archgraph.emit.steps.flows import NONE, Clock


@dataclass
class Clocks:
    """The clocks of one method: what they are called, and the lines in front that define them."""

    scope: Scope
    target: str
    heads: dict[Dim, tuple[str, str]] = field(default_factory=dict)  # by how far ahead: how many, and where they begin
    lines: list[tuple[str, str]] = field(default_factory=list)  # each with what it defines
    settled: int = 1  # from which place on all shapes are the same
    guard: str = ""  # what the statements that are written depend on: whether there are any positions
    sizes: dict[str, str] = field(default_factory=dict)  # of the axes that stand in front, as expressions of `step`

    def at(self, behind: int, front: Dim = NONE) -> Clock:
        """The positions that stand so far behind, on an axis with so much in front; statements about them come next."""
        ahead = front - behind
        count, begin = self.head(ahead)
        late = ahead.constant is not None and ahead.constant < 0
        self.depend(count if late else "")
        return Clock(behind, count, begin, front)

    def depend(self, guard: str) -> None:
        """Let what is written next run only where there is something."""
        if guard == self.guard:
            return
        self.scope.depth -= bool(self.guard)
        if guard:
            self.scope.write(f"if {guard}:")
            self.scope.depth += 1
        self.guard = guard

    def head(self, ahead: Dim) -> tuple[str, str]:
        """How many positions there are, and the place of the first."""
        if ahead not in self.heads:
            self.heads[ahead] = self._define(ahead)
        return self.heads[ahead]

    def _define(self, ahead: Dim) -> tuple[str, str]:
        new, steps, size = self.scope.names.new, f"{self.target}.shape[1]", ahead.constant
        if size == 0:
            return steps, "first"
        if size == -1:
            self._line("read", f"read, place = ({self.target}, first - 1) if later else ({self.target}[:, 1:], 0)")
            return "read.shape[1]", "place"
        count, begin = new("count"), new("place")
        if size is not None and size < 0:
            self.settled = max(self.settled, -size)
            self._line(begin, f"{begin} = first - {-size} if isinstance(first, Tensor) else max(first - {-size}, 0)")
            shorter = f"max(first + {steps} - {-size}, 0) - {begin}"
            self._line(count, f"{count} = {steps} if isinstance(first, Tensor) else {shorter}")
        else:
            more = self.size(ahead)
            self._line(count, f"{count} = {steps} if later else {steps} + {more}")
            self._line(begin, f"{begin} = first + {more} if later else 0")
        return count, begin

    def _line(self, name: str, text: str) -> None:
        self.lines.append((name, INDENT * 2 + text))

    def used(self, lines: list[str]) -> list[str]:
        """The definitions that some lines need, in front of them."""
        first = ("later", f"{INDENT * 2}later = isinstance(first, Tensor) or first > 0")
        for name, line in (*reversed(self.lines), first):
            if any(re.search(rf"\b{name}\b", each) for each in lines):
                lines = [line, *lines]
        return lines

    def size(self, size: Dim) -> str:
        """A number of positions, of which axes in front may be a part."""
        return written(size, self.sizes)


def written(size: Dim, known: Mapping[str, str]) -> str:
    """A number of positions as an expression; `known` are those of axes."""
    parts = []
    for atoms, value in size.terms:
        factors = [known[str(atom)] for atom in atoms]
        parts.append(" * ".join([f"{value}"] * (value != 1 or not atoms) + factors))
    return " + ".join(parts) if parts else "0"
