from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw
from archgraph.draw.marks.heading import ink
from archgraph.draw.scene import Group, Scene

SPECS = Path(__file__).parents[2] / "specs"


def legend(scene: Scene) -> list[tuple[float, float, float, float]]:
    """The boxes of the lines of legend, in their order."""
    return ink(tuple(item for item in scene.items if isinstance(item, Group) and item.kind == "legend"))


def test_a_long_legend_stands_in_columns_over_a_wide_picture() -> None:
    scene = draw(program(SPECS / "models" / "detr.yaml").graph)
    boxes = legend(scene)
    starts = sorted({round(box[0] / 20) for box in boxes})
    assert (len(boxes), len(starts)) == (9, 3)
    # In the order of reading: down a column, then the next.
    assert [box[0] for box in boxes] == pytest.approx(sorted(box[0] for box in boxes), abs=12.0)


@pytest.mark.parametrize("name", ["transformer", "denoising_autoencoder", "variational_autoencoder"])
def test_a_legend_beside_its_picture_is_one_column(name: str) -> None:
    boxes = legend(draw(program(SPECS / "story" / f"{name}.yaml").graph))
    assert max(box[0] for box in boxes) - min(box[0] for box in boxes) < 12.0
