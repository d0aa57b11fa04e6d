"""Axes beside wires: once a source, where there is room, and never on anything."""

from __future__ import annotations

import pytest

from archgraph.draw import draw, write
from archgraph.draw.marks.axes import labelled
from archgraph.draw.scene import Group, Words
from archgraph.draw.theme import THEMES
from tests.draw.audit import audit
from tests.draw.graphs import ALL, TRANSFORMER
from tests.draw.walls import walls

AXES = {"x": "S", "y": "T", "encoder": "S × 256", "enc": "T × 256", "h": "T × 256", "y_tilde": "T × 8000"}


def texts(axes: dict[str, str], depth: int = 0) -> dict[str, str]:
    scene = labelled(draw(TRANSFORMER, depth=depth), axes, THEMES["dark"])
    groups = [item for item in scene.items if isinstance(item, Group) and item.kind == "axes"]
    return {group.id: item.text for group in groups for item in group.items if isinstance(item, Words)}


@pytest.mark.parametrize("depth", [0, 1])
def test_each_source_is_written_once(depth: int) -> None:
    assert texts(AXES, depth) == {f"axes--{name}": text for name, text in AXES.items()}


def test_what_has_no_axes_is_left_out() -> None:
    assert texts({"x": "", "h": "T × 256"}) == {"axes--h": "T × 256"}


def test_what_has_no_room_is_left_out() -> None:
    assert texts({"x": "S × " * 100, "h": "T"}) == {"axes--h": "T"}


@pytest.mark.parametrize("depth", [0, 1])
@pytest.mark.parametrize("name", ALL)
def test_axes_lie_on_nothing(name: str, depth: int) -> None:
    subject = ALL[name]
    axes = dict.fromkeys((*subject.variables, *subject.nodes), "T × 256")
    svg = write(labelled(draw(subject, depth=depth), axes, THEMES["dark"]), "svg")
    assert audit(svg) + walls(svg) == []
