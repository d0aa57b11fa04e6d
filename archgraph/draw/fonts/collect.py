"""Collect the outlines of the characters that pictures mostly hold, so that few pictures need to read a whole font.

python -m archgraph.draw.fonts.collect            # writes outlines.json beside this file
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from archgraph.draw.errors import PictureError
from archgraph.draw.letters.typeface import QUOTES, SYMBOLS, WORDS, load, read_glyph, read_kern

TABLE = Path(__file__).with_name("outlines.json")
# Of Carlito, what Latin text holds; of the mathematics font, letters in italics and bold italics, digits and signs.
RANGES = {
    WORDS: (range(0x20, 0x7F), range(0xA0, 0x100), (0xD7, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026)),
    SYMBOLS: (
        range(0x20, 0x7F),
        range(0x1D434, 0x1D49C),
        range(0x1D6E2, 0x1D756),
        range(0x300, 0x310),
        (0x2016, 0x210E, 0x2190, 0x2191, 0x2192, 0x2193, 0x2208, 0x2209, 0x2211, 0x2212, 0x2218, 0x221A, 0x221E),
        (0x2229, 0x222A, 0x223C, 0x2264, 0x2299, 0x22A4, 0x230A, 0x230B),
    ),
}
KERNED = (*range(0x20, 0x7F), *map(ord, QUOTES))


def table() -> str:
    """The table as it should be: advances and outlines by character, and pairs that stand closer or wider."""
    found = {
        font: {
            "unit": load(font).info.layout.unitsperem,
            "glyphs": dict(_glyphs(font)),
            "kerns": dict(_kerns(font)),
        }
        for font in RANGES
    }
    return json.dumps(found, ensure_ascii=True, separators=(",", ":"), sort_keys=True) + "\n"


def _glyphs(font: str) -> Iterator[tuple[str, str]]:
    """Each outline as a text of its own, read only where the character is drawn."""
    for part in RANGES[font]:
        for code in part:
            try:
                yield chr(code), json.dumps(read_glyph(chr(code), font), separators=(",", ":"))
            except PictureError:
                continue  # not every place of a range has a letter


def _kerns(font: str) -> Iterator[tuple[str, float]]:
    if font != WORDS:
        return  # symbols are set one by one
    for first in map(chr, KERNED):
        advance, _ = read_glyph(first, font)
        for second in map(chr, KERNED):
            width = read_kern(first, second, font)
            if width != advance:
                yield first + second, width


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8", newline="\n")
