"""Numbers, names and tables of positions as the equations of operations write them, in TeX."""

from __future__ import annotations

import re
from typing import NamedTuple

from archgraph.core.dims import Dim


def decimal(value: float) -> str:
    """A number in few digits, a small or large one by a power of ten.

    >>> decimal(0.1), decimal(1 - 0.1), decimal(1e-05)
    ('0.1', '0.9', '10^{-5}')
    """
    digits, _, power = f"{value:.6g}".partition("e")
    if not power:
        return digits
    factor = "" if digits == "1" else rf"{digits}{{\times}}"
    return rf"{factor}10^{{{int(power)}}}"


def sized(value: int | Dim) -> str:
    r"""A size: a number, or the names in it upright.

    >>> sized(8), sized(Dim.name("vocab"))
    ('8', '\\mathrm{vocab}')
    """
    return re.sub(r"[A-Za-z_]\w*", lambda found: named(found[0]), f"{value}")


def named(name: str) -> str:
    r"""A name of an axis or a size: one letter as in mathematics, a word upright.

    >>> named("T"), named("n_heads")
    ('T', '\\mathrm{n\\_heads}')
    """
    return name if len(name) == 1 else rf"\mathrm{{{name}}}".replace("_", r"\_")


class Grid(NamedTuple):
    """A grid of places, numbered row by row: which half tells the row, and whether the last places are at 2 pi."""

    columns: int
    rows: int
    rows_first: bool = False
    scaled: bool = False

    @property
    def halves(self) -> str:
        """The column and the row of the place t, as they enter the waves w, in their order."""
        column, row = rf"t \mathrm{{mod}} {self.columns}", rf"{{\lfloor}}t/{self.columns}{{\rfloor}}"
        if self.scaled:
            column = rf"2 \pi ( 1 + {column} ) / {self.columns}"
            row = rf"2 \pi ( 1 + {row} ) / {self.rows}"
        parts = (row, column) if self.rows_first else (column, row)
        return "[ " + " ; ".join(rf"\boldsymbol{{w}} ( {part} )" for part in parts) + " ]"


def waves(theta: float = 10000.0, *, halves: bool = False, grid: Grid | None = None) -> tuple[str, ...]:
    """The lines of a table of sines and cosines of the place t, counted from 0 (Vaswani et al. 2017, section 3.5).

    Args:
        theta: the longest wavelength over two pi.
        halves: whether all sines stand before all cosines, n / 2 rows each.
        grid: that the places are laid out in, None for a line.
    """
    table, place = (r"\boldsymbol{w}", "t") if grid else (r"\boldsymbol{P}", "t")
    sine, cosine = ("i", "i+n/2") if halves else ("2i", "2i+1")
    rows = (("sin", sine), ("cos", cosine))
    angle = rf"{place} / {decimal(theta)}^{{2i/n}}"
    if not grid:
        return tuple(rf"{table}_{{{row},t}} = \mathrm{{{wave}}} ( {angle} )" for wave, row in rows)
    lines = (rf"{table}_{{{row}}} ( t ) = \mathrm{{{wave}}} ( {angle} )" for wave, row in rows)
    return (*lines, rf"\boldsymbol{{P}}_{{t}} = {grid.halves}")
