"""Bodies: layers, residuals, groups, blocks, repeats and shared weights, and what is said of those that fail."""

from __future__ import annotations

import time

import pytest

from archgraph.compiler import check, program
from archgraph.graph.module import Net, Node

SPEC = """archgraph: 1
params: {width: 4, act: tanh}
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  n: %s
edges:
  - x -> n -> h
"""
BLOCKS = """blocks:
  mlp:
    params: {size: 4, act: relu, depth: 1}
    layers: [{linear: size}, {repeat: depth, layers: [{feed_forward: {hidden: size, activation: $act}}]}]
"""
LOOP = """  loop: {layers: [{use: pool}]}
  pool: {layers: [{use: loop}]}
"""


def _node(body: str) -> Node:
    return program(SPEC % body + BLOCKS).graph.nodes["n"]


def _codes(body: str) -> list[str]:
    return [item.code for item in check(SPEC % body + BLOCKS).diagnostics]


def _names(node: Node) -> list[str]:
    assert isinstance(node.body, Net)
    return list(node.body.nodes)


def test_unnamed_layers_are_called_after_their_operation() -> None:
    body = (
        "{layers: [{linear: 4}, relu, {linear: 4}, {residual: [relu]}, {repeat: 2, layers: [relu]}, {layers: [relu]}]}"
    )
    assert _names(_node(body)) == ["linear", "relu", "linear_2", "residual", "repeat", "layers"]


def test_a_block_and_a_group_are_called_after_what_they_are() -> None:
    body = "{layers: [{use: mlp}, {use: mlp}, {nodes: {a: {layers: [relu]}}, edges: [in -> a -> out]}]}"
    assert _names(_node(body)) == ["mlp", "mlp_2", "group"]


def test_named_layers_keep_their_names_and_order() -> None:
    assert _names(_node("{layers: {up: {linear: 8}, act: relu, down: {linear: 4}}}")) == ["up", "act", "down"]


def test_no_layers_are_the_identity() -> None:
    assert str(program(SPEC % "{layers: []}").variables["h"].type) == "real[T, 4]"
    assert str(program(SPEC % "{repeat: 0, layers: [{linear: 9}]}").variables["h"].type) == "real[T, 4]"


def test_a_block_sees_its_own_params_alone() -> None:
    linear = _node("{use: mlp, with: {size: width * 2}}").body.nodes["linear"]
    assert linear.body.op.width == 8
    assert _node("{use: mlp}").body.nodes["linear"].body.op.width == 4
    assert _node("{use: mlp}").block == "mlp"


@pytest.mark.parametrize(("written", "found"), [("tanh", "tanh"), ("$act", "tanh"), ("gelu", "gelu")])
def test_a_block_takes_words(written: str, found: str) -> None:
    repeat = _node(f"{{use: mlp, with: {{act: {written}}}}}").body.nodes["repeat"]
    assert repeat.body.nodes["feed_forward"].body.op.activation == found


def test_a_repeat_takes_a_number_of_a_block() -> None:
    assert _node("{use: mlp, with: {depth: 3}}").body.nodes["repeat"].repeat == 3


def test_the_number_of_a_copy_may_be_used_in_it() -> None:
    repeat = _node("{repeat: 3, layers: [{linear: 4 * (index + 1)}]}")
    assert [body.nodes["linear"].body.op.width for body in repeat.bodies] == [4, 8, 12]


def test_shared_nodes_name_their_owner() -> None:
    text = SPEC % "{layers: [{linear: 4}]}" + "  - h -> m -> g\n"
    text = text.replace("edges:", "  m: {share: n, role: encoder, label: again}\nedges:").replace(
        "h: hidden", "h: hidden\n  g: hidden"
    )
    found = program(text).graph.nodes["m"]
    assert (found.share, found.role, found.label) == ("n", "encoder", "again")


