"""Outlines: the exact paths of the notation."""

from __future__ import annotations

import pytest

from archgraph.draw.paths import bounds
from archgraph.draw.shapes import arrow, outline

BOX = (0.0, 0.0, 120.0, 60.0)


def test_bullet_is_the_path_of_the_notation() -> None:
    letters = [letter for letter, _ in outline("bullet", BOX, "right")]
    numbers = [number for _, part in outline("bullet", BOX, "right") for number in part]
    assert "".join(letters) == "MLCCLZ"
    assert numbers == pytest.approx(
        [0, 0, 90, 0, 110.04, 0, 120, 10.02, 120, 30, 120, 49.98, 110.04, 60, 90, 60, 0, 60]
    )


def test_dome_is_the_path_of_the_notation() -> None:
    numbers = [number for _, part in outline("dome", BOX) for number in part]
    assert numbers == pytest.approx([0, 60, 0, 20, 20, 0, 60, 0, 100, 0, 120, 20, 120, 60])


@pytest.mark.parametrize(
    ("direction", "flat"),
    [("right", (0.0, 0.0)), ("left", (120.0, 0.0)), ("down", (0.0, 0.0)), ("up", (0.0, 60.0))],
)
def test_bullet_points_where_it_is_told(direction: str, flat: tuple[float, float]) -> None:
    path = outline("bullet", BOX, direction)
    assert path[0][1] == flat
    assert bounds(path) == BOX


@pytest.mark.parametrize("kind", ["rect", "circle", "dome"])
def test_outlines_fill_their_box(kind: str) -> None:
    assert bounds(outline(kind, (10.0, 20.0, 70.0, 80.0))) == (10.0, 20.0, 70.0, 80.0)


@pytest.mark.parametrize(
    ("direction", "box"),
    [
        ("right", (89.5, 94.75, 100.0, 105.25)),
        ("left", (100.0, 94.75, 110.5, 105.25)),
        ("down", (94.75, 89.5, 105.25, 100.0)),
        ("up", (94.75, 100.0, 105.25, 110.5)),
    ],
)
def test_arrow_head_ends_at_its_tip(direction: str, box: tuple[float, float, float, float]) -> None:
    head = arrow((100.0, 100.0), direction)
    assert bounds(head) == pytest.approx(box)
    assert head[1][1] == (100.0, 100.0)
