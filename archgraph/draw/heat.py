"""Heat maps of attention: a square of cells for each head, a row for each query, a column for each key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from archgraph.draw import shapes
from archgraph.draw.letters import lettering, typeface
from archgraph.draw.marks.heading import LEFT, TITLE_SIZE
from archgraph.draw.paths import Box, Path, Point, bounds, moved
from archgraph.draw.scene import Group, Item, Scene, Shape, Style
from archgraph.draw.theme import THEMES, Theme

Matrix = Sequence[Sequence[float]]

_ACROSS = 4
_ROOM = 840.0
_HEIGHT = 540.0
_FOOT = 60.0
_TITLE = 105.0
_TOP = 150.0
_GAP = 42.0
_CAPTION = 18.0
_LARGEST = 40.0
_SMALLEST = 5.0
# Cells are no smaller than this for the sake of the height of a slide.
_LEGIBLE = 16.0
_STEPS = 11
# Cells with less than this cannot be told from the ground, and are left out.
_FAINT = 1 / 256
# Shades go with the square root of weights, so that small ones are told apart on a dark ground too.
_GAMMA = 0.5
_LABEL = 0.72


@dataclass(frozen=True)
class _Map:
    """What all heads have in common: their sizes in points, and the labels beside them."""

    cell: float
    rows: int
    columns: int
    queries: tuple[str, ...]
    keys: tuple[str, ...]
    theme: Theme

    @property
    def size(self) -> float:
        """The size of labels."""
        return max(lettering.SMALLEST, min(18.0, self.cell * _LABEL))

    @property
    def left(self) -> float:
        """What the labels of queries take."""
        return max((typeface.width(label, self.size) for label in self.queries), default=-8.0) + 8.0

    @property
    def top(self) -> float:
        """What the name of a head and the labels of keys take."""
        if self.level:
            return _CAPTION + 10.0 + self.size + 8.0
        return _CAPTION + 10.0 + max((typeface.width(label, self.size) for label in self.keys), default=-8.0) + 8.0

    @property
    def level(self) -> bool:
        """Whether the labels of keys stand level, since each fits over its column."""
        widest = max((typeface.width(label, self.size) for label in self.keys), default=self.cell)
        return widest < self.cell - 4.0

    @property
    def width(self) -> float:
        """Of one head."""
        return self.left + self.cell * self.columns

    @property
    def height(self) -> float:
        """Of one head."""
        return self.top + self.cell * self.rows


def heat(
    heads: Sequence[Matrix],
    *,
    queries: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    title: str = "Attention",
    theme: str = "dark",
) -> Scene:
    """A page of heat maps, one for each head, from no weight in the colour of the ground to all in that of attention.

    Args:
        heads: weights between 0 and 1 by head, query and key.
        queries: a label for each row.
        keys: a label for each column.
        title: what to write over them; "" for nothing.
        theme: one of `THEMES`.

    Raises:
        ValueError: an unknown theme.
    """
    if theme not in THEMES:
        raise ValueError(f"unknown theme {theme!r}; known are {', '.join(THEMES)}")
    look = THEMES[theme]
    across = min(len(heads), _ACROSS)
    plan = _fitted(heads, tuple(queries or ()), tuple(keys or ()), look)
    items: list[Item] = list(_titled(title, look))
    top = _TOP if title else _GAP
    for number, head in enumerate(heads):
        x = LEFT + number % across * (plan.width + _GAP)
        y = top + number // across * (plan.height + _GAP)
        items.append(_head(head, number + 1, (x, y), plan))
    width = max(960.0, float(ceil(2 * LEFT + across * (plan.width + _GAP) - _GAP)))
    low = top + ceil(len(heads) / across) * (plan.height + _GAP)
    items.append(_scale((LEFT + plan.left, low), look))
    said = f"{title}: weights of attention of {len(heads)} heads, {plan.rows} queries and {plan.columns} keys."
    return Scene(
        width, max(_HEIGHT, float(ceil(low + _FOOT))), look.background, title or "Attention", said, tuple(items)
    )


def _fitted(heads: Sequence[Matrix], queries: tuple[str, ...], keys: tuple[str, ...], theme: Theme) -> _Map:
    """Cells as large as a slide allows, so that all labels have room."""
    rows, columns = len(heads[0]), len(heads[0][0])
    across, down = min(len(heads), _ACROSS), ceil(len(heads) / _ACROSS)
    cell = _LARGEST
    while cell > _SMALLEST:
        plan = _Map(cell, rows, columns, queries, keys, theme)
        low = _TOP + down * (plan.height + _GAP) + _FOOT <= _HEIGHT or cell <= _LEGIBLE
        if low and across * (plan.width + _GAP) - _GAP <= _ROOM:
            break
        cell -= 0.5
    least = lettering.SMALLEST / _LABEL if queries or keys else _SMALLEST
    return _Map(max(cell, least), rows, columns, queries, keys, theme)


def _titled(title: str, theme: Theme) -> tuple[Group, ...]:
    if not title:
        return ()
    size = min(TITLE_SIZE, TITLE_SIZE * _ROOM / max(typeface.width(title, TITLE_SIZE), 1.0))
    line = lettering.words(
        "title--/words", title, (LEFT, _TITLE), size=max(lettering.SMALLEST, size), colour=theme.text
    )
    return (Group("title--", title, "title", (line,)),)


def _head(weights: Matrix, number: int, corner: Point, plan: _Map) -> Group:
    """The map of one head."""
    id, name = f"head-{number}", f"head {number}"
    left, top = corner[0] + plan.left, corner[1] + plan.top
    start = (left, corner[1] + _CAPTION)
    caption = lettering.words(f"{id}/name", name, start, size=_CAPTION, colour=plan.theme.text)
    box = (left, top, left + plan.cell * plan.columns, top + plan.cell * plan.rows)
    edge = Style(plan.theme.text, shapes.WIRE / 2, name="plate")
    frame = Shape(f"{id}/shape", "rect", box, edge, shapes.rectangle(box))
    rows = tuple(_row(row, index, (left, top), id, plan) for index, row in enumerate(weights))
    return Group(id, name, "heat", (*_labels(id, (left, top), plan), *rows, frame, caption))


def _row(weights: Sequence[float], index: int, corner: Point, id: str, plan: _Map) -> Group:
    """The cells of one query."""
    theme, cell = plan.theme, plan.cell
    y = corner[1] + index * cell
    cells = []
    for column, weight in enumerate(weights):
        if weight < _FAINT:
            continue
        x = corner[0] + column * cell
        box = (x, y, x + cell, y + cell)
        style = Style(fill=shade(weight, theme))
        cells.append(Shape(f"{id}/{index + 1}/{column + 1}", "rect", box, style, shapes.rectangle(box)))
    asks = plan.queries[index] if plan.queries else f"query {index + 1}"
    most = max(range(len(weights)), key=weights.__getitem__)
    reads = plan.keys[most] if plan.keys else f"key {most + 1}"
    name = f"{asks} reads {reads} most, {weights[most]:.2f}" if weights[most] > 0 else f"{asks} reads nothing"
    return Group(f"{id}-{index + 1}", name, "heat", tuple(cells))


def _labels(id: str, corner: Point, plan: _Map) -> tuple[Item, ...]:
    """Queries at the left of their rows, keys over their columns, upright where they do not fit else."""
    size, colour = plan.size, plan.theme.text
    found: list[Item] = []
    for index, label in enumerate(plan.queries):
        x = corner[0] - 8.0 - typeface.width(label, size)
        y = corner[1] + (index + 0.5) * plan.cell + 0.3 * size
        found.append(lettering.words(f"{id}/query{index + 1}", label, (x, y), size=size, colour=colour))
    for index, label in enumerate(plan.keys):
        if plan.level:
            x = corner[0] + (index + 0.5) * plan.cell - typeface.width(label, size) / 2
            start = (x, corner[1] - 8.0)
            found.append(lettering.words(f"{id}/key{index + 1}", label, start, size=size, colour=colour))
            continue
        x = corner[0] + (index + 0.5) * plan.cell + 0.3 * size
        outline = _upright(label, (x, corner[1] - 8.0), size)
        found.append(Shape(f"{id}/key{index + 1}", "path", bounds(outline), Style(fill=colour), outline))
    return tuple(found)


def _upright(label: str, start: Point, size: float) -> Path:
    """The outline of a line of words that is read from below."""
    outline, _ = typeface.words(label)
    turned: Path = tuple((letter, _turned(numbers)) for letter, numbers in outline)
    return moved(turned, start[0], start[1], scale=size)


def _turned(numbers: tuple[float, ...]) -> tuple[float, ...]:
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return tuple(value for x, y in pairs for value in (y, -x))


def _scale(corner: Point, theme: Theme) -> Group:
    """What the shades stand for."""
    steps: list[Item] = []
    for step in range(_STEPS):
        x = corner[0] + 14.0 + step * 12.0
        box: Box = (x, corner[1], x + 12.0, corner[1] + 12.0)
        style = Style(fill=shade(step / (_STEPS - 1), theme))
        steps.append(Shape(f"scale--/{step}", "rect", box, style, shapes.rectangle(box)))
    for text, x in (("0", corner[0]), ("1", corner[0] + 20.0 + _STEPS * 12.0)):
        start = (x, corner[1] + 11.0)
        steps.append(lettering.words(f"scale--/{text}", text, start, size=14.0, colour=theme.text))
    left = corner[0] + 14.0
    box = (left, corner[1], left + _STEPS * 12.0, corner[1] + 12.0)
    steps.append(Shape("scale--/shape", "rect", box, Style(theme.text, shapes.WIRE / 2), shapes.rectangle(box)))
    return Group("scale--", "the shades of weights from 0 to 1", "heat", tuple(steps))


def shade(weight: float, theme: Theme) -> str:
    """The colour of a weight between 0 and 1."""
    ends = (theme.background, theme.stroke("predictor"))
    low, high = ([int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in ends)
    part = min(max(weight, 0.0), 1.0) ** _GAMMA
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(low, high, strict=True))