def test_arguments_of_a_split_are_its_ports() -> None:
    node = _node("{layers: [{linear: 4}]}")
    assert [port.name for port in node.body.outputs] == ["out"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("{layers: relu}", ["AG019"]),
        ("{layers: [7]}", ["AG019"]),
        ("{layers: [{residual: 7}]}", ["AG019"]),
        ("{layers: [{residual: [7]}]}", ["AG019"]),
        ("{layers: [residual]}", ["AG019"]),
        ("{layers: [{relu: 7}]}", ["AG019"]),
        ("{layers: [{linear: 4, relu: 7}]}", ["AG019"]),
        ("{layers: {forward: relu}}", ["AG020"]),
        ("{layers: {a: relu, A: relu}}", ["AG022"]),
        ("{layers: [{repeat: 2}]}", ["AG014"]),
        ("{layers: [{repeat: true, layers: [relu]}]}", ["AG030"]),
        ("{layers: [{repeat: 1.5, layers: [relu]}]}", ["AG035"]),
        ("{layers: [{repeat: width - 5, layers: [relu]}]}", ["AG031"]),
        ("{layers: [{role: encoder, layers: [relu]}]}", ["AG012"]),
        ("{layers: [{linear: {width: [4]}}]}", ["AG030"]),
        ("{layers: [{linear: {width: {a: 4}}}]}", ["AG030"]),
        ("{layers: [{linear: {}}]}", ["AG017"]),
        ("{layers: [linear]}", ["AG017"]),
        ("{use: mlp, with: {size: [3]}}", ["AG019"]),
        ("{use: mlp, with: {size: wdth + 1}}", ["AG034"]),
        ("{use: mlp, with: {size: $wdth}}", ["AG025"]),
        ("{use: mlp, with: {act: word}}", ["AG030"]),
        ("{use: mlp, with: {size: word}}", ["AG032"]),
        ("{use: mlp, with: 7}", ["AG030"]),
        ("{layers: [relu], with: {size: 3}}", ["AG012"]),
        ("{layers: [relu], ports: {a: in}}", ["AG012"]),
        ("{share: true}", ["AG014"]),
        ("7", ["AG014"]),
        ("null", ["AG014"]),
    ],
)
def test_a_body_that_cannot_be_is_one_fault(body: str, codes: list[str]) -> None:
    assert _codes(body) == codes


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (("nodes:\n  n: {layers: [relu]}\n", "nodes: 7\n"), ["AG019", "AG040"]),
        ((BLOCKS + "  more: {use: mlp}", "blocks: 7"), ["AG030"]),
        (("  more: {use: mlp}", "  more: 7"), ["AG019"]),
        (("  more: {use: mlp}", "  more: {layers: [relu], speed: 2}"), ["AG012"]),
        (("  more: {use: mlp}", "  relu: {layers: [tanh]}"), ["AG021"]),
        (("  more: {use: mlp}", "  more: {params: {a: 1}}"), ["AG014"]),
    ],
)
def test_a_section_or_a_block_of_a_wrong_form_is_told(change: tuple[str, str], codes: list[str]) -> None:
    spec = SPEC % "{layers: [relu]}" + BLOCKS + "  more: {use: mlp}\n"
    assert [item.code for item in check(spec.replace(*change)).diagnostics] == codes


def test_pasted_characters_are_named_in_types_and_symbols_and_left_in_labels() -> None:
    spec = (SPEC % "{layers: [relu]}").replace("h: hidden", "h: {kind: hidden, label: “h” → T, math: “h”}")
    (item,) = check(spec).diagnostics
    assert (item.code, item.span.text) == ("AG114", "“")
    assert check(spec.replace("math: “h”}", "math: h × k – 1}")).ok


def test_a_tie_is_a_list_of_paths() -> None:
    spec = SPEC % "{layers: [{linear: 4}]}"
    assert [i.code for i in check(spec + "tie: [n.linear.weight]\n").diagnostics] == ["AG019"]
    assert [i.code for i in check(spec + "tie: 7\n").diagnostics] == ["AG030"]


def test_faults_of_the_head_and_of_the_body_come_in_one_go() -> None:
    assert _codes("{role: encodr, layers: [{linaer: 4}]}") == ["AG010", "AG011"]


def test_the_sum_of_a_residual_takes_a_name_that_no_layer_has() -> None:
    found = program(
        'archgraph: 1\nvariables:\n  x: {kind: input, type: "real[T, 4]"}\n  h: hidden\n'
        "nodes:\n  f: {layers: [{residual: [add, tanh, add]}]}\nedges:\n  - x -> f -> h\n"
    )
    assert list(found.graph.nodes["f"].body.nodes["residual"].body.nodes) == ["add", "tanh", "add_2", "add_3"]


