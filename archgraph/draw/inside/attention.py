"""What an opened attention consists of: its maps, boxes and circles, in their places, and the wires among them.

Queries stand on the axis, keys and values at their left, from where a context comes. All is in u, the lowest edge at
y = 0 until the frame is set.
"""

from __future__ import annotations

from dataclasses import dataclass

from archgraph.draw.paths import Point

MAP = (0.8, 0.7)
STEP = 1.15
BOX = 0.65
SUM = 21.4 / 60.0
FEED = 0.12
MAPS = 0.42
LABEL = 0.55
GAP = 0.35
_WIDE = STEP + MAP[0] + 0.6

# The ways of wires by their target and its port.
Ways = dict[tuple[str, str], tuple[Point, ...]]
# The cells that a port of the operation feeds, with their ports.
Inlets = dict[str, tuple[tuple[str, str], ...]]

# The maps with what they give, from the axis to the left.
PARTS = (("q", "queries"), ("k", "keys"), ("v", "values"))


@dataclass(frozen=True)
class Cell:
    """A thing inside: `kind` is map (mathematics in a box), box (words in one), product or sum (circles)."""

    id: str
    kind: str
    what: str
    title: str
    said: str
    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y - self.height / 2


@dataclass(frozen=True)
class Opening:
    """What is inside an attention.

    `inlets` names for each port of the operation the cells that it feeds, with their ports; `inner` are the wires from
    cell to cell, with the port of the latter; `outlet` is the cell that gives the output. `dots` are branch dots by the
    cell over them, `fixed` the ways of wires by target and port, `tails` those of what comes from outside at the left.
    `labels` are symbols beside the wires, with the left end of their line.
    """

    cells: tuple[Cell, ...]
    inlets: Inlets
    inner: tuple[tuple[str, str, str], ...]
    outlet: str
    dots: dict[str, Point]
    fixed: Ways
    tails: Ways
    labels: tuple[tuple[str, str, Point], ...]


def column(part: int) -> float:
    """Where the column of queries (0), keys (1) or values (2) stands."""
    return -STEP * part


def learned(path: str, part: int, base: float = MAPS) -> Cell:
    """The map of queries (0), keys (1) or values (2) over a base line."""
    letter, name = PARTS[part]
    tex = rf"\boldsymbol{{W}}_{{{letter}}}"
    return Cell(f"{path}.{letter}", "map", "node", f"map of the {name}", tex, column(part), base + MAP[1] / 2, *MAP)


def wide(id: str, words: str, title: str, low: float) -> Cell:
    """A box over keys and queries."""
    return Cell(id, "box", "predictor", title, words, -STEP / 2, low + BOX / 2, _WIDE, BOX)


def product(path: str, low: float) -> Cell:
    """The circle in which weights meet values."""
    title = "product of values and weights"
    return Cell(f"{path}--read", "product", "hidden", title, "", 0.0, low + SUM / 2, SUM, SUM)


def up(x: float, low: float, high: float) -> tuple[Point, ...]:
    """A wire straight up."""
    return ((x, low), (x, high))


def label(cell: Cell, tex: str, id: str = "") -> tuple[str, str, Point]:
    """The symbol of what a cell gives, at the right of its wire."""
    return f"{id or cell.id}--value", tex, (cell.x, cell.top)
