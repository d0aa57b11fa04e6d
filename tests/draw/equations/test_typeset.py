"""Equations drawn: in line, in the picture's colours, on nothing else, with nothing of the picture moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, write
from archgraph.draw.equations.flowing import Flowing
from archgraph.draw.equations.formulas import equations
from archgraph.draw.equations.page import page, source, under
from archgraph.draw.equations.typeset import arranged
from archgraph.draw.errors import PictureError
from archgraph.draw.look import Look
from archgraph.draw.paths import around
from archgraph.draw.scene import Group, Scene, Symbol, Words
from archgraph.draw.theme import THEMES
from archgraph.draw.writer import Options
from archgraph.graph.module import Graph
from tests.draw.audit import audit, contrast

SPECS = sorted((Path(__file__).parents[3] / "specs").glob("*/*.yaml"))
STORY = [path for path in SPECS if path.parent.name == "story"]


def story(name: str) -> Graph:
    return program(next(path for path in STORY if path.stem == name)).graph


def blocks(scene: Scene) -> dict[str, list[Symbol]]:
    found = [item for item in scene.items if isinstance(item, Group) and item.kind == "equation"]
    return {item.id: [each for each in item.items if isinstance(each, Symbol)] for item in found}


def heads(scene: Scene) -> list[Symbol | Words]:
    found = [item for item in scene.items if isinstance(item, Group) and item.kind in ("title", "legend")]
    return [each for item in found for each in item.items if isinstance(each, Symbol | Words)]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_equations_stand_on_nothing_move_nothing_and_leave_a_slide_a_slide(path: Path) -> None:
    graph = program(path).graph
    for depth in (0, 1):
        before = draw(graph, depth=depth)
        after = under(before, graph, Look(depth=depth))
        assert audit(write(after, "svg")) == []
        assert (after.width, after.height) == (960.0, 540.0)
        # No two places have room for the 21 equations of Perceiver IO at more.
        least = 10 if path.stem == "perceiver_io" else 11
        assert min(symbol.size for line in blocks(after).values() for symbol in line) >= least
        # At the most the heading is smaller.
        kept = [item for item in before.items if isinstance(item, Group) and item.kind not in ("title", "legend")]
        assert set(kept) <= set(after.items)
        assert {item.id for item in before.items} <= {item.id for item in after.items}


@pytest.mark.parametrize("path", STORY, ids=lambda path: path.stem)
def test_equations_of_the_story_can_be_read_from_afar_on_its_slides(path: Path) -> None:
    graph = program(path).graph
    before = draw(graph)
    after = under(before, graph, Look())
    assert after.items[: len(before.items)] == before.items
    assert min(symbol.size for line in blocks(after).values() for symbol in line) >= 14


def test_equations_are_whole_where_they_can_be_of_a_good_size() -> None:
    graph = story("variational_autoencoder")
    for line in blocks(under(draw(graph), graph, Look())).values():
        middles = [(symbol.box[1] + symbol.box[3]) / 2 for symbol in line if symbol.tex in ("=", "+")]
        assert max(middles) - min(middles) < 3.0


def test_equations_that_would_be_small_go_on_in_a_second_place_clear_of_the_heading() -> None:
    graph = story("rnn_seq2seq")
    after = under(draw(graph, depth=1), graph, Look(depth=1))
    lines = blocks(after)
    assert list(lines) == [f"equation--{each.id}" for each in equations(graph, 1, "train")]
    lefts = [min(symbol.box[0] for symbol in line) for line in lines.values()]
    first = [index for index, left in enumerate(lefts) if left < 650.0]
    assert first == list(range(len(first)))
    assert 3 <= len(first) <= len(lefts) - 3
    right, bottom = around(corner for item in heads(after) for corner in (item.box[:2], item.box[2:]))[2:]
    starts = [(min(symbol.box[0] for symbol in line), min(symbol.box[1] for symbol in line)) for line in lines.values()]
    assert all(x > right or y > bottom for x, y in starts)


def test_flow_fills_the_first_place_and_leaves_what_does_not_fit_to_the_second() -> None:
    listed = equations(story("transformer"), 1, "train")
    line = 1.4
    rooms = [(0.0, 0.0, 900.0, 10 * (1 + 5 * line)), (1000.0, 0.0, 1900.0, 10 * (1 + len(listed) * line))]
    found = Flowing(listed, rooms[::-1], line).at(10.0, 20.0)
    assert found is not None
    assert [room for _, room in found] == rooms
    assert sum((block.equations for block, _ in found), ()) == tuple(listed)
    assert found[0][0].height * 10 <= rooms[0][3] < found[0][0].height * 10 + 10 * line
    assert Flowing(listed, [rooms[0], rooms[0]], line).at(10.0, 20.0) is None


def test_lines_are_aligned_at_their_signs_of_equality() -> None:
    lines = blocks(page(story("transformer"), Look(depth=1)))
    signs = [next(symbol.box for symbol in line if symbol.tex == "=") for line in lines.values()]
    assert len(signs) == 8
    assert max(box[0] for box in signs) - min(box[0] for box in signs) < 1e-6


@pytest.mark.parametrize("theme", THEMES)
def test_symbols_have_the_colours_of_the_picture(theme: str) -> None:
    graph = story("transformer")
    line = blocks(under(draw(graph, theme=theme), graph, Look(theme=theme)))["equation--predictor"]
    colours = {symbol.tex: symbol.colour for symbol in line}
    look = THEMES[theme]
    assert colours[r"\boldsymbol{h}"] == look.stroke("hidden")
    assert colours[r"\mathrm{Pred}"] == look.stroke("predictor")
    assert colours["="] == look.text
    assert all(contrast(colour, look.background) >= 4.5 for colour in colours.values())


def test_long_line_is_broken_where_the_fewest_brackets_are() -> None:
    found = [each for each in equations(story("transformer"), 2) if each.id == "encoder--inside"]
    wide, narrow = arranged(found, 100.0), arranged(found, 30.0)
    assert {spot.y for spot in wide.spots} < {spot.y for spot in narrow.spots}
    assert narrow.width <= 30.0 < wide.width
    rows = sorted({spot.y for spot in narrow.spots})
    first = next(spot.piece.tex for spot in narrow.spots if spot.y == rows[1])
    assert first == r"\circ"


def test_longer_page_takes_a_size_at_which_no_line_breaks() -> None:
    graph = story("transformer")
    scene = under(draw(graph, depth=2), graph, Look(depth=2))
    line = blocks(scene)["equation--enc--inside"]
    assert scene.height > 540 and scene.height == round(scene.height)
    assert len({round(symbol.box[3]) for symbol in line if symbol.tex == "="}) == 1


def test_page_is_as_large_as_its_equations() -> None:
    scene = page(story("autoencoder"), Look())
    ink = around(corner for line in blocks(scene).values() for s in line for corner in (s.box[:2], s.box[2:]))
    assert 0 < ink[0] < 40 and 0 < ink[1] < 40
    assert 0 < scene.width - ink[2] < 40 and 0 < scene.height - ink[3] < 60


def test_document_is_on_the_ground_of_its_theme_and_a_snippet_is_the_block_alone() -> None:
    document = source(story("autoencoder"), Look(theme="light"), Options())
    assert document.startswith("\\documentclass") and "\\color[HTML]{FFFFFF}\\vrule" in document
    assert "vrule" not in source(story("autoencoder"), Look(theme="light"), Options(transparent=True))
    assert source(story("autoencoder"), Look(theme="light"), Options(snippet=True)).startswith("\\providecolor")


def test_unknown_theme_lists_the_known() -> None:
    with pytest.raises(ValueError, match="unknown theme 'pink'; known are dark"):
        page(story("autoencoder"), Look(theme="pink"))


@pytest.mark.parametrize(
    ("look", "said"),
    [({"unroll": 2}, "unrolled"), ({"highlight": "y"}, "highlighted"), ({"direction": "up"}, "turned")],
)
def test_wishes_for_pictures_are_refused(look: dict[str, Any], said: str) -> None:
    for made in (page, source):
        with pytest.raises(PictureError, match=f"equations alone are not {said}"):
            made(story("rnn"), Look(**look))


@pytest.mark.parametrize("math", [r"\input{x}", "}", "{", r"\write18{x}", "a_", "%"])
def test_hostile_mathematics_is_refused_or_harmless(math: str) -> None:
    graph = story("autoencoder")
    node = graph.nodes["encoder"]._replace(math=math)
    hostile = replace(graph, nodes={**graph.nodes, "encoder": node})
    if math == "%":
        assert r"\%" in source(hostile, Look())
        return
    with pytest.raises(PictureError):
        source(hostile, Look())
    with pytest.raises(PictureError):
        page(hostile, Look())
