"""Symbols: the subset of LaTeX, what is outside it, and what the font lacks."""

from __future__ import annotations

import doctest

import pytest

from archgraph.draw.errors import PictureError
from archgraph.draw.letters import alphabet
from archgraph.draw.letters.alphabet import label_of, styled, symbol_of
from archgraph.draw.letters.maths import UnknownMathsError, drawn
from archgraph.draw.letters.typeface import MissingCharacterError
from archgraph.draw.paths import bounds


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("x", r"\boldsymbol{x}"),
        ("y_tilde", r"\tilde{\boldsymbol{y}}"),
        ("y_hat", r"\hat{\boldsymbol{y}}"),
        ("y_check", r"\check{\boldsymbol{y}}"),
        ("h_x", r"\boldsymbol{h}_{\boldsymbol{x}}"),
        ("mu", r"\boldsymbol{\mu}"),
        ("h_hat_1", r"\hat{\boldsymbol{h}}_{1}"),
        ("h2", r"\boldsymbol{h}_{2}"),
        ("tokens", r"\mathrm{tokens}"),
        ("representation", r"\mathrm{repr.}"),
        ("h_source_target_hidden", r"\boldsymbol{h}_{\mathrm{source}}"),
    ],
)
def test_symbol_follows_from_the_name(name: str, tex: str) -> None:
    assert symbol_of(name) == tex
    assert drawn(tex).path


@pytest.mark.parametrize(("name", "label"), [("enc", "Enc"), ("x_encoder", "X encoder"), ("MLP", "MLP")])
def test_label_follows_from_the_name(name: str, label: str) -> None:
    assert label_of(name) == label


@pytest.mark.parametrize(
    ("character", "style", "wanted"),
    [
        ("h", "italic", "ℎ"),
        ("x", "bold italic", "𝒙"),
        ("C", "italic", "𝐶"),
        ("μ", "bold italic", "𝝁"),
        ("0", "bold italic", "𝟎"),
        ("N", "script", "𝒩"),
        ("R", "double-struck", "ℝ"),
        ("-", "italic", "−"),
        ("=", "italic", "="),
    ],
)
def test_letters_have_the_style_asked_for(character: str, style: str, wanted: str) -> None:
    assert styled(character, style) == wanted


def test_accent_stands_above_its_letter() -> None:
    plain, accented = bounds(drawn(r"\boldsymbol{y}").path), bounds(drawn(r"\tilde{\boldsymbol{y}}").path)
    assert accented[1] < plain[1] - 0.1
    assert accented[3] == plain[3]


def test_accent_of_a_tall_letter_clears_it() -> None:
    tall = drawn(r"\boldsymbol{h}").path
    accent = drawn(r"\hat{\boldsymbol{h}}").path[len(tall) :]
    assert bounds(accent)[3] < bounds(tall)[1]


def test_scripts_stand_beside_and_are_smaller() -> None:
    base, raised, lowered = (bounds(drawn(tex).path) for tex in ("x", "x^x", "x_x"))
    assert raised[1] < base[1]
    assert lowered[3] > base[3]
    assert base[2] < raised[2] < 2 * base[2]


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        (r"\frac{1}{2}", r"unknown command '\\\\frac'"),
        ("{x", "unmatched '{'"),
        ("x}", "unmatched '}'"),
        (r"\tilde", "ends too early"),
        ("x^", "ends too early"),
    ],
)
def test_maths_outside_the_subset_is_quoted(tex: str, message: str) -> None:
    with pytest.raises(UnknownMathsError, match=message):
        drawn(tex)


def test_missing_character_is_named() -> None:
    with pytest.raises(MissingCharacterError, match=r"U\+65E5 \(CJK UNIFIED IDEOGRAPH-65E5\)") as caught:
        drawn("日")
    assert isinstance(caught.value, PictureError)


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    with pytest.raises(PictureError, match="nested too deeply"):
        drawn("{" * 5000)


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(alphabet).failed == 0
