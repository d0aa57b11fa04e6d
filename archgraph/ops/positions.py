"""Positions added to a sequence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.core.dims import Dim
from archgraph.core.lags import POINTWISE
from archgraph.graph.notation import Grid, waves
from archgraph.graph.operation import (
    Count,
    Flow,
    Index,
    Mismatch,
    Operation,
    Parameter,
    Positive,
    Site,
    Types,
    need_sequence,
)
from archgraph.graph.types import TensorType


class Positions(Operation):
    """Add to each position what tells it from the others: a learned vector, or sines and cosines.

    `columns` lays the sequence out as a grid, row by row, and half of the features tell the column, half the row;
    `scaled` counts both from 1 and lets the last be at 2 pi, so that grids of all sizes look alike.
    `order: halves` puts all sines in front of all cosines. The first position reads row `offset` of the table.
    """

    name: ClassVar[str] = "positions"
    summary: ClassVar[str] = "add learned or sinusoidal positions to a sequence, along a line or over a grid"
    reference: ClassVar[str] = (
        "Vaswani et al. 2017, section 3.5; grid: He et al. 2022 (MAE), A.1; scaled: Carion et al. 2020"
    )
    example: ClassVar[str] = "positions: {kind: learned, length: 512}"
    obvious: ClassVar[str] = "kind"
    words: ClassVar[str] = "Positions"
    meanings: ClassVar[Mapping[str, str]] = {
        "kind": "learned vectors, or sines and cosines",
        "length": "rows of the table",
        "offset": "the row that the first position reads",
        "theta": "the longest wavelength over two pi",
        "order": "sines and cosines in turns, or all sines first",
        "columns": "of the grid that the sequence is laid out in; a line unless said",
        "first": "which half of the features comes first, that of the column or of the row",
        "scaled": "whether the last column and the last row are at 2 pi",
    }

    kind: Literal["learned", "sinusoidal"] = "sinusoidal"
    length: Count = 4096
    offset: Index = 0
    theta: Positive = 10000.0
    order: Literal["turns", "halves"] = "turns"
    columns: Count | None = None
    first: Literal["column", "row"] = "column"
    scaled: bool = False

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to itself."""
        x = given["in"][0]
        length, width = need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(
                f"'positions' takes a sequence [T, features], and gets {x}",
                hint="rearrange in front, as in 'c h w -> (h w) c' where the width is a number",
            )
        self._rows(length, x)
        self._grid(length)
        if self.kind == "learned" and self.columns is not None:
            raise Mismatch(
                "learned positions have a vector each, and no columns", hint="remove columns", field="columns"
            )
        if self.columns is not None and width.constant is not None and width.constant % 4:
            raise Mismatch(
                f"{width} features do not part into sines and cosines of column and row",
                hint=f"let the width be {width.constant // 4 * 4 + 4}, or remove columns",
                field="columns",
            )
        return {"out": x}

    def _rows(self, length: Dim, x: TensorType) -> None:
        if length.constant is not None and length.constant + self.offset > self.length:
            raise Mismatch(
                f"{x} has {length} positions from row {self.offset} on, and the table {self.length} rows",
                hint=f"write length: {length.constant + self.offset}",
                field="length",
            )

    def _grid(self, length: Dim) -> None:
        field = "scaled" if self.scaled else "first"
        if self.columns is None and (self.scaled or self.first == "row"):
            raise Mismatch(f"'{field}' speaks of a grid", hint=f"say its columns, or remove {field}", field=field)
        if self.scaled and (length.constant != self.length or self.offset or self.length % (self.columns or 1)):
            raise Mismatch(
                f"scaled places fill a grid, and {length} positions from row {self.offset} on do not fill "
                f"one of {self.length} with {self.columns} columns",
                hint="write as 'length' how many positions there are, a multiple of 'columns', or remove scaled",
                field="scaled",
            )

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """Each number by itself."""
        return {("in", "out"): Flow(tuple((POINTWISE, index) for index in range(len(given["in"][0].axes))))}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        options = [f"{site.types['in'][0].features}", f"{self.length}"]
        options += [f"offset={self.offset}"] * bool(self.offset)
        if self.kind == "learned":
            return f"{site.use('positions.PositionTable')}({', '.join(options)})"
        options += [f"theta={self.theta!r}"] * (self.theta != 10000.0)
        options += ["halves=True"] * (self.order == "halves")
        options += [f"columns={self.columns}"] * (self.columns is not None)
        options += ["rows_first=True"] * (self.first == "row") + ["scaled=True"] * self.scaled
        return f"{site.use('positions.PositionWaves')}({', '.join(options)})"

    def emit(self, site: Site) -> str:
        """The call of the module."""
        return site.call(site.given())

    def remembers(self, given: Types) -> bool:
        """The place of a step."""
        return True

    def longest(self) -> int | None:
        """The rows of the table from the first position on."""
        return self.length - self.offset

    def step(self, site: Site, state: str) -> str:
        """The next positions, at their places."""
        return site.call(site.given(), site.first())

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The table, if it is learned."""
        table = Parameter("table", (Dim.number(self.length), given["in"][0].features))
        return (table,) if self.kind == "learned" else ()

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The table added."""
        if self.kind == "learned":
            return ("<in> + [P]",)
        grid = (
            Grid(self.columns, self.length // self.columns, self.first == "row", self.scaled) if self.columns else None
        )
        return (*waves(self.theta, halves=self.order == "halves", grid=grid), r"<in> + \boldsymbol{P}")


OPERATION = Positions
