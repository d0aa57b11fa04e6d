"""Heat maps: shades by weight, everything on the page, labels that keep clear of each other."""

from __future__ import annotations

import pytest

from archgraph.draw import write
from archgraph.draw.heat import heat, shade
from archgraph.draw.paths import Box
from archgraph.draw.scene import Group, Line, Scene, Shape, Words
from archgraph.draw.theme import THEMES, contrast

ONE = [[[1.0, 0.0], [0.25, 0.75]]]


def square(size: int, heads: int = 1) -> list[list[list[float]]]:
    return [[[1.0 / size] * size for _ in range(size)] for _ in range(heads)]


def cells(scene: Scene) -> dict[str, Shape]:
    found = (item for item in scene.walk() if isinstance(item, Shape))
    return {item.id: item for item in found if item.id.startswith("head") and item.id.count("/") == 2}


def boxes(scene: Scene) -> list[Box]:
    return [item.box for item in scene.walk() if not isinstance(item, (Group, Line))]


def test_cell_is_where_its_query_and_key_are() -> None:
    found = cells(heat(ONE))
    assert sorted(found) == ["head-1/1/1", "head-1/2/1", "head-1/2/2"]
    first, below, beside = (found[id].box for id in sorted(found))
    assert (first[0], first[3]) == (below[0], below[1])
    assert (below[2], below[1]) == (beside[0], beside[1])


@pytest.mark.parametrize("theme", THEMES)
def test_more_weight_is_further_from_the_ground(theme: str) -> None:
    look = THEMES[theme]
    apart = [contrast(shade(weight / 10, look), look.background) for weight in range(11)]
    assert apart == sorted(apart) and len(set(apart)) == 11
    assert apart[0] == 1.0 and apart[-1] >= 4.5


@pytest.mark.parametrize(("size", "heads"), [(1, 1), (7, 1), (12, 8), (60, 12)])
@pytest.mark.parametrize("labelled", [False, True])
def test_everything_is_on_the_page(size: int, heads: int, labelled: bool) -> None:
    words = [f"token{index}" for index in range(size)] if labelled else None
    scene = heat(square(size, heads), queries=words, keys=words)
    assert all(box[0] >= 0 and box[1] >= 0 for box in boxes(scene))
    assert all(box[2] <= scene.width and box[3] <= scene.height for box in boxes(scene))
    assert min(item.size for item in scene.walk() if isinstance(item, Words)) >= 9.0


def test_labels_do_not_meet() -> None:
    words = ["a", "long", "sentence", "of", "several", "words"]
    scene = heat(square(6, 4), queries=words, keys=words)
    labels = [
        item.box for item in scene.walk() if "/query" in item.id or "/key" in item.id or item.id.endswith("/name")
    ]
    assert len(labels) == 4 * (2 * 6 + 1)
    for index, one in enumerate(labels):
        for other in labels[index + 1 :]:
            across = one[0] < other[2] and other[0] < one[2]
            assert not (across and one[1] < other[3] and other[1] < one[3])


def test_keys_stand_level_where_each_fits_over_its_column() -> None:
    scene = heat(square(3), keys=["a", "it", "of"])
    found = [next(item for item in scene.walk() if item.id == f"head-1/key{n}") for n in (1, 2, 3)]
    columns = [next(item for item in scene.walk() if item.id == f"head-1/1/{n}").box for n in (1, 2, 3)]
    for label, column in zip(found, columns, strict=True):
        assert isinstance(label, Words)
        assert column[0] < label.box[0] and label.box[2] < column[2] and label.box[3] < column[1]


def test_keys_are_read_from_below_where_one_is_too_long() -> None:
    scene = heat(square(2), keys=["a wide one indeed", "i"])
    wide, narrow = (next(item for item in scene.walk() if item.id == f"head-1/key{n}") for n in (1, 2))
    assert isinstance(wide, Shape) and isinstance(narrow, Shape)
    assert wide.box[3] - wide.box[1] > 2 * (wide.box[2] - wide.box[0])
    assert wide.box[3] - wide.box[1] > narrow.box[3] - narrow.box[1]


def test_few_heads_fit_a_slide_and_all_rows_are_told() -> None:
    scene = heat(square(7, 4))
    assert (scene.width, scene.height) == (960.0, 540.0)
    names = [item.name for item in heat(ONE, queries=["I", "you"], keys=["a", "b"]).walk() if isinstance(item, Group)]
    assert "I reads a most, 1.00" in names and "you reads b most, 0.75" in names
    assert "query 1 reads nothing" in [item.name for item in heat([[[0.0]]]).walk() if isinstance(item, Group)]


def test_same_weights_give_the_same_bytes() -> None:
    assert write(heat(ONE), "svg") == write(heat(ONE), "svg")


def test_unknown_theme_lists_the_known() -> None:
    with pytest.raises(ValueError, match="unknown theme 'pink'; known are dark"):
        heat(ONE, theme="pink")
