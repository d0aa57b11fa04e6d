"""Columns of a layered plan: the parts of each step, and a lane for each wire that passes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

_MARK = "~"


@dataclass(frozen=True)
class Lanes:
    """Items, which are parts and lanes, by column; `ahead` and `behind` join those of columns side by side."""

    columns: list[list[str]]
    ahead: dict[str, list[str]]
    behind: dict[str, list[str]]
    ranks: dict[str, int]
    reach: dict[str, int]

    @classmethod
    def of(cls, ranks: dict[str, int], forward: list[tuple[str, str]]) -> Lanes:
        """The columns of parts with ranks; every source holds lanes up to the last column that it feeds."""
        columns: list[list[str]] = [[] for _ in range(max(ranks.values(), default=0) + 1)]
        for name, rank in ranks.items():
            columns[rank].append(name)
        reach: dict[str, int] = defaultdict(int)
        for source, target in forward:
            reach[source] = max(reach[source], ranks[target] - 1)
        found = cls(columns, defaultdict(list), defaultdict(list), ranks, reach)
        for source, last in reach.items():
            for rank in range(ranks[source] + 1, last + 1):
                columns[rank].append(_lane(source, rank))
                found._join(found._at(source, rank - 1), _lane(source, rank))
        for source, target in dict.fromkeys(forward):
            found._join(found._at(source, ranks[target] - 1), target)
        return found

    def _join(self, one: str, other: str) -> None:
        self.ahead[one].append(other)
        self.behind[other].append(one)

    def _at(self, source: str, rank: int) -> str:
        return source if rank == self.ranks[source] else _lane(source, rank)

    def source(self, item: str) -> str:
        """The part whose wires an item holds."""
        return item.partition(_MARK)[0]

    def lane(self, item: str) -> bool:
        """Whether an item is a lane."""
        return _MARK in item

    def holder(self, source: str, target: str) -> str:
        """The item in the column before a target that holds the wires of its source; "" for a wire against the flow."""
        return self._at(source, self.ranks[target] - 1) if self.ranks[source] < self.ranks[target] else ""

    def chain(self, source: str, target: str) -> list[str]:
        """The items that a wire passes, its source first."""
        return [self._at(source, rank) for rank in range(self.ranks[source], self.ranks[target])]

    def arranged(self, columns: list[list[str]]) -> Lanes:
        """The same with the items of each column in another order."""
        return replace(self, columns=columns)


def _lane(source: str, rank: int) -> str:
    return f"{source}{_MARK}{rank}"
