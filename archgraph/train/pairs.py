"""Rows of tab-separated text: a column for each observed variable, inputs first, then targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from archgraph.train.batch import Batch, pad_rows
from archgraph.train.codec import Codec
from archgraph.train.errors import TrainError
from archgraph.train.field import Field
from archgraph.train.order import batches


@dataclass(frozen=True)
class Row:
    """One line of the file: its number from 1, and its columns as text."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """Encoded rows of one split.

    Attributes:
        fields: the variable of each column.
        rows: for each row the ids of each column.
    """

    fields: tuple[Field, ...]
    rows: tuple[tuple[tuple[int, ...], ...], ...]

    def plan(self, size: int, *, seed: int, epoch: int) -> list[list[int]]:
        """Return batches of rows, those of like length together."""
        return batches([sum(map(len, row)) for row in self.rows], size, seed=seed, epoch=epoch)

    def batch(self, items: Sequence[int]) -> Batch:
        """Return the rows as padded tensors."""
        values: dict[str, Tensor] = {}
        weight = 0
        for column, field in enumerate(self.fields):
            cells = [self.rows[i][column] for i in items]
            values[field.name] = encoded(field, cells)
            weight += sum(map(len, cells)) if field.kind == "target" else 0
        return Batch(values, weight=max(weight, 1))


def encoded(field: Field, cells: Sequence[Sequence[int]]) -> Tensor:
    """Return encoded cells as a tensor: `(B,)` for a class, padded `(B, T)` for tokens."""
    if field.element == "class":
        return torch.tensor([cell[0] for cell in cells], dtype=torch.int64)
    return pad_rows(cells, field.pad if isinstance(field.pad, int) else None, field.length)


def encode_cell(field: Field, codec: Codec, text: str) -> tuple[int, ...]:
    """Return the ids of one cell, with `stop` at its end where the variable has one.

    Raises:
        TrainError: a symbol is not in the vocabulary.
    """
    ids = codec.encode(text)
    return (*ids, field.stop) if field.stop is not None and field.element == "tokens" else tuple(ids)


def read_rows(text: str, *, name: str, columns: int) -> list[Row]:
    """Return the rows of a file, empty lines left out.

    Raises:
        TrainError: a line has another number of columns, a column is empty, or there is no row.
    """
    rows: list[Row] = []
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        cells = tuple(cell.strip() for cell in content.split("\t"))
        if len(cells) != columns:
            counted = f"{len(cells)} column{'s' * (len(cells) != 1)}"
            fact = f"{name}:{line}: {counted} where the spec has {columns} observed variables"
            raise TrainError(fact, "separate the columns by single tabs, inputs first")
        if not all(cells):
            raise TrainError(f"{name}:{line}: column {cells.index('') + 1} is empty", "fill it, or drop the line")
        rows.append(Row(line, cells))
    if not rows:
        raise TrainError(f"{name}: no rows", "give one sample a line, its columns separated by tabs")
    return rows


@dataclass(frozen=True)
class Encoding:
    """How the rows of one file become ids: its name, the columns, their codecs, the longest row."""

    name: str
    fields: tuple[Field, ...]
    codecs: Mapping[str, Codec]
    max_length: int

    def encode(self, rows: Sequence[Row]) -> Pairs:
        """Return the rows as ids.

        Raises:
            TrainError: a symbol has no id, a row is too long, or rows differ in length without `pad`.
        """
        done = tuple(self._row(row) for row in rows)
        for column, field in enumerate(self.fields):
            lengths = {len(row[column]) for row in done}
            if field.element == "tokens" and not isinstance(field.pad, int) and len(lengths) > 1:
                span = f"{min(lengths)} to {max(lengths)}"
                fact = f"{self.name}: {field.name} has rows of {span} symbols and no pad"
                raise TrainError(fact, f"add `pad: 0` to {field.name} in the spec")
        return Pairs(self.fields, done)

    def _row(self, row: Row) -> tuple[tuple[int, ...], ...]:
        done = []
        for field, cell in zip(self.fields, row.cells, strict=True):
            try:
                ids = encode_cell(field, self.codecs[field.name], cell)
            except TrainError as fault:
                raise TrainError(f"{self.name}:{row.line}: {field.name}: {fault.message}", fault.hint) from fault
            self._fits(field, ids, f"{self.name}:{row.line}: {field.name} has {len(ids)} symbols")
            done.append(ids)
        return tuple(done)

    def _fits(self, field: Field, ids: Sequence[int], told: str) -> None:
        """Raise TrainError where a row has too many symbols, or too few and nothing to pad it with."""
        if len(ids) > self.max_length:
            raise TrainError(f"{told}, the limit is {self.max_length}", "raise --max-length, or shorten the row")
        if field.length is None or len(ids) == field.length:
            return
        if len(ids) > field.length:
            raise TrainError(f"{told}, the spec has {field.length} positions", "shorten the row, or change the spec")
        if not isinstance(field.pad, int):
            fact = f"{told}, the spec has {field.length} positions and no pad"
            raise TrainError(fact, f"add `pad: 0` to {field.name} in the spec, or lengthen the row")
