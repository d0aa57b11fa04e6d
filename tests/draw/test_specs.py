"""The audits over every spec that ships: at each depth and in each theme, as SVG and as a presentation."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, write
from archgraph.draw.scene import Group, Scene
from archgraph.draw.theme import THEMES
from archgraph.graph.module import Graph
from tests.draw import slide_audit
from tests.draw.audit import audit
from tests.draw.tex import compiled
from tests.draw.walls import walls

SPECS = {path.stem: path for path in sorted((Path(__file__).parents[2] / "specs").rglob("*.yaml"))}


@cache
def graph(name: str) -> Graph:
    return program(SPECS[name]).graph


def kinds(scene: Scene) -> dict[str, str]:
    return {item.id: item.kind for item in scene.items if isinstance(item, Group)}


@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("name", SPECS)
def test_every_spec_is_sound_as_svg_and_as_slide_in_each_theme(name: str, depth: int) -> None:
    pytest.importorskip("pptx", reason="python-pptx is not installed: pip install 'archgraph-compiler[slides]'")
    for theme in THEMES:
        scene = draw(graph(name), depth=depth, theme=theme)
        svg = write(scene, "svg")
        assert audit(svg) + (walls(svg) if depth else []) == [], theme
        assert slide_audit.audit(write(scene, "pptx"), kinds(scene)) == [], theme


@pytest.mark.parametrize("name", SPECS)
def test_roles_and_blocks_fit_a_slide(name: str) -> None:
    for depth in (0, 1):
        scene = draw(graph(name), depth=depth)
        assert (scene.width, scene.height) == (960.0, 540.0), depth


def test_heading_gets_smaller_before_the_page_gets_larger() -> None:
    text = SPECS["detr"].read_text(encoding="utf-8").replace("weights: detr.weights.yml", "layout: {h: [9, 2]}")
    scene = draw(program(text).graph)
    assert "layout:" in text
    assert (scene.width, scene.height) == (960.0, 540.0)


@pytest.mark.tex
@pytest.mark.slow
@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("name", SPECS)
def test_every_spec_compiles_to_one_page_of_its_size(name: str, depth: int, tmp_path: Path) -> None:
    scene = draw(graph(name), depth=depth)
    assert b"(1 page," in compiled(write(scene, "tex").decode("utf-8"), tmp_path)
    box = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", (tmp_path / "a.pdf").read_bytes())
    assert box is None or tuple(map(float, box.groups())) == pytest.approx((scene.width, scene.height), abs=0.1)
