"""What a designer would see in pictures of models as people write them, opened one level."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw
from archgraph.draw.scene import Line, Scene, Words

ROOT = Path(__file__).parents[3]
FILES = {path.stem: path for path in (*ROOT.glob("tests/ordinary/*.yaml"), *ROOT.glob("specs/*/*.yaml"))}


@cache
def opened(name: str) -> Scene:
    return draw(program(FILES[name]).graph, depth=1)


def wires(name: str) -> dict[tuple[str, str], Line]:
    return {(item.source, item.target): item for item in opened(name).walk() if isinstance(item, Line)}


@pytest.mark.parametrize(
    ("name", "maker", "made"),
    [
        ("two_heads", "classify--op", "y_tilde"),
        ("two_heads", "regress.linear_2", "v_tilde"),
        ("detr", "what--op", "y_tilde"),
        ("clip", "put_seen.l2_norm", "h_x"),
        ("clip", "put_said.temperature", "h_t"),
    ],
)
def test_variable_stands_straight_over_what_computes_it_though_others_stand_beside_it(
    name: str, maker: str, made: str
) -> None:
    assert len(wires(name)[maker, made].points) == 2


@pytest.mark.parametrize(
    ("name", "ends", "square"),
    [("two_heads", ("y", "y_tilde"), "C"), ("two_heads", ("v", "v_tilde"), "E"), ("clip", ("h_x", "h_t"), "L")],
)
def test_two_that_stand_under_one_square_reach_it_from_both_sides_alike(
    name: str, ends: tuple[str, str], square: str
) -> None:
    one, other = (wires(name)[end, square].points for end in ends)
    assert len(one) == len(other) == 3
    assert one[1][1] == pytest.approx(other[1][1])
    assert one[0][0] < one[-1][0] < other[-1][0] < other[0][0]


def test_wire_of_the_further_of_two_towers_turns_up_behind_that_of_the_nearer() -> None:
    far, near = (wires("siamese")[f"{name}.linear", "meet.multiply"].points for name in ("tower", "twin"))
    assert near[-1][0] < far[-1][0]
    assert len(far) == len(near) == 6
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(far))


@pytest.mark.parametrize(("name", "size"), [("variational_autoencoder", 10.5), ("two_heads", 11.5), ("gpt2", 14.0)])
def test_picture_that_would_stand_small_goes_on_beside_itself(name: str, size: float) -> None:
    assert min(item.size for item in opened(name).walk() if isinstance(item, Words)) > size


def test_module_that_feeds_another_stands_before_it_where_both_flow_right() -> None:
    found = wires("bahdanau")
    into = next(line for (_, target), line in found.items() if target == "begin.pooling")
    out = next(line for (source, _), line in found.items() if source == "begin.tanh")
    assert into.points[0][0] < into.points[-1][0] < out.points[-1][0]
    # Down between its module and the switch, not around all that stands at the left.
    assert len(out.points) == 5
    assert min(x for x, _ in out.points) == out.points[0][0]


def test_box_is_entered_from_the_right_by_what_stands_there_in_its_own_body() -> None:
    way = wires("mae")["decoder.summary", "decoder.joined"].points
    assert len(way) == 3
    assert way[1][0] > way[2][0]


def test_modules_that_read_one_stand_behind_it_even_where_they_stood_over_it_as_domes() -> None:
    found = wires("squeeze_excitation")
    read = [line.points for (_, target), line in found.items() if target in ("mean", "most")]
    assert len(read) == 2
    assert all(way[0][0] < way[-1][0] for way in read)
