"""Themes: contrast, and kinds that can be told apart without seeing colour as most do."""

from __future__ import annotations

from itertools import combinations

import pytest

from archgraph.draw.theme import THEMES, contrast

# Machado, Oliveira and Fernandes (2009), severity 1.
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.01182, 0.04294, 0.968881),
)
PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
VARIABLES = ("input", "target", "prediction", "hidden", "latent", "contrastive", "parameter")
MODULES = ("encoder", "predictor", "decoder", "sampler", "corruption", "node")
Matrix = tuple[tuple[float, float, float], ...]


def lab(colour: str, matrix: Matrix) -> tuple[float, float, float]:
    """CIE Lab of a colour as someone with the deficiency sees it."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    r, g, b = (min(1.0, max(0.0, sum(m * v for m, v in zip(row, linear, strict=True)))) for row in matrix)
    x, y, z = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, matrix: Matrix) -> float:
    pairs = zip(lab(one, matrix), lab(other, matrix), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("name", THEMES)
def test_strokes_and_symbols_read_on_the_ground(name: str) -> None:
    theme = THEMES[name]
    for what, colour in {**theme.strokes, "text": theme.text, "wire": theme.wire}.items():
        assert contrast(colour, theme.background) >= 4.5, what


@pytest.mark.parametrize("name", THEMES)
def test_observed_symbols_read_on_their_fill(name: str) -> None:
    theme = THEMES[name]
    assert all(contrast(theme.stroke(kind), theme.fill) >= 4.5 for kind in ("input", "target"))


@pytest.mark.parametrize("matrix", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
@pytest.mark.parametrize("kinds", [VARIABLES, ("encoder", "predictor", "decoder", "sampler", "node")])
def test_colourblind_theme_keeps_kinds_apart(kinds: tuple[str, ...], matrix: Matrix) -> None:
    theme = THEMES["colourblind"]
    for one, other in combinations(kinds, 2):
        assert distance(theme.stroke(one), theme.stroke(other), matrix) > 12, (one, other)


@pytest.mark.parametrize("kinds", [VARIABLES, MODULES])
def test_print_theme_tells_kinds_apart_without_colour(kinds: tuple[str, ...]) -> None:
    theme = THEMES["print"]
    looks = [(theme.dash(kind), theme.weight(kind), kind in ("input", "target")) for kind in kinds]
    assert len(set(looks)) == len(kinds)


def test_dark_palette_is_that_of_the_notation() -> None:
    theme = THEMES["dark"]
    wanted = {"input": "#fccde5", "target": "#80b1d3", "prediction": "#bc80bd", "hidden": "#b3de69"}
    assert {kind: theme.stroke(kind) for kind in wanted} == wanted


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
