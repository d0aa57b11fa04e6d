"""How a picture is to look: everything a user may choose besides the format."""

from __future__ import annotations

from typing import NamedTuple

from archgraph.draw import wishes
from archgraph.draw.errors import PictureError
from archgraph.draw.theme import THEMES

DEPTHS = (0, 1, 2, 3)
USES = ("train", "generate")
DIRECTIONS = ("right", "up", "left", "down")


class Look(NamedTuple):
    """What to show of a graph, and how.

    `title`: in place of the graph's own, "" for none. `legend`: whether labelled variables get a line each. `depth`: 0
    shows the roles, 1 the blocks inside them, 2 every operation, 3 what is inside attention. `use`: train, or generate,
    where predictions are fed back. `unroll`: over how many steps, 0 for not at all. `direction`: where data flows in
    layers, "" for the plan's own. `highlight`: the name whose way is shown, or a path as `y -> enc -> predictor`.
    `font`: the file of a font for words, "" for our own.
    """

    theme: str = "dark"
    title: str | None = None
    legend: bool = True
    depth: int = 0
    use: str = "train"
    unroll: int = 0
    direction: str = ""
    highlight: str = ""
    font: str = ""

    def check(self) -> None:
        """Refuse what there is not.

        Raises:
            TypeError: a value of another type than its option has.
            ValueError: an unknown theme, depth, use or direction, or too many steps.
            PictureError: two wishes that cannot both be met.
        """
        _known("theme", self.theme, tuple(THEMES))
        _known("depth", self.depth, DEPTHS)
        self._typed()
        _known("use", self.use, USES)
        _known("direction", self.direction or DIRECTIONS[0], DIRECTIONS)
        if self.depth and self.unroll:
            raise PictureError("a picture unrolled over time shows the roles: depth 0")
        if self.depth and self.direction not in ("", "up"):
            raise PictureError("what is inside modules flows up; a direction is for depth 0")

    def _typed(self) -> None:
        wishes.text("title", "" if self.title is None else self.title)
        wishes.flag("legend", self.legend)
        wishes.whole("depth", self.depth, DEPTHS[0], DEPTHS[-1])
        wishes.whole("unroll", self.unroll, 0, wishes.LONGEST)
        wishes.text("highlight", self.highlight)
        wishes.file("font", self.font)


def _known(what: str, value: object, known: tuple[object, ...]) -> None:
    if value not in known:
        raise ValueError(f"unknown {what} {value!r}; known are {', '.join(map(str, known))}")
