"""Which character of the font stands for which letter in which style, and how a name becomes a symbol."""

from __future__ import annotations

import re
import unicodedata

GREEK = tuple(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho
    sigma tau upsilon phi chi psi omega""".split()  # noqa: SIM905
)
_GREEK_LETTERS = dict(zip(GREEK, "αβγδεζηθικλμνξοπρστυφχψω", strict=True))

COMMANDS: dict[str, str] = {
    **_GREEK_LETTERS,
    **{name.capitalize(): letter.upper() for name, letter in _GREEK_LETTERS.items()},
    "cdot": "·",
    "infty": "∞",
    "ell": "ℓ",
    "prime": "′",
    "ast": "∗",
    "star": "⋆",
    "top": "⊤",
    "partial": "∂",
    "nabla": "∇",
    "pm": "±",
    "times": "×",
    "ldots": "…",
    "theta": "θ",
    "lVert": "‖",
    "rVert": "‖",
    "odot": "⊙",
    "circ": "∘",
    "leq": "≤",
    "sum": "∑",
    "sim": "∼",
    "in": "∈",
    "notin": "∉",
    "cap": "∩",
    "cup": "∪",
    "to": "→",
    "rightarrow": "→",
    "leftarrow": "←",
    "uparrow": "↑",
    "downarrow": "↓",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "{": "{",
    "}": "}",
    "_": "_",
    "%": "%",
    "&": "&",
    "#": "#",
    "$": "$",
}

ACCENTS = {
    "tilde": "\u0303",
    "hat": "\u0302",
    "check": "\u030c",
    "bar": "\u0304",
    "dot": "\u0307",
    "vec": "\u20d7",
    "breve": "\u0306",
}

STYLES = {
    "boldsymbol": "bold italic",
    "bm": "bold italic",
    "mathbf": "bold",
    "mathit": "italic",
    "mathrm": "upright",
    "text": "upright",
    "mathcal": "script",
    "mathbb": "double-struck",
}

# How many letters of a name a circle holds; longer words are abbreviated.
_LONGEST = 6

_LATIN = {
    "bold italic": "MATHEMATICAL BOLD ITALIC",
    "italic": "MATHEMATICAL ITALIC",
    "bold": "MATHEMATICAL BOLD",
    "script": "MATHEMATICAL SCRIPT",
    "double-struck": "MATHEMATICAL DOUBLE-STRUCK",
}

# Letters that Unicode had before it gave each style a block of its own.
_OLDER = {
    ("italic", "h"): "ℎ",
    **{("script", letter): glyph for letter, glyph in zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)},
    **{("double-struck", letter): glyph for letter, glyph in zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)},
}


def styled(character: str, style: str) -> str:
    """The character that draws a letter or digit in a style; what has no such form is itself."""
    if character == "-":
        return "−"
    if (style, character) in _OLDER:
        return _OLDER[style, character]
    name = unicodedata.name(character, "")
    match = re.fullmatch(r"(?:LATIN|GREEK) (CAPITAL|SMALL) LETTER (\w+)|DIGIT (\w+)", name)
    if match is None or style not in _LATIN:
        return character
    case, letter, digit = match.groups()
    block = _LATIN["bold"] if digit and style == "bold italic" else _LATIN[style]
    wanted = f"{block} DIGIT {digit}" if digit else f"{block} {case} {letter}"
    try:
        return unicodedata.lookup(wanted)
    except KeyError:
        return character


def symbol_of(name: str, *, style: str = "boldsymbol") -> str:
    r"""The LaTeX that a name stands for.

    >>> symbol_of("y_tilde")
    '\\tilde{\\boldsymbol{y}}'
    >>> symbol_of("h_x")
    '\\boldsymbol{h}_{\\boldsymbol{x}}'
    >>> symbol_of("mu2")
    '\\boldsymbol{\\mu}_{2}'
    """
    head, *rest = name.split("_")
    letters, digits = re.fullmatch(r"(.*?)(\d*)", head, re.DOTALL).groups()  # type: ignore[union-attr]
    if not letters:
        letters, digits = head, ""
    accents = [part for part in rest if part in ACCENTS]
    below = _short(([digits] if digits else []) + [part for part in rest if part not in ACCENTS and part])
    tex = _letters(letters, style)
    for accent in accents:
        tex = f"\\{accent}{{{tex}}}"
    return f"{tex}_{{{','.join(_letters(part, style) for part in below)}}}" if below else tex


def _short(parts: list[str]) -> list[str]:
    """The first of some subscripts, as many as stay legible inside a circle."""
    kept: list[str] = []
    for part in parts:
        if kept and sum(map(len, kept)) + len(part) > _LONGEST:
            break
        kept.append(part)
    return kept


def _letters(part: str, style: str) -> str:
    """One letter or a Greek name in the style; a word upright, abbreviated if long; digits as they are."""
    if part.isdigit():
        return part
    if part in COMMANDS and part.lower() in GREEK:
        return f"\\{style}{{\\{part}}}" if style else f"\\{part}"
    if len(part) > _LONGEST:
        part = f"{part[:4]}."
    if len(part) > 1:
        return f"\\mathrm{{{part}}}"
    return f"\\{style}{{{part}}}" if style else part


def label_of(name: str) -> str:
    """The words that a name stands for.

    >>> label_of("cross_encoder")
    'Cross encoder'
    """
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
