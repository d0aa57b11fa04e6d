from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.compiler import program, render
from archgraph.core.diagnostic import SpecError
from archgraph.draw import draw, write
from archgraph.draw.errors import PictureError
from archgraph.draw.scene import Group, Line, Scene, Shape
from archgraph.draw.sketch import sketch
from archgraph.draw.staging.highlight import way
from archgraph.draw.theme import contrast
from tests.draw.audit import audit
from tests.draw.graphs import RNN, TRANSFORMER

BAD = Path(__file__).parents[2] / "bad"
STORY = Path(__file__).parents[3] / "specs" / "story"


def widths(scene: Scene) -> dict[str, float]:
    """The width of the first stroke of each group."""
    found = {}
    for group in (item for item in scene.items if isinstance(item, Group)):
        strokes = [each.style.width for each in group.items if isinstance(each, (Shape, Line)) and each.style.width]
        if strokes:
            found[group.id] = strokes[0]
    return found


def lit(scene: Scene, plain: Scene) -> set[str]:
    before, after = widths(plain), widths(scene)
    return {name for name, width in after.items() if width > before[name]}


def test_a_name_lights_all_that_it_leads_to() -> None:
    found = way(sketch(TRANSFORMER), "y")
    assert found.parts == {"y", "delay--y-1", "enc", "predictor", "h", "decoder", "y_tilde", "C"}
    assert ("encoder", "predictor") not in found.pairs


def test_a_path_lights_the_shortest_way_between_its_names() -> None:
    found = way(sketch(TRANSFORMER), "y -> predictor -> y_tilde")
    assert found.parts == {"y", "delay--y-1", "enc", "predictor", "h", "decoder", "y_tilde"}
    assert ("y", "C") not in found.pairs


def test_unrolled_a_name_stands_for_its_copies_and_a_path_begins_at_each() -> None:
    steps = program(STORY / "language_model.yaml").graph
    found = draw(steps, unroll=3, highlight="y -> encoder")
    ways = {"y--1", "encoder--2", "y--2", "encoder--3"}
    assert lit(found, draw(steps, unroll=3)) >= ways
    assert not lit(found, draw(steps, unroll=3)) & {"y--3", "encoder--1", "predictor--2"}
    whole = draw(steps, unroll=3, highlight="y")
    assert lit(whole, draw(steps, unroll=3)) >= {"y--1", "y--2", "y--3", "y_tilde--3"}
    with pytest.raises(PictureError, match="no way leads from 'y_tilde' to 'encoder'"):
        draw(steps, unroll=3, highlight="y_tilde -> encoder")


def test_a_path_may_go_round_a_loop() -> None:
    assert way(sketch(RNN), "h -> h").parts == {"h", "delay--h-1-loop", "switch--delay--h-1-loop", "predictor"}


def test_what_is_lit_is_heavier_and_the_rest_dimmer() -> None:
    plain, scene = draw(TRANSFORMER), draw(TRANSFORMER, highlight="x -> encoder")
    assert lit(scene, plain) == {"x", "encoder", "x-encoder"}
    strokes = {
        group.id: each.style.stroke
        for group in scene.items
        if isinstance(group, Group)
        for each in group.items
        if isinstance(each, Shape)
    }
    assert strokes["x"] == "#fccde5"
    assert contrast(strokes["y"], "#000000") < 2.0


def test_lit_wires_are_drawn_over_the_others() -> None:
    wires = [item.id for item in draw(TRANSFORMER, highlight="x -> encoder").items if item.id.endswith("-encoder")]
    order = [item.id for item in draw(TRANSFORMER, highlight="x -> encoder").items if isinstance(item, Group)]
    assert order.index(wires[0]) > order.index("y-C")


def test_geometry_and_titles_stay_as_they_are() -> None:
    plain, scene = draw(TRANSFORMER), draw(TRANSFORMER, highlight="y")
    assert sorted(item.id for item in plain.items) == sorted(item.id for item in scene.items)
    assert plain.items[0] == scene.items[0]
    assert [found for found in audit(write(scene, "svg")) if not found.endswith("too faint")] == []


def test_the_description_says_what_is_lit() -> None:
    assert "Highlighted: input x, source sentence, encoder." in (
        draw(TRANSFORMER, highlight="x -> encoder").description
    )


def test_inside_a_module_on_the_way_everything_is_lit() -> None:
    subject = program(STORY / "transformer.yaml").graph
    found = lit(draw(subject, depth=1, highlight="x -> encoder"), draw(subject, depth=1))
    assert {"encoder", "encoder.embedding", "x", "x-encoder.embedding"} <= found
    assert not any(name.startswith(("predictor", "decoder", "enc.")) for name in found)


def test_an_unknown_name_is_refused_with_what_may_be_meant() -> None:
    with pytest.raises(PictureError, match="no 'encodr' to highlight: did you mean 'encoder'"):
        draw(TRANSFORMER, highlight="x -> encodr")


def test_a_path_that_does_not_lead_there_is_refused() -> None:
    with pytest.raises(PictureError, match="no way leads from 'decoder' to 'encoder'"):
        draw(TRANSFORMER, highlight="decoder -> encoder")


def picture(name: str, folder: Path) -> str:
    render(BAD / f"{name}.yaml", folder / "leak.svg", highlight="leak")
    return (folder / "leak.svg").read_text(encoding="utf-8")


def test_a_leak_is_drawn_though_the_check_fails(tmp_path: Path) -> None:
    text = picture("time_full_attention_after_delay", tmp_path)
    assert "Highlighted: target y, prediction y_tilde, encoder enc, predictor, decoder" in text


def test_a_cycle_that_needs_its_future_is_drawn_too(tmp_path: Path) -> None:
    assert "Highlighted: hidden variable h, operation cell" in picture("time_cycle_reads_its_future", tmp_path)


def test_a_leak_where_there_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="nothing leaks here"):
        render(STORY / "transformer.yaml", tmp_path / "a.svg", highlight="leak")


def test_a_spec_that_fails_otherwise_says_why(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="AG010"):
        render(BAD / "schema_unknown_role.yaml", tmp_path / "a.svg", highlight="leak")