@pytest.mark.parametrize(
    ("block", "keys"),
    [
        ("{params: {n: 1}, repeat: n, op: {linear: 8}}", ["f.repeat.0.weight", "f.repeat.1.weight"]),
        ("{params: {n: 1}, repeat: n, share: true, op: {linear: 8}}", ["f.repeat.0.weight"]),
        ("{params: {n: 1}, repeat: n, layers: [{linear: 8 + n - n}]}", [f"f.repeat.{i}.linear.weight" for i in "01"]),
    ],
)
def test_the_body_of_a_block_may_stand_under_repeat(block: str, keys: list[str]) -> None:
    text = f"""
archgraph: 1
variables:
  x: {{kind: input, type: "real[T, 8]"}}
  h: hidden
blocks: {{b: {block}}}
nodes: {{f: {{use: b, with: {{n: 2}}}}}}
edges: [x -> f -> h]
"""
    names = [name for name, _ in program(text).parameters()]
    assert [name for name in names if name.endswith("weight")] == keys


def test_a_list_gives_the_copies_of_a_repeat_their_own_values_in_turn() -> None:
    node = _node("{repeat: 5, layers: [{self_attention: {heads: [1, width // 2], positions: [rotary, none]}}]}")
    made = [copy.nodes["self_attention"].body.op for copy in node.copies]
    assert [(op.heads, op.positions) for op in made] == [(1, "rotary"), (2, "none")] * 2 + [(1, "rotary")]
    blocks = _node("{repeat: 2, layers: [{use: mlp, with: {act: [gelu, tanh]}}]}").copies
    acts = [copy.nodes["mlp"].body.nodes["repeat"].body.nodes["feed_forward"].body.op.activation for copy in blocks]
    assert acts == ["gelu", "tanh"]


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("{repeat: 2, layers: [{self_attention: {heads: [1, 2, 4]}}]}", "'heads' lists 3 values"),
        ("{layers: [{self_attention: {heads: [1, 2]}}]}", "'heads'"),
        ("{repeat: 2, layers: [{self_attention: {heads: []}}]}", "'heads'"),
        ("{repeat: 2, layers: [{self_attention: {heads: [1, many]}}]}", "'many'"),
        ("{repeat: 2, layers: [{use: mlp, with: {act: [gelu, tanh, relu]}}]}", "'act' lists 3 values"),
        ("{layers: [{use: mlp, with: {act: [gelu, tanh]}}]}", "an argument of a block"),
    ],
)
def test_a_list_that_fits_no_copies_is_refused(body: str, fact: str) -> None:
    found = check(SPEC % body + BLOCKS).diagnostics
    assert len(found) == 1 and fact in found[0].message


@pytest.mark.parametrize("body", ["{use: loop}", "{layers: [relu]}"])
def test_blocks_that_use_each_other_are_told_once_whether_something_uses_them_or_not(body: str) -> None:
    (item,) = check(SPEC % body + BLOCKS + LOOP).diagnostics
    assert (item.code, item.message) == ("AG023", "these blocks use each other: loop -> pool -> loop")


@pytest.mark.parametrize(
    ("block", "codes"),
    [
        ("{layers: [linaer]}", ["AG011"]),
        ("{layers: [{linear: {width: 4, speed: 3}}]}", ["AG012"]),
        ("{layers: [{self_attention: {heads: '8'}}]}", ["AG030"]),
        ("{layers: [{linear: width}]}", ["AG034"]),
        ("{layers: [{use: nothing}]}", ["AG023"]),
        ("{params: {n: 0}, layers: [{linear: 4 / n}]}", ["AG033"]),
        ("{nodes: {a: {role: encodr, op: relu}}, edges: [in -> b -> out]}", ["AG010", "AG040"]),
        ("{params: {n: null}, layers: [{linear: n}]}", []),
        ("{params: {n: 4}, layers: [{linear: n}, {linear: {width: 2 * n}}]}", []),
        ("{layers: [cross_attention]}", []),
    ],
)
def test_a_block_that_nothing_uses_is_checked_as_far_as_its_arguments_do_not_matter(
    block: str, codes: list[str]
) -> None:
    spec = SPEC % "{layers: [relu]}" + BLOCKS + f"  idle: {block}\n"
    assert [item.code for item in check(spec).diagnostics] == codes


def test_blocks_that_nothing_uses_cost_no_more_than_a_model_may() -> None:
    doubling = "".join(f"  b{i}: {{layers: [{{use: b{i - 1}}}, {{use: b{i - 1}}}]}}\n" for i in range(1, 40))
    started = time.perf_counter()
    assert check(SPEC % "{layers: [relu]}" + BLOCKS + "  b0: {layers: [relu]}\n" + doubling).ok
    assert time.perf_counter() - started < 10
