"""Pictures of what is inside: sound geometry at each depth, every operation once or folded."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, write
from archgraph.draw.inside.ways import Ways, ways
from archgraph.draw.layout.route import connect
from archgraph.draw.scene import Group, Line, Scene, Shape, Words
from archgraph.draw.theme import THEMES
from archgraph.graph.module import Graph, Leaf, Node
from tests.draw.audit import audit
from tests.draw.graphs import ALL
from tests.draw.walls import walls

MODELS = Path(__file__).parents[3] / "specs" / "models"
STORY = sorted((Path(__file__).parents[3] / "specs" / "story").glob("*.yaml"))


@cache
def story(name: str) -> Graph:
    return program(next(path for path in STORY if path.stem == name)).graph


def groups(scene: Scene, *kinds: str) -> dict[str, Group]:
    return {item.id: item for item in scene.items if isinstance(item, Group) and item.kind in kinds}


def operations(nodes: dict[str, Node], prefix: str = "") -> list[str]:
    """The paths of all operations, of a repeat those of its first copy."""
    found = []
    for node in nodes.values():
        path = f"{prefix}{node.name}"
        if node.repeat == 0:
            continue
        path = f"{path}.0" if node.repeat is not None else path
        found += [path] if isinstance(node.body, Leaf) else operations(node.body.nodes, f"{path}.")
    return found


@pytest.mark.parametrize("name", ALL)
def test_graphs_of_bare_operations_have_sound_geometry(name: str) -> None:
    svg = write(draw(ALL[name], depth=1), "svg")
    assert audit(svg) + walls(svg) == []


@pytest.mark.parametrize("name", [path.stem for path in STORY])
def test_every_operation_is_drawn_once_at_depth_2(name: str) -> None:
    graph = story(name)
    drawn = [id.removesuffix("--op") for id in groups(draw(graph, depth=2), "node")]
    # A residual's sum bears the name of the residual, which is the module.
    wanted = [path.removesuffix(".add") for path in operations(graph.nodes)]
    assert sorted(drawn) == sorted(wanted)


def test_dropout_is_folded_and_a_norm_joins_its_sum_at_depth_1() -> None:
    drawn = groups(draw(story("transformer"), depth=1), "node")
    assert [id for id in drawn if id.startswith("predictor")] == [
        "predictor.repeat.0.residual.cross_attention",
        "predictor.repeat.0.layer_norm",
    ]
    words = [item.text for item in drawn["predictor.repeat.0.layer_norm"].items if isinstance(item, Words)]
    assert words == ["Add, Norm"]


def test_norm_before_its_sublayer_stays_a_box_and_the_sum_a_circle() -> None:
    drawn = groups(draw(story("language_model"), depth=1), "node")
    kinds = {
        id.rpartition(".")[2]: drawn[id].items[0].kind for id in drawn if id.startswith("predictor.repeat.0.residual")
    }
    assert kinds["residual"] == "circle"
    assert kinds["layer_norm"] == "rounded"


def test_repeat_is_drawn_once_with_its_count() -> None:
    plate = groups(draw(story("transformer"), depth=1), "plate")["encoder.repeat"]
    assert [item.text for item in plate.items if isinstance(item, Words)] == ["×2"]


def test_ids_are_names_of_the_compiled_modules() -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    from archgraph.compiler import compile

    path = next(path for path in STORY if path.stem == "transformer")
    names = dict(compile(path, variant="tiny").named_modules())
    graph = program(path, variant="tiny").graph
    drawn = groups(draw(graph, depth=2), "node", "container", "plate")
    # What keeps nothing is a function in the source, and no module.
    functions = ("C", "dropout")
    assert [id for id in drawn if id not in names and id.rpartition(".")[2] not in functions] == []
    assert "encoder.repeat.0.residual.self_attention" in drawn


def test_containers_stand_as_on_the_lecture_slide() -> None:
    boxes = {id: item.items[0].box for id, item in groups(draw(story("transformer"), depth=1), "container").items()}
    encoder, enc, predictor, decoder = (boxes[name] for name in ("encoder", "enc", "predictor", "decoder"))
    assert encoder[2] < predictor[0]
    assert predictor[2] < enc[0]
    assert decoder[3] < enc[1]


@pytest.mark.parametrize(("spec", "name"), [("variational_autoencoder", "sampler"), ("denoising_autoencoder", "noise")])
def test_module_called_as_its_only_operation_is_one_box_in_the_colour_of_its_role(spec: str, name: str) -> None:
    scene = draw(story(spec), depth=1)
    box = groups(scene, "node")[name].items
    said = [item.text for item in scene.walk() if isinstance(item, Words) and item.text == name.capitalize()]
    assert said == [name.capitalize()]
    assert isinstance(box[0], Shape) and box[0].style.stroke == THEMES["dark"].stroke(story(spec).nodes[name].role)


def test_boxes_stand_in_the_middle_of_their_container() -> None:
    for name, container, box in (
        ("variational_autoencoder", "decoder", "decoder.linear"),
        ("cross_attention", "predictor", "predictor--op"),
    ):
        scene = draw(story(name), depth=1)
        containers, boxes = groups(scene, "container"), groups(scene, "node")
        outer, inner = containers[container].items[0].box, boxes[box].items[0].box
        assert inner[0] - outer[0] == pytest.approx(outer[2] - inner[2], abs=0.1)


def test_context_enters_cross_attention_from_the_left() -> None:
    scene = draw(story("transformer"), depth=1)
    wire = groups(scene, "wire")["encoder.repeat.0.layer_norm_2-predictor.repeat.0.residual.cross_attention"]
    line = next(item for item in wire.items if isinstance(item, Line))
    assert line.points[-1][0] > line.points[-2][0]
    assert "context" in wire.name


def test_sum_takes_wires_from_the_sides_of_their_sources() -> None:
    path = STORY[0].parents[1] / "models" / "bert.yaml"
    wires = groups(draw(program(path).graph, depth=1), "wire")
    ways = {
        id: next(item.points for item in wires[f"encoder.{id}-encoder.sum"].items if isinstance(item, Line))
        for id in ("tokens", "segments")
    }
    level = {id: way[-1][0] - way[-2][0] for id, way in ways.items()}
    assert level["tokens"] > 0 > level["segments"]


@cache
def model(name: str, depth: int) -> Scene:
    return draw(program(MODELS / f"{name}.yaml").graph, depth=depth)


def test_predictor_stands_over_the_long_way_in_where_that_makes_the_picture_larger() -> None:
    boxes = {
        shape.id: shape.box for shape in model("perceiver_io", 1).walk() if isinstance(shape, Shape) and "/" in shape.id
    }
    assert boxes["predictor/shape"][3] < boxes["bytes/shape"][1] < boxes["predictor/shape"][3] + 150
    across = boxes["decoder--op/shape"][2] - boxes["decoder--op/shape"][0]
    assert across > 0.42 * 198


def test_wire_that_tells_a_cost_where_to_look_takes_no_way_around_the_target() -> None:
    scene = model("mae", 1)
    wire = next(item for item in scene.walk() if isinstance(item, Line) and item.target == "C" and "mask" in item.id)
    target = next(item.box for item in scene.walk() if isinstance(item, Shape) and item.id == "y/shape")
    assert all(x < target[0] and y < target[1] for x, y in wire.points)


def test_attentions_that_read_from_outside_stay_in_the_first_column_of_their_module() -> None:
    scene = model("detr", 3)
    assert max(scene.width, scene.height) < 2000
    shapes = [shape for shape in scene.walk() if isinstance(shape, Shape) and shape.id.startswith("predictor.")]
    attentions = [shape.box for shape in shapes if shape.id.endswith("attention/shape")]
    assert len(attentions) == 2
    assert attentions[0][0] == attentions[1][0]


def test_residual_wire_leaves_a_branch_dot_and_enters_from_the_left() -> None:
    scene = draw(story("transformer"), depth=1)
    wire = groups(scene, "wire")["h-decoder.repeat.0.layer_norm"]
    line = next(item for item in wire.items if isinstance(item, Line))
    dot = next(item for item in scene.items if item.id == "decoder.repeat.0.residual.feed_forward-branch")
    left, top, right, bottom = dot.box
    assert line.points[0] == pytest.approx(((left + right) / 2, (top + bottom) / 2))
    assert line.points[-1][0] > line.points[-2][0]


def test_same_graph_gives_same_bytes_at_each_depth() -> None:
    for depth in (1, 2):
        one, other = (write(draw(story("rnn_seq2seq"), depth=depth), "svg") for _ in range(2))
        assert one == other


def test_unknown_depth_lists_the_known() -> None:
    with pytest.raises(ValueError, match="unknown depth 7; known are 0, 1, 2, 3"):
        draw(story("rnn"), depth=7)


def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[Any, ...], Ways | None]]:
    """What the picture asks to be wired from now on, and the ways that it gets."""
    found: list[tuple[tuple[Any, ...], Ways | None]] = []

    def noted(*given: Any, **how: Any) -> Ways | None:
        found.append((given, ways(*given, **how)))
        return found[-1][1]

    monkeypatch.setattr("archgraph.draw.inside.picture.ways", noted)
    return found


def test_an_arrangement_is_left_as_soon_as_more_wires_are_blocked_than_is_bearable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = seen(monkeypatch)
    draw(story("rnn_seq2seq"), depth=1)
    sought: list[int] = []

    def counted(*given: Any, **how: Any) -> Any:
        sought.append(1)
        return connect(*given, **how)

    monkeypatch.setattr("archgraph.draw.inside.ways.connect", counted)
    monkeypatch.setattr("archgraph.draw.inside.ways.WIRE", 0.0)
    assert ways(*asked[0][0], bearable=1) is None
    assert len(sought) == 2


@pytest.mark.parametrize("name", ["detr", "mae", "bahdanau", "perceiver_io", "bert"])
def test_wires_that_leave_one_container_do_not_block_one_another(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = seen(monkeypatch)
    draw(program(MODELS / f"{name}.yaml").graph, depth=2)
    # The first arrangement is taken.
    assert [found.blocked for _, found in asked if found] == [0]


def test_wire_reaches_a_block_that_stands_close_to_the_wall_of_its_plate(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = seen(monkeypatch)
    draw(story("rnn_seq2seq"), depth=3)
    assert any(found and not found.blocked for _, found in asked)


def test_wires_of_one_block_share_the_way_out_of_its_container() -> None:
    scene = model("bahdanau", 1)
    one, other = (item.points for item in scene.walk() if isinstance(item, Line) and item.source == "enc--op")
    assert one[:3] == other[:3]
