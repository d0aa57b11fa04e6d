"""Axes beside wires: once a source, where there is room, and never on anything."""

from __future__ import annotations

import xml.etree.ElementTree as Tree
from pathlib import Path

import pytest

import archgraph
from archgraph.draw import draw, write
from archgraph.draw.marks.axes import labelled
from archgraph.draw.scene import Group, Words
from archgraph.draw.theme import THEMES
from tests.draw.audit import SVG, audit
from tests.draw.graphs import ALL, TRANSFORMER
from tests.draw.walls import walls

SPEC = Path(__file__).parents[3] / "specs" / "story" / "transformer.yaml"
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


def test_unrolled_picture_has_the_axes_of_one_step(tmp_path: Path) -> None:
    archgraph.render(SPEC, tmp_path / "unrolled.svg", shapes=True, unroll=3)
    groups = Tree.parse(tmp_path / "unrolled.svg").iter(f"{SVG}g")
    found = {group.attrib["id"]: group.attrib["aria-label"] for group in groups if group.get("data-kind") == "axes"}
    assert found["axes--h--1"] == "axes of h--1: 256"
    assert found["axes--encoder"] == "axes of encoder: S × 256"
    assert not [id for id in found if id.endswith(("--2", "--3"))]
    assert audit((tmp_path / "unrolled.svg").read_bytes()) == []
