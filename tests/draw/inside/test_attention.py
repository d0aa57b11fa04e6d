"""Attention opened at depth 3: its maps, the softargmax and the product, wired as the equations have it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import draw, write
from archgraph.draw.scene import Group, Line, Scene, Shape, Symbol, Words
from archgraph.graph.module import Graph
from tests.draw.audit import audit
from tests.draw.walls import walls

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
def test_ids_inside_are_names_of_the_compiled_modules_and_weights(name: str) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    from archgraph.compiler import compile

    graph = program(STORY[name], variant="tiny").graph
    model = compile(STORY[name], variant="tiny")
    # Maps that are rows of one matrix have no modules of their own, but names in the state dict.
    names = {name for name, _ in model.named_modules()} | {key.rpartition(".")[0] for key in model.state_dict()}
    drawn = groups(draw(graph, depth=3), "node")
    maps = [id for id in drawn if id.rpartition(".")[2] in ("q", "k", "v", "out", "score")]
    assert maps
    assert [id for id in maps if id not in names] == []


OPTIONS = """
archgraph: 1
variables:
  x: {{kind: input, type: "real[T, 8]"}}
  h: hidden
nodes:
  look: {{op: {{self_attention: {{heads: 4, {options}}}}}}}
edges:
  - x -> look -> h
"""


def look(options: str) -> Scene:
    return draw(program(OPTIONS.format(options=options)).graph, depth=3)


def chain(scene: Scene, start: str) -> list[str]:
    """What a wire leads to from a cell, up to the product with the values."""
    found = [start]
    ways = dict(wires(scene, "look"))
    while found[-1] in ways and found[-1] != "--read":
        found.append(ways[found[-1]])
    return found


def test_what_is_done_to_queries_and_keys_stands_over_their_maps() -> None:
    plain = look("causal: true")
    assert chain(plain, ".q") == [".q", "--softargmax", "--read"]
    scene = look("causal: true, positions: rotary, qk_norm: rms")
    for part in "qk":
        assert chain(scene, f".{part}") == [
            f".{part}",
            f".{part}_norm",
            f"--rotary-{part}",
            "--softargmax",
            "--read",
        ]
    assert chain(scene, ".v") == [".v", "--read"]


def test_what_is_done_to_scores_stands_in_the_order_in_which_it_is_done() -> None:
    scene = look("positions: relative, window: 3, softcap: 5.0")
    assert chain(scene, ".q") == [".q", "--softcap", "--distance", "--window", "--softargmax", "--read"]
    assert (".k", "--softcap") in wires(scene, "look")
    said = {
        id.removeprefix("look"): [item.text for item in group.items if isinstance(item, Words)]
        for id, group in groups(scene, "node").items()
    }
    assert said["--softcap"] == ["within ±5"]
    assert said["--distance"] == ["+ relative positions"]
    assert said["--window"] == ["less than 3 away"]


def test_heads_that_share_keys_tell_how_many_there_are_of_each() -> None:
    def symbols(scene: Scene) -> list[str]:
        found = groups(scene, "value").values()
        return [item.tex for group in found for item in group.items if isinstance(item, Symbol)]

    assert symbols(look("kv_heads: 2")) == [rf"\boldsymbol{{{tex}}}" for tex in ("q_{1:4}", "K_{1:2}", "V_{1:2}")]
    assert symbols(look("kv_heads: 1"))[1:] == [rf"\boldsymbol{{{tex}}}" for tex in ("K_{1}", "V_{1}")]
    assert symbols(look("kv_heads: 4")) == symbols(look("causal: true"))


PLACED = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  c: {kind: input, type: "real[S, 8]"}
  p: {kind: input, type: "real[T, 8]"}
  q: {kind: input, type: "real[S, 8]"}
  h: hidden
nodes:
  own: {role: encoder, layers: [{repeat: 2, layers: [{self_attention: {heads: 2}}]}]}
  cross: {op: {cross_attention: {heads: 2}}}
edges:
  - x -> own -> cross -> h
  - c -[context]-> cross
  - p -> own.repeat.self_attention.places
  - p -> cross.places
  - q -> cross.context_places
"""


def test_places_are_added_to_what_asks_and_what_is_asked_and_not_to_values() -> None:
    scene = draw(program(PLACED).graph, depth=3)
    own, cross = "own.repeat.0.self_attention", "cross"
    assert wires(scene, own) >= {
        ("x", "--told-q"),
        ("p", "--told-q"),
        ("--told-q", ".q"),
        ("--told-q", ".k"),
        ("x", ".v"),
    }
    found = wires(scene, cross)
    assert found >= {("p", "--told-q"), ("--told-q", ".q"), ("q", "--told-k"), ("c", "--told-k"), ("c", ".v")}
    assert ("c", ".k") not in found


@pytest.mark.parametrize(
    "options",
    [
        "causal: true, positions: rotary, qk_norm: rms, kv_heads: 2, window: 4096, softcap: 50.0",
        "positions: relative, window: 3, kv_heads: 1",
        "positions: alibi, qk_norm: layer, causal: true",
    ],
)
def test_openings_are_sound(options: str) -> None:
    svg = write(look(options), "svg")
    assert audit(svg) + walls(svg) == []


def test_openings_that_are_told_places_are_sound() -> None:
    svg = write(draw(program(PLACED).graph, depth=3), "svg")
    assert audit(svg) + walls(svg) == []
