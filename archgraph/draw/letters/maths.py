r"""Symbols: a small subset of LaTeX drawn with the glyphs of Latin Modern Math.

Known are letters and digits, Greek by name, `\tilde \hat \check \bar \dot \vec`, scripts, braces, `\sqrt`
and `\boldsymbol \mathbf \mathrm \mathit \mathcal \mathbb`. Letters outside a style command are italic, as in
LaTeX.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from archgraph.draw.errors import PictureError
from archgraph.draw.letters.alphabet import ACCENTS, COMMANDS, STYLES, styled
from archgraph.draw.letters.typeface import SYMBOLS, glyph
from archgraph.draw.paths import Path, bounds, moved

# Of the font's MATH table: heights of scripts and accents in em, and the size of scripts.
_RAISE = 0.363
_LOWER = 0.247
_SCRIPT = 0.7
_ACCENT_BASE = 0.45
_SLANT = 0.04
_DEEPEST = 40
# How far the sign of a root hangs below the line in the font, and how thick its bar is.
_RADICAL, _BAR = 0.77, 0.04

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)


class UnknownMathsError(PictureError):
    """Mathematics outside the subset; the message quotes what is not known."""


class Drawn(NamedTuple):
    """Ink in em, baseline at 0, and where the pen stands after it."""

    path: Path
    pen: float


@lru_cache(maxsize=2048)
def drawn(tex: str) -> Drawn:
    """The outline of a piece of LaTeX.

    Raises:
        UnknownMathsError: a command outside the subset, or braces that do not match.
        MissingCharacterError: the font has no such glyph.
    """
    reader = _Reader(tuple(token for token in _TOKEN.findall(tex) if not token.isspace()), tex)
    result = reader.row("italic")
    if reader.left():
        raise UnknownMathsError(f"unmatched '}}' in {tex!r}")
    return result


class _Reader:
    """A recursive descent over the tokens of one formula."""

    def __init__(self, tokens: tuple[str, ...], tex: str) -> None:
        self.tokens = tokens
        self.tex = tex
        self.at = 0
        self.depth = 0

    def left(self) -> bool:
        """Whether tokens are left."""
        return self.at < len(self.tokens)

    def peek(self) -> str:
        """The next token, "" at the end."""
        return self.tokens[self.at] if self.left() else ""

    def take(self) -> str:
        """Take the next token."""
        token = self.peek()
        if not token:
            raise UnknownMathsError(f"{self.tex!r} ends too early")
        self.at += 1
        return token

    def row(self, style: str) -> Drawn:
        """Atoms side by side, up to a closing brace or the end."""
        path: Path = ()
        pen = 0.0
        while self.left() and self.peek() != "}":
            part = self.scripted(style)
            path += moved(part.path, pen, 0.0)
            pen += part.pen
        return Drawn(path, pen)

    def scripted(self, style: str) -> Drawn:
        """One atom with what is raised and lowered beside it."""
        base = self.atom(style)
        path, pen = base.path, base.pen
        while self.peek() in ("_", "^"):
            shift, gap = (_LOWER, -0.02) if self.take() == "_" else (-_RAISE, 0.03)
            script = self.atom(style)
            path += moved(script.path, base.pen + gap, shift, scale=_SCRIPT)
            pen = max(pen, base.pen + gap + script.pen * _SCRIPT)
        return Drawn(path, pen)

    def atom(self, style: str) -> Drawn:
        """A group, a command with its argument, or one character."""
        token = self.take()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnknownMathsError(f"{self.tex[:20]!r}… is nested too deeply")
        result = self.nested(token, style)
        self.depth -= 1
        return result

    def nested(self, token: str, style: str) -> Drawn:
        """What a token starts."""
        if token == "{":
            inside = self.row(style)
            if not self.left():
                raise UnknownMathsError(f"unmatched '{{' in {self.tex!r}")
            self.take()
            return inside
        if token[1:] in STYLES:
            return self.atom(STYLES[token[1:]])
        if token == r"\sqrt":
            return _rooted(self.atom(style))
        if token[1:] in ACCENTS:
            return _accented(self.atom(style), ACCENTS[token[1:]])
        return _character(self.character(token), style)

    def character(self, token: str) -> str:
        """The character that a token stands for."""
        if token.startswith("\\") and token[1:] not in COMMANDS:
            raise UnknownMathsError(f"unknown command {token!r} in {self.tex!r}")
        return COMMANDS[token[1:]] if token.startswith("\\") else token


def _character(character: str, style: str) -> Drawn:
    path, advance = glyph(styled(character, style), SYMBOLS)
    return Drawn(path, advance)


def _rooted(inside: Drawn) -> Drawn:
    """A radical, whose bar goes on over what is inside."""
    found, advance = glyph("√", SYMBOLS)
    sign = moved(found, 0.0, -_RADICAL)
    _, top, right, _ = bounds(sign)
    end = advance + inside.pen
    bar: Path = (
        ("M", (right, top)),
        ("L", (end, top)),
        ("L", (end, top + _BAR)),
        ("L", (right, top + _BAR)),
        ("Z", ()),
    )
    return Drawn(sign + bar + moved(inside.path, advance, 0.0), end)


def _accented(base: Drawn, accent: str) -> Drawn:
    mark, _ = glyph(accent, SYMBOLS)
    left, top, right, _ = bounds(base.path)
    over, _, end, _ = bounds(mark)
    across = (left + right) / 2 + _SLANT - (over + end) / 2
    return Drawn(base.path + moved(mark, across, min(0.0, top + _ACCENT_BASE)), base.pen)
