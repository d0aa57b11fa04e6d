"""Where things stand in a file: sources, spans and the located tree that the reader returns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Union

from archgraph.core.dims import Dim


@dataclass(frozen=True)
class Source:
    """A text under a name; positions are counted in characters from 0."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for index, character in enumerate(self.text):
            if character == "\n":
                starts.append(index + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of a character offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number`, counted from 1, without its end."""
        start = self._starts[number - 1]
        stop = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:stop].rstrip("\r\n")


class Span(NamedTuple):
    """A stretch `start` up to `stop` of a source, in characters."""

    source: Source
    start: int
    stop: int

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        """The slice of the source."""
        return self.source.text[self.start : self.stop]

    def part(self, start: int, stop: int) -> Span:
        """The span of `text[start:stop]`, for positions inside a scalar."""
        return Span(self.source, self.start + start, min(self.start + stop, max(self.stop, self.start + start)))


class Scalar(NamedTuple):
    """A leaf of the tree: its value, how it was written, and whether in quotes."""

    value: str | int | float | bool | Dim | None  # a Dim only where arithmetic over an `auto` param was worked out
    span: Span
    quoted: bool = False


@dataclass(frozen=True)
class Sequence:
    """A list of the tree; `flow` says whether it stood in brackets."""

    items: tuple[Tree, ...]
    span: Span
    flow: bool = False


class Entry(NamedTuple):
    """One key with its value."""

    key: Scalar
    value: Tree

    @property
    def name(self) -> str:
        """The key as text; the reader lets no other kind through."""
        return str(self.key.value)


@dataclass(frozen=True)
class Mapping:
    """A mapping of the tree, in the order of the file; its keys are unique."""

    entries: tuple[Entry, ...]
    span: Span
    flow: bool = False

    @cached_property
    def _index(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in self.entries}

    def find(self, name: str) -> Entry | None:
        """The entry under `name`, or None."""
        return self._index.get(name)

    def get(self, name: str) -> Tree | None:
        """The value under `name`, or None."""
        entry = self._index.get(name)
        return entry.value if entry else None


Tree = Union[Scalar, Sequence, Mapping]


class Comment(NamedTuple):
    """A comment of the source, kept for tools that write specs back."""

    text: str
    span: Span


class Document(NamedTuple):
    """A read file: its tree, its comments and its source."""

    root: Mapping
    comments: tuple[Comment, ...]
    source: Source


def plain(tree: Tree) -> object:
    """The tree as plain Python values, positions dropped."""
    if isinstance(tree, Scalar):
        return tree.value
    if isinstance(tree, Sequence):
        return [plain(item) for item in tree.items]
    return {entry.name: plain(entry.value) for entry in tree.entries}
