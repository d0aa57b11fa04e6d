"""Themes: contrast, and kinds that can be told apart without seeing colour as most do."""

from __future__ import annotations

import xml.etree.ElementTree as Tree
from collections import defaultdict
from itertools import combinations

import pytest

from archgraph.draw import draw, write
from archgraph.draw.theme import THEMES, contrast
from archgraph.graph.module import Graph
from tests.draw.graphs import ALL

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
IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
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


OBJECTIVES = ("cost", "regulariser", "loss")


def test_print_theme_tells_objectives_apart_without_colour() -> None:
    theme = THEMES["print"]
    assert len({(theme.dash(kind), theme.weight(kind)) for kind in OBJECTIVES}) == len(OBJECTIVES)


def test_print_theme_is_grey() -> None:
    theme = THEMES["print"]
    for colour in (*theme.strokes.values(), theme.text, theme.wire, theme.fill, theme.background):
        assert colour[1:3] == colour[3:5] == colour[5:7], colour


@pytest.mark.parametrize("name", THEMES)
def test_every_kind_has_its_stroke_in_every_theme(name: str) -> None:
    assert set(THEMES[name].strokes) == set(THEMES["dark"].strokes)


@pytest.mark.parametrize("subject", ALL.values(), ids=ALL)
def test_written_picture_for_print_keeps_kinds_of_one_shape_apart(subject: Graph) -> None:
    """Read back from the file: outlines of different kinds differ in shape, fill, width or dash."""
    kinds = {**{name: v.kind for name, v in subject.variables.items()}, **{n: v.role for n, v in subject.nodes.items()}}
    looks: dict[tuple[str | None, ...], set[str]] = defaultdict(set)
    for group in Tree.fromstring(write(draw(subject, theme="print"), "svg")):
        outline = next((each for each in group if each.get("data-shape")), None)
        if outline is not None and kinds.get(group.get("id", "")):
            look = tuple(outline.get(key) for key in ("fill", "stroke-width", "stroke-dasharray"))
            # A module may be a bullet or a dome, whatever its role.
            shape = str(outline.get("data-shape")).replace("bullet", "dome")
            looks[(shape, *look)].add(kinds[group.attrib["id"]])
    assert {look: found for look, found in looks.items() if len(found) > 1} == {}


@pytest.mark.parametrize("matrix", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
def test_simulation_leaves_grey_as_it_is_and_brings_red_and_green_together(matrix: Matrix) -> None:
    seen, plain = lab("#808080", matrix), lab("#808080", IDENTITY)
    assert seen == pytest.approx(plain, abs=1.0)
    assert distance("#b02020", "#606000", matrix) < 0.5 * distance("#b02020", "#606000", IDENTITY)


def test_dark_palette_is_that_of_the_notation() -> None:
    theme = THEMES["dark"]
    wanted = {"input": "#fccde5", "target": "#80b1d3", "prediction": "#bc80bd", "hidden": "#b3de69"}
    assert {kind: theme.stroke(kind) for kind in wanted} == wanted


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
