"""Words and symbols set in points: the scene's text items, measured and fitted."""

from __future__ import annotations

from functools import lru_cache

from archgraph.draw.errors import PictureError
from archgraph.draw.letters import maths, typeface
from archgraph.draw.paths import Box, Path, Point, bounds, moved
from archgraph.draw.scene import Symbol, Words

SMALLEST = 9.0
_CAPITAL = 0.644
_LEADING = 1.1


class TooLongError(PictureError):
    """A label that does not fit its shape even at the smallest type."""


def words(id: str, text: str, start: Point, *, size: float, colour: str) -> Words:
    """A line of words from a point on its baseline."""
    font = typeface.current()
    placed, box = _words(text, font, start, size)
    return Words(id, typeface.line_of(text), box, start, size, colour, placed, font)


# A picture that is drawn again after a change has most of its texts where they were.
@lru_cache(maxsize=512)
def _words(text: str, font: str, start: Point, size: float) -> tuple[Path, Box]:
    """The outline of a line of words, and the box around it; `font` is the one in which words are set now."""
    outline, _ = typeface.words(text)
    placed = moved(outline, start[0], start[1], scale=size)
    return placed, bounds(placed)


def symbol(id: str, tex: str, centre: Point, *, size: float, colour: str) -> Symbol:
    """A symbol whose ink is centred on a point."""
    left, top, right, bottom = bounds(maths.drawn(tex).path)
    start = (centre[0] - (left + right) / 2 * size, centre[1] - (top + bottom) / 2 * size)
    return _set(id, tex, start, size=size, colour=colour)


def symbol_at(id: str, tex: str, start: Point, *, size: float, colour: str) -> Symbol:
    """A symbol from a point on its baseline, as in a line of words."""
    return _set(id, tex, start, size=size, colour=colour)


def _set(id: str, tex: str, start: Point, *, size: float, colour: str) -> Symbol:
    placed, box = _symbol(tex, start, size)
    return Symbol(id, tex, box, size, colour, placed)


@lru_cache(maxsize=512)
def _symbol(tex: str, start: Point, size: float) -> tuple[Path, Box]:
    placed = moved(maths.drawn(tex).path, start[0], start[1], scale=size)
    return placed, bounds(placed)


def fitting(tex: str, room: float, size: float) -> float:
    """The largest size up to `size` at which the ink of a symbol is no wider or higher than `room` points."""
    left, top, right, bottom = bounds(maths.drawn(tex).path)
    return min(size, room / max(right - left, bottom - top, 1e-6))


def rising(tex: str, room: float, size: float) -> float:
    """The largest size up to `size` at which the ink of a symbol rises at most `room` points above its baseline."""
    return min(size, room / max(-bounds(maths.drawn(tex).path)[1], 1e-6))


def block(id: str, text: str, room: Box, *, size: float, colour: str) -> tuple[Words, ...]:
    """Words centred in a box: on one line, else wrapped or smaller, at last cut inside a word.

    Raises:
        TooLongError: the words do not fit at 9 pt.
    """
    across, down = room[2] - room[0], room[3] - room[1]
    trials = [size - step for step in range(int(size - SMALLEST) + 1)]
    for trial, whole in [*((trial, True) for trial in trials), (SMALLEST, False)]:
        lines = wrapped(text if whole else _broken(text, across), across, trial)
        if lines and len(lines) * trial * _LEADING <= down:
            return _stacked(id, lines, room, size=trial, colour=colour)
    raise TooLongError(f"the label {text!r} does not fit its shape at {SMALLEST:g} pt")


def wrapped(text: str, across: float, size: float) -> tuple[str, ...]:
    """Lines of at most `across` points, broken at spaces; () where a single word is too wide."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and typeface.width(longer, size) <= across:
            lines[-1] = longer
        elif typeface.width(word, size) <= across:
            lines.append(word)
        else:
            return ()
    return tuple(lines)


def _broken(text: str, across: float) -> str:
    """The words cut into pieces that fit a line at the smallest type, a hyphen at each cut that has none."""
    pieces: list[str] = []
    for word in text.split():
        piece = ""
        for index, character in enumerate(word):
            more = "" if index == len(word) - 1 else "-"
            if len(piece) > 1 and typeface.width(piece + character + more, SMALLEST) > across:
                pieces.append(piece if piece.endswith("-") else f"{piece}-")
                piece = ""
            piece += character
        pieces.append(piece)
    return " ".join(pieces)


def _stacked(id: str, lines: tuple[str, ...], room: Box, *, size: float, colour: str) -> tuple[Words, ...]:
    middle = ((room[0] + room[2]) / 2, (room[1] + room[3]) / 2)
    first = middle[1] + _CAPITAL * size / 2 - (len(lines) - 1) * size * _LEADING / 2
    return tuple(
        words(
            id if len(lines) == 1 else f"{id}{index + 1}",
            line,
            (middle[0] - typeface.width(line, size) / 2, first + index * size * _LEADING),
            size=size,
            colour=colour,
        )
        for index, line in enumerate(lines)
    )
