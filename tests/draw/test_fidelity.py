"""The slides that the notation was read from, as numbers: each picture is held to the places and paint of its own.

Centres are in u, upward, from the target y, as measured on the lecture slides; see "Where things stand" and "Shapes"
in the notation. Numbers are read back from the written SVG, so that nothing between the plan and the file is trusted.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from functools import cache
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, write
from tests.draw.audit import Box, Picture, Thing, read

SVG = "{http://www.w3.org/2000/svg}"
STORY = Path(__file__).parents[2] / "specs" / "story"
U = 60.0
PINK, BLUE, VIOLET, GREEN, ORANGE = "#fccde5", "#80b1d3", "#bc80bd", "#b3de69", "#fdb462"
RED, LAVENDER, YELLOW, AQUA, WHITE = "#fb8072", "#bebada", "#ffffb3", "#8dd3c7", "#ffffff"
OBSERVED = "#282828"

# Place from y, shape, size in u, stroke and fill.
Look = tuple[tuple[float, float], str, tuple[float, float], str, str]
COLUMN: dict[str, Look] = {
    "y": ((0, 0), "circle", (1, 1), BLUE, OBSERVED),
    "C": ((0, 2), "rect", (1, 1), RED, "none"),
    "y_tilde": ((0, 4), "circle", (1, 1), VIOLET, "none"),
    "decoder": ((-2.5, 4), "bullet", (2, 1), AQUA, "none"),
}
H: Look = ((-5, 4), "circle", (1, 1), GREEN, "none")
SLIDES: dict[str, dict[str, Look]] = {
    "transformer": {
        **COLUMN,
        "h": H,
        "x": ((-10, 0), "circle", (1, 1), PINK, OBSERVED),
        "encoder": ((-7.5, 0), "bullet", (2, 1), LAVENDER, "none"),
        "enc": ((-3, 0), "bullet", (1, 1), LAVENDER, "none"),
        "delay--y-1": ((-2, 0), "bullet", (1, 1), WHITE, "none"),
        "predictor": ((-5, 2), "dome", (2.26, 1), YELLOW, "none"),
    },
    "sparse_autoencoder": {
        **COLUMN,
        "h": H,
        "encoder": ((-2.5, 0), "bullet", (2, 1), LAVENDER, "none"),
        "R": ((-7, 4), "rect", (1, 1), RED, "none"),
    },
    "denoising_autoencoder": {
        **COLUMN,
        "h": H,
        "encoder": ((-5, 2), "dome", (2.26, 1), LAVENDER, "none"),
        "y_hat": ((-5, 0), "circle", (1, 1), RED, "none"),
        "noise": ((-2.5, 0), "bullet", (2, 1), ORANGE, "none"),
    },
    "variational_autoencoder": {
        **COLUMN,
        "z": ((-5, 4), "circle", (1, 1), ORANGE, "none"),
        "sampler": ((-5, 2), "dome", (2.26, 1), ORANGE, "none"),
        "mu": ((-5.5, 0), "circle", (1, 1), GREEN, "none"),
        "v": ((-4.5, 0), "circle", (1, 1), GREEN, "none"),
        "encoder": ((-2.5, 0), "bullet", (2, 1), LAVENDER, "none"),
        "U": ((-5.5, -2), "rect", (1, 1), RED, "none"),
        "V": ((-4.5, -2), "rect", (1, 1), RED, "none"),
    },
    "latent_predictive": {
        **{name: look for name, look in COLUMN.items() if name != "C"},
        "E": ((0, 2), "rect", (1, 1), RED, "none"),
        "z": ((-5, 4.25), "circle", (1, 1), ORANGE, "none"),
        "predictor": ((-4, 2), "dome", (2.26, 1), YELLOW, "none"),
        "x": ((-4, 0), "circle", (1, 1), PINK, OBSERVED),
    },
    # The slide has h and all left of it half a u further left; here h stands where it stands on the other slides.
    "rnn": {
        **COLUMN,
        "h": H,
        "predictor": ((-5, 2), "dome", (2.26, 1), YELLOW, "none"),
        "x": ((-4.5, 0), "circle", (1, 1), PINK, OBSERVED),
        "delay--h-1-loop": ((-7.5, 2), "bullet", (1, 1), WHITE, "none"),
        "start--delay--h-1-loop": ((-7.5, 0), "circle", (1, 1), GREEN, "none"),
    },
}
# In the order of the rows from the top, each from the left, as the slides have them.
ROWS = {
    "transformer": "h decoder y_tilde | predictor C | x encoder enc delay--y-1 y",
    "sparse_autoencoder": "R h decoder y_tilde | C | encoder y",
    "denoising_autoencoder": "h decoder y_tilde | encoder C | y_hat noise y",
    "variational_autoencoder": "z decoder y_tilde | sampler C | mu v encoder y | U V",
    "rnn": "h decoder y_tilde | delay--h-1-loop predictor C | start--delay--h-1-loop x y",
}
# Where wires leave and enter, in u from the centres of what they join.
PORTS = {
    "transformer": {
        "encoder-predictor": ((1, 0), (-0.5, -0.5)),
        "enc-predictor": ((-0.5, 0), (0.5, -0.5)),
        "predictor-h": ((0, 0.5), (0, -0.5)),
        "y-C": ((0, 0.5), (0, -0.5)),
        "y_tilde-C": ((0, -0.5), (0, 0.5)),
    },
    "sparse_autoencoder": {"encoder-h": ((-1, 0), (0, -0.5)), "h-R": ((-0.5, 0), (0.5, 0))},
    "denoising_autoencoder": {"y-noise": ((-0.5, 0), (1, 0)), "y_hat-encoder": ((0, 0.5), (0, -0.5))},
    "variational_autoencoder": {"mu-sampler": ((0, 0.5), (-0.5, -0.5)), "v-sampler": ((0, 0.5), (0.5, -0.5))},
    "latent_predictive": {"z-decoder": ((0.5, 0), (-1, 0.25)), "predictor-decoder": ((0, 0.5), (-1, -0.25))},
    "rnn": {"x-predictor": ((0, 0.5), (0.5, -0.5)), "h-delay--h-1-loop": ((-0.5, 0), (0, 0.5))},
}


@cache
def written(name: str, depth: int = 0) -> bytes:
    return write(draw(program(STORY / f"{name}.yaml").graph, depth=depth), "svg")


def things(name: str) -> tuple[Picture, dict[str, Thing]]:
    picture = read(written(name))
    return picture, {thing.id: thing for thing in picture.things}


def centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


@pytest.mark.parametrize("name", SLIDES)
def test_parts_stand_and_look_as_on_the_slide(name: str) -> None:
    _, found = things(name)
    x, y = centre(found["y"].outlines[0].box)
    for part, (place, shape, size, stroke, fill) in SLIDES[name].items():
        mark = found[part].outlines[0]
        across, down = centre(mark.box)
        assert ((across - x) / U, (y - down) / U) == pytest.approx(place, abs=0.1), part
        assert (mark.shape, mark.stroke, mark.fill) == (shape, stroke, fill), part
        sides = ((mark.box[2] - mark.box[0]) / U, (mark.box[3] - mark.box[1]) / U)
        # A box of the control points of a bullet or dome is that of the shape.
        assert sides == pytest.approx(size, abs=0.01), part


@pytest.mark.parametrize("name", SLIDES)
def test_every_part_of_the_slide_is_there_and_no_other(name: str) -> None:
    _, found = things(name)
    drawn = {id for id, thing in found.items() if thing.kind in ("variable", "node", "delay")}
    assert drawn == set(SLIDES[name])


@pytest.mark.parametrize("name", ROWS)
def test_rows_and_columns_keep_their_order(name: str) -> None:
    _, found = things(name)
    spots = {part: centre(found[part].outlines[0].box) for part in SLIDES[name]}
    rows = sorted({round(y) for _, y in spots.values()})
    told = (sorted((x, part) for part, (x, y) in spots.items() if round(y) == row) for row in rows)
    assert " | ".join(" ".join(part for _, part in row) for row in told) == ROWS[name]


@pytest.mark.parametrize("name", PORTS)
def test_wires_leave_and_enter_where_they_do_on_the_slide(name: str) -> None:
    picture, found = things(name)
    wires = {wire.id: wire for wire in picture.wires}
    for id, ports in PORTS[name].items():
        wire = wires[id]
        for part, point, (dx, dy) in zip((wire.source, wire.target), (wire.points[0], wire.tip), ports, strict=True):
            x, y = centre(found[part].outlines[0].box)
            # A tip stops 1.7 pt short of its target.
            assert ((point[0] - x) / U, (y - point[1]) / U) == pytest.approx((dx, dy), abs=2.0 / U), (id, part)


@pytest.mark.parametrize("name", SLIDES)
def test_strokes_are_as_wide_as_on_the_slide(name: str) -> None:
    root = Tree.fromstring(written(name))
    drawn = (each for kind in ("circle", "rect", "path") for each in root.iter(f"{SVG}{kind}"))
    # A callout is dashed and thin, and no part of the model.
    shapes = {each.get("stroke-width") for each in drawn if each.get("stroke-dasharray") is None}
    wires = {each.get("stroke-width") for each in root.iter(f"{SVG}polyline")}
    assert shapes - {None} == {"2.58"}
    assert wires == {"1.5"}


def test_heads_are_notched_and_stop_short_of_what_they_point_at() -> None:
    picture, found = things("transformer")
    group = next(each for each in Tree.fromstring(written("transformer")) if each.get("id") == "h-decoder")
    head = next(each for each in group.iter(f"{SVG}path") if each.get("data-shape") == "head")
    numbers = [float(value) for value in re.findall(r"-?[0-9.]+", head.attrib["d"])]
    points = set(zip(numbers[::2], numbers[1::2], strict=True))
    x, y = found["decoder"].outlines[0].box[0] - 1.7, centre(found["decoder"].outlines[0].box)[1]
    assert points == {(x, y), (x - 10.5, y - 5.25), (x - 10.5, y + 5.25), (round(x - 10.5 + 2.62, 2), y)}
    assert len(picture.wires) == 9


def test_what_touches_on_the_slide_touches() -> None:
    for name, left, right in (("transformer", "enc", "delay--y-1"), ("variational_autoencoder", "mu", "v")):
        _, found = things(name)
        assert found[left].outlines[0].box[2] == pytest.approx(found[right].outlines[0].box[0], abs=0.01)


def test_page_title_and_symbols_have_their_sizes() -> None:
    picture, found = things("transformer")
    assert (picture.width, picture.height, picture.background) == (960.0, 540.0, "#000000")
    assert found["title--"].texts[0].size == 43.0
    assert {text.size for id, thing in found.items() if id.startswith("legend--") for text in thing.texts} == {
        28.0,
        34.0,
    }
    assert found["encoder"].texts[0].size == found["predictor"].texts[0].size == 26.0


def test_legend_has_the_colours_of_its_symbols() -> None:
    _, found = things("transformer")
    assert [found[f"legend--{name}"].texts[0].fill for name in ("x", "y", "y_tilde")] == [PINK, BLUE, VIOLET]


def test_inside_boxes_have_the_measures_of_the_slide() -> None:
    """Boxes of 198 × 45 pt with 3 pt strokes, stacked a u apart; residual wires of 1.02 pt leave dots of 5.7 pt."""
    root = Tree.fromstring(written("transformer", depth=1))
    groups = {each.get("id"): each for each in root.iter(f"{SVG}g")}
    boxes = {id: each.find(f"{SVG}rect") for id, each in groups.items() if each.get("data-kind") == "node"}
    rounded = {id: each for id, each in boxes.items() if each is not None and each.get("data-shape") == "rounded"}
    scale = {round(float(each.attrib["height"]) / 45.0, 3) for each in rounded.values()}
    assert len(scale) == 1
    unit = scale.pop()
    for each in rounded.values():
        assert float(each.attrib["width"]) / unit == pytest.approx(198.0, abs=0.5)
        assert float(each.attrib["stroke-width"]) / unit == pytest.approx(3.0, abs=0.02)
    widths = sorted({float(each.attrib["stroke-width"]) / unit for each in root.iter(f"{SVG}polyline")})
    assert widths == pytest.approx([1.02, 1.5], abs=0.01)
    dots = [each for each in root.findall(f"{SVG}circle") if each.get("stroke", "none") == "none"]
    assert len(dots) == 5
    assert all(2 * float(each.attrib["r"]) / unit == pytest.approx(5.7, abs=0.05) for each in dots)
    colours = {id.rpartition(".")[2]: rounded[id].get("stroke") for id in rounded if id and id.startswith("predictor.")}
    assert colours == {"cross_attention": YELLOW, "layer_norm": BLUE}


def test_inside_containers_have_the_colours_of_their_roles_and_their_names_in_them() -> None:
    picture = read(written("transformer", depth=1))
    frames = {thing.id: thing for thing in picture.things if thing.kind == "container"}
    assert {id: frame.outlines[0].stroke for id, frame in frames.items()} == {
        "encoder": LAVENDER,
        "enc": LAVENDER,
        "predictor": YELLOW,
        "decoder": AQUA,
    }
    assert all(frame.texts[-1].fill == frame.outlines[0].stroke for frame in frames.values())
    boxes = {id: frame.outlines[0].box for id, frame in frames.items()}
    # As on the slide: the predictor left of the encoder of y, the decoder right over that, the context from the left.
    assert boxes["encoder"][2] < boxes["predictor"][0] < boxes["predictor"][2] < boxes["enc"][0]
    assert boxes["decoder"][3] < boxes["enc"][1]
    assert centre(boxes["decoder"])[0] == pytest.approx(centre(boxes["enc"])[0], abs=0.1 * U)


def test_unit_delay_is_a_white_bullet_between_a_signal_and_the_same_one_step_late() -> None:
    text = 'archgraph: 1\nvariables:\n  y: {kind: input, type: "real[T, 2]"}\n  h: hidden\nedges: ["y -[delay]-> h"]\n'
    found = {thing.id: thing for thing in read(write(draw(program(text).graph), "svg")).things}
    mark = found["delay--y-1"].outlines[0]
    assert (mark.shape, mark.stroke, mark.fill) == ("bullet", WHITE, "none")
    assert found["y"].outlines[0].box[2] < mark.box[0] < mark.box[2] < found["h"].outlines[0].box[0]
