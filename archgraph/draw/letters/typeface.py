"""Glyphs as outlines: words and symbols are drawn as paths, so that a picture looks the same everywhere."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from archgraph.draw.errors import PictureError
from archgraph.draw.paths import Path, Segment, moved

if TYPE_CHECKING:
    from ziafont.font import Font

FOLDER = File(__file__).parents[1] / "fonts"
# Quotation marks, whose pairs with letters are in the table as those of ASCII are.
QUOTES = "‘’“”"
WORDS = "Carlito-Regular.ttf"
SYMBOLS = "latinmodern-math.otf"
_BREAKS = re.compile(r"\s*[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


# The font for words of the picture that is being drawn: a file in the fonts folder, or the path of another.
_LETTERED: ContextVar[str] = ContextVar("lettered", default=WORDS)


class FontError(PictureError):
    """A file that is no font, or none that can be read; the message names it."""


class MissingCharacterError(PictureError):
    """A character that the font cannot draw; the message names it."""

    def __init__(self, character: str, font: str) -> None:
        """Say which character is missing from which font file."""
        name = unicodedata.name(character, "unnamed")
        super().__init__(f"the font {font} has no character U+{ord(character):04X} ({name})")
        self.character = character


@cache
def load(font: str) -> Font:
    """The font of a file in the fonts folder, or at a path of its own."""
    from ziafont.font import Font

    path = FOLDER / font
    try:
        return Font(str(path if path.exists() else font))
    except Exception as fault:  # the library meets what is no font with whatever its bytes lead to
        raise FontError(f"'{font}' is no TrueType or OpenType font that can be read") from fault


@contextmanager
def lettered(font: str) -> Iterator[None]:
    """Set words in the font of a file meanwhile, "" for our own.

    Raises:
        FontError: the file is no font that can be read.
    """
    path = str(File(font).resolve()) if font else WORDS
    if font:
        load(path)
    token = _LETTERED.set(path)
    try:
        yield
    finally:
        _LETTERED.reset(token)


def current() -> str:
    """The path of the font that words are set in, "" for our own."""
    font = _LETTERED.get()
    return "" if font == WORDS else font


def family(font: str) -> str:
    """What office programs call the font of a file."""
    names = load(font).info.names
    return str(names.family or names.name or File(font).stem)


@cache
def _table() -> dict[str, dict[str, Any]]:
    """The outlines that were collected beforehand: reading a whole font takes longer than drawing a picture."""
    try:
        text = (FOLDER / "outlines.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


@cache
def glyph(character: str, font: str) -> tuple[Path, float]:
    """The outline of a character in em, y down, baseline at 0, and its advance width in em.

    Raises:
        MissingCharacterError: the font has no glyph for it.
    """
    known = _table().get(font, {})
    found = known["glyphs"].get(character) if known else None
    advance, segments = json.loads(found) if found else read_glyph(character, font)
    unit = float(known["unit"] if found else load(font).info.layout.unitsperem)
    return tuple((letter, tuple(number / unit for number in numbers)) for letter, numbers in segments), advance / unit


def read_glyph(character: str, font: str) -> tuple[float, Path]:
    """The advance width and the outline of a character in the font's own units; raises MissingCharacterError."""
    face = load(font)
    if not face.glyphindex(character):
        raise MissingCharacterError(character, font)
    drawn = face.glyph(character)
    return drawn.advance(), _outline(drawn.operators)


def _outline(operators: object) -> Path:
    segments: list[Segment] = []
    for operator in operators:  # type: ignore[attr-defined]
        corners, _ = operator.points()
        letter = {"Moveto": "M", "Lineto": "L", "Quad": "Q", "Cubic": "C"}[type(operator).__name__]
        if letter == "M" and segments:
            segments.append(("Z", ()))
        numbers = tuple(value for corner in corners for value in (corner.x, -corner.y))
        segments.append((letter, numbers))
    return (*segments, ("Z", ())) if segments else ()


@cache
def _kern(first: str, second: str, font: str) -> float:
    """The advance width in em of a character before another one."""
    known = _table().get(font, {})
    common = all(character.isascii() or character in QUOTES for character in (first, second))
    plain = known and common and {first, second} <= known["glyphs"].keys()
    if not plain:
        return read_kern(first, second, font) / float(load(font).info.layout.unitsperem)
    pair = known["kerns"].get(first + second)
    return glyph(first, font)[1] if pair is None else float(pair) / float(known["unit"])


def read_kern(first: str, second: str, font: str) -> float:
    """The advance width of a character before another one, in the font's own units."""
    face = load(font)
    return float(face.advance(face.glyphindex(first), face.glyphindex(second)))


def line_of(text: str) -> str:
    r"""The text as one line, in composed characters: breaks and tabs, which no font draws, read as spaces.

    >>> line_of("two\nlines")
    'two lines'
    """
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", text))


def words(text: str) -> tuple[Path, float]:
    """The outline of a line of text in em, baseline at y 0, starting at x 0, and its width in em.

    Raises:
        MissingCharacterError: the font has no glyph for one of its characters.
    """
    return _words(text, _LETTERED.get())


@lru_cache(maxsize=4096)
def _words(text: str, font: str) -> tuple[Path, float]:
    text = line_of(text)
    pen = 0.0
    segments: list[Segment] = []
    for index, character in enumerate(text):
        outline, advance = glyph(character, font)
        segments.extend(moved(outline, pen, 0.0))
        following = text[index + 1 : index + 2]
        if following:
            glyph(following, font)
        pen += _kern(character, following, font) if following else advance
    return tuple(segments), pen


def width(text: str, size: float) -> float:
    """The width in points of a line of words at a size in points."""
    return words(text)[1] * size


def usual_width(text: str, size: float) -> float:
    """The width in points of a line of words in our own font: what is placed by it stands there in any font."""
    return _words(text, WORDS)[1] * size
