"""Outlines that were collected beforehand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archgraph.draw import writer_of
from archgraph.draw.fonts.collect import TABLE, table
from archgraph.draw.letters import typeface


def test_the_table_is_what_the_fonts_hold() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


def test_a_character_of_the_table_is_that_of_the_font(monkeypatch: pytest.MonkeyPatch) -> None:
    before = typeface.words("AVATAR, Té-to"), typeface.glyph("𝝁", typeface.SYMBOLS)
    for cached in (typeface._words, typeface.glyph, typeface._kern, typeface._table):
        cached.cache_clear()
    monkeypatch.setattr(typeface, "_table", dict)
    assert before == (typeface.words("AVATAR, Té-to"), typeface.glyph("𝝁", typeface.SYMBOLS))
    typeface._words.cache_clear(), typeface.glyph.cache_clear(), typeface._kern.cache_clear()


def test_an_svg_reads_no_font_and_imports_no_other_writer(tmp_path: Path) -> None:
    program = (
        "import sys; from archgraph.compiler import render; render('specs/story/transformer.yaml', sys.argv[1]);"
        "assert not {'ziafont', 'archgraph.draw.writers.pptx', 'networkx', 'torch'} & sys.modules.keys()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.svg")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_writer_is_found_by_its_ending() -> None:
    assert writer_of(".SVG") is writer_of("svg") is not None
    assert writer_of("tex") is not None and writer_of("scene") is None and writer_of("foo") is None
