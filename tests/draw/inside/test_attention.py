"""Attention opened at depth 3: its maps, the softargmax and the product, wired as the equations have it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw
from archgraph.draw.scene import Group, Line, Scene, Shape, Symbol, Words
from archgraph.graph.module import Graph

STORY = {path.stem: path for path in (Path(__file__).parents[3] / "specs" / "story").glob("*.yaml")}
SELF = "encoder.repeat.0.residual.self_attention"
CROSS = "predictor.repeat.0.residual.cross_attention"


@cache
def story(name: str) -> Graph:
    return program(STORY[name]).graph


@cache
def opened(name: str) -> Scene:
    return draw(story(name), depth=3)


def groups(scene: Scene, *kinds: str) -> dict[str, Group]:
    return {item.id: item for item in scene.items if isinstance(item, Group) and item.kind in kinds}


def wires(scene: Scene, path: str) -> set[tuple[str, str]]:
    """The wires that touch what is inside an attention, by what is left of their names without its path."""
    lines = [item for item in scene.walk() if isinstance(item, Line)]
    inside = [line for line in lines if path in line.source or path in line.target]
    return {(line.source.removeprefix(path), line.target.removeprefix(path)) for line in inside}


INNER = {
    (".q", "--softargmax"),
    (".k", "--softargmax"),
    ("--softargmax", "--read"),
    (".v", "--read"),
    ("--read", ".out"),
}


def test_self_attention_maps_one_source_to_queries_keys_and_values() -> None:
    into = {("encoder.embedding", part) for part in (".q", ".k", ".v")}
    assert wires(opened("transformer"), SELF) >= INNER | into


def test_cross_attention_asks_the_stream_and_reads_the_context() -> None:
    found = wires(opened("transformer"), CROSS)
    asks, knows = "enc.repeat.0.layer_norm", "encoder.repeat.0.layer_norm_2"
    assert found >= INNER | {(asks, ".q"), (knows, ".k"), (knows, ".v")}
    assert (asks, ".k") not in found and (knows, ".q") not in found


def test_context_comes_in_from_the_left() -> None:
    wire = groups(opened("transformer"), "wire")[f"encoder.repeat.0.layer_norm_2-{CROSS}.v"]
    points = next(item.points for item in wire.items if isinstance(item, Line))
    frame = groups(opened("transformer"), "container")[CROSS].items[0]
    assert isinstance(frame, Shape)
    crossing = [(a, b) for a, b in pairwise(points) if a[0] < frame.box[0] < b[0]]
    assert len(crossing) == 1 and crossing[0][0][1] == crossing[0][1][1]


def test_additive_attention_weighs_the_context_itself() -> None:
    path = "predictor.attention"
    found = wires(opened("rnn_seq2seq"), path)
    inner = {(".q", ".score"), (".k", ".score"), (".score", "--softargmax"), ("--softargmax", "--read")}
    assert found >= inner | {("encoder.gru", ".k"), ("encoder.gru", "--read")}
    assert f"{path}.v" not in groups(opened("rnn_seq2seq"), "node")


def test_values_are_named_beside_their_wires_in_the_colour_of_what_is_hidden() -> None:
    found = groups(opened("transformer"), "value")
    symbols = [item for part in "qkv" for item in found[f"{SELF}.{part}--value"].items if isinstance(item, Symbol)]
    assert [symbol.tex for symbol in symbols] == [rf"\boldsymbol{{{letter}}}" for letter in ("q", "K", "V")]
    assert {symbol.colour for symbol in symbols} == {"#b3de69"}


def test_causal_softargmax_says_so() -> None:
    def said(path: str) -> list[str]:
        box = groups(opened("transformer"), "node")[f"{path}--softargmax"]
        return [item.text for item in box.items if isinstance(item, Words)]

    assert said("enc.repeat.0.residual.self_attention") == ["causal softargmax"]
    assert said(SELF) == ["softargmax"]


def test_shallower_pictures_keep_attention_closed() -> None:
    assert f"{SELF}.q" not in groups(draw(story("transformer"), depth=2), "node")


@pytest.mark.parametrize("name", ["transformer", "rnn_seq2seq", "self_attention", "cross_attention"])
def test_ids_inside_are_names_of_the_compiled_modules(name: str) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    from archgraph.compiler import compile

    graph = program(STORY[name], variant="tiny").graph
    names = dict(compile(STORY[name], variant="tiny").named_modules())
    drawn = groups(draw(graph, depth=3), "node")
    maps = [id for id in drawn if id.rpartition(".")[2] in ("q", "k", "v", "out", "score")]
    assert maps
    assert [id for id in maps if id not in names] == []
