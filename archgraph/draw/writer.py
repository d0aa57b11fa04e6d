"""What every picture format offers: one constant `WRITER` in a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archgraph.draw import wishes
from archgraph.draw.scene import Scene


@dataclass(frozen=True)
class Options:
    """How to write.

    `width` in pixels wins over `dpi`; `prefix` goes before each id; `snippet` leaves out what makes a text a
    document of its own; `spec` is the text that the picture was drawn from, kept inside where a format can; `deeper`
    are pictures of the same graph further opened, and `facts` what is known of things by name, for formats that can
    show them when asked.
    """

    width: int | None = None
    dpi: float = 144.0
    transparent: bool = False
    prefix: str = ""
    snippet: bool = False
    spec: str = ""
    deeper: tuple[Scene, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be written, before anything is drawn.

        Raises:
            TypeError: a value of another type than its option has.
            ValueError: a number outside of its limits.
        """
        if self.width is not None:
            wishes.whole("width", self.width, 1, wishes.WIDEST)
        wishes.real("dpi", self.dpi, 1, wishes.DENSEST)
        wishes.flag("transparent", self.transparent)
        wishes.flag("snippet", self.snippet)


class Writer(NamedTuple):
    """A format: the ending of its files and the function that turns a scene into bytes.

    Where a file can hold several pages, `pages` writes them; a scene alone is the first of one.

    Where the format can keep the spec, `extract` takes it out of a file: "" for none, ValueError for a broken file.

    A format that an optional library writes `needs` its module.
    """

    suffix: str
    write: Callable[[Scene, Options], bytes]
    extract: Callable[[bytes], str] | None = None
    pages: Callable[[Sequence[Scene], Options], bytes] | None = None
    needs: str = ""
