"""Words and symbols as TeX that any LaTeX sets, with nothing in it but what this file writes."""

from __future__ import annotations

import re

from archgraph.draw.letters.alphabet import ACCENTS, COMMANDS, GREEK, STYLES

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    # The sign of that name is an accent without its letter, and stands high.
    "~": r"$\sim$",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\symbol{34}",
    "×": r"\texttimes{}",
    "→": r"$\rightarrow$",
    "−": "$-$",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "…": r"\dots{}",
    # Braces keep TeX from joining two of these into one sign.
    "-": "{-}",
    "`": r"\textasciigrave{}",
    "'": "{'}",
    ",": "{,}",
    "!": "{!}",
    "?": "{?}",
}
# Letters of Latin-1 that LaTeX's oldest encoding lacks.
_ABSENT = "ÐÞðþ÷"
_SYMBOL = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_NAMES = {"bm": "boldsymbol", "text": "mathrm"}
# Greek letters that look like Latin ones have no commands of their own.
_LATIN = dict(
    zip(
        "Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi omicron Upsilon".split(),  # noqa: SIM905
        [*"ABEZHIKMNOPTX", "o", r"\Upsilon "],
        strict=True,
    )
)
_PLAIN = re.compile(r"[A-Za-z0-9+=()\[\]/.:;*@<>|-]")
_LETTERS = {letter: name for name, letter in COMMANDS.items() if name.lower() in GREEK}


def escape(text: str) -> str | None:
    """Words as TeX, None where they hold a character that not every LaTeX can set."""
    found = [_word(character) for character in text]
    return None if None in found else "".join(map(str, found))


def _word(character: str) -> str | None:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if " " <= character <= "~" or ("À" <= character <= "ÿ" and character not in _ABSENT):
        return character
    return None


def maths(tex: str) -> str | None:
    """A symbol of our subset of LaTeX as LaTeX itself wants it, every argument in braces; None as in `escape`."""
    reader = _Reader([token for token in _SYMBOL.findall(tex) if not token.isspace()])
    try:
        return reader.row()
    except _UnsettableError:
        return None


class _UnsettableError(Exception):
    """A character that not every LaTeX can set."""


class _Reader:
    """The reader of `maths.py` once more, writing each piece again in place of drawing it."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens[::-1]

    def row(self) -> str:
        """Atoms side by side, up to a closing brace or the end."""
        parts = []
        while self.tokens and self.tokens[-1] != "}":
            parts.append(self.scripted())
        return "".join(parts)

    def scripted(self) -> str:
        """An atom with its sub- and superscripts."""
        found, last = self.atom(), ""
        while self.tokens and self.tokens[-1] in "_^":
            mark = self.tokens.pop()
            # An empty base between two marks of a kind, which TeX would refuse.
            found += f"{'{}' if mark in last else ''}{mark}{self.argument()}"
            last += mark
        return f"{{{found}}}" if len(last) > 1 else found

    def atom(self) -> str:
        """One token, a group in braces, or a command with its argument."""
        token = self.tokens.pop()
        if token == "{":
            inner = self.row()
            self.tokens.pop()
            return f"{{{inner}}}"
        name = token[1:]
        if token.startswith("\\") and (name in STYLES or name in ACCENTS or name == "sqrt"):
            return f"\\{_NAMES.get(name, name)}{self.argument()}"
        return _character(token)

    def argument(self) -> str:
        """An atom in braces, once."""
        return self.atom() if self.tokens[-1] == "{" else f"{{{self.atom()}}}"


def _character(token: str) -> str:
    name = token[1:]
    if token.startswith("\\"):
        return _LATIN.get(name) or (f"\\{name} " if name.isalpha() else token)
    if token in _LETTERS:
        return _character(f"\\{_LETTERS[token]}")
    if _PLAIN.fullmatch(token):
        return token
    word = _word(token)
    if word is None:
        raise _UnsettableError(token)
    return f"\\mbox{{{word}}}"
