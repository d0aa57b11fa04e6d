"""A spec that starts from another: what is kept, replaced, displaced and removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archgraph.compiler import check, program, resolved
from archgraph.graph.module import Net
from archgraph.graph.program import Program

PARENT = """archgraph: 1
name: parent
params: {width: 4, depth: 2}
variants: {tiny: {width: 2}}
variables:
  y: {kind: target, type: "real[T, 4]"}
  h: hidden
  y_tilde: {kind: prediction, label: a guess}
nodes:
  encoder: {role: encoder, layers: {first: {linear: width}, act: relu}}
  decoder: {role: decoder, label: out, layers: [{linear: 4}]}
  C: {role: cost, weight: 2, op: squared_error}
edges:
  - y -> encoder -> h -> decoder -> y_tilde
  - y, y_tilde -> C
"""


@pytest.fixture
def child(tmp_path: Path):
    """Writes a child beside its parent, and gives its path."""

    def write(text: str) -> Path:
        (tmp_path / "parent.yaml").write_text(PARENT, encoding="utf-8")
        path = tmp_path / "child.yaml"
        path.write_text("archgraph: 1\nextends: parent.yaml\n" + text, encoding="utf-8")
        return path

    return write


def _edges(found: Program) -> list[str]:
    return [f"{wire.source.owner} {wire.delay} {wire.target.owner}" for wire in found.graph.wires]


def test_a_child_that_says_nothing_is_its_parent(child) -> None:
    found = program(child("name: child\n"))
    assert found.graph.name == "child"
    assert list(found.graph.nodes) == ["encoder", "decoder", "C"]
    assert found.graph.nodes["C"].weight == 2


def test_params_come_from_the_parent_the_child_the_variant_and_from_outside(child) -> None:
    path = child("params: {width: 6}\nvariants: {tiny: {width: 3}}\n")
    assert program(path).graph.params["width"] == 6
    assert program(path, variant="tiny").graph.params["width"] == 3
    assert program(path, variant="tiny", params={"width": 5}).graph.params["width"] == 5
    assert program(path).graph.params["depth"] == 2


def test_an_edge_displaces_the_parents_edges_into_its_port(child) -> None:
    found = program(
        child("nodes:\n  p: {role: predictor, layers: [{linear: 4}]}\nedges:\n  - y -[delay]-> encoder -> p -> h\n")
    )
    assert sorted(_edges(found)) == sorted(
        ["y 1 encoder", "encoder 0 p", "p 0 h", "h 0 decoder", "decoder 0 y_tilde", "y 0 C", "y_tilde 0 C"]
    )


def test_null_removes_a_node_with_its_edges(child) -> None:
    found = program(child("nodes: {encoder: null}\nedges: [y -> h]\n"))
    assert list(found.graph.nodes) == ["decoder", "C"]
    assert "y 0 encoder" not in _edges(found)


def test_null_removes_a_node_where_the_child_draws_no_edge(child) -> None:
    found = program(child("nodes: {C: null}\n"))
    assert _edges(found) == ["y 0 encoder", "encoder 0 h", "h 0 decoder", "decoder 0 y_tilde"]


def test_null_removes_a_variable(child) -> None:
    found = program(child("variables: {h: null}\nedges: [encoder -> decoder]\n"))
    assert list(found.graph.variables) == ["y", "y_tilde"]


def test_a_mapping_merges_and_a_list_replaces(child) -> None:
    found = program(
        child("nodes:\n  encoder: {layers: {last: {linear: 5}}}\n  decoder: {layers: [{linear: 3}, {linear: 4}]}\n")
    )
    encoder, decoder = found.graph.nodes["encoder"], found.graph.nodes["decoder"]
    assert list(encoder.body.nodes) == ["first", "act", "last"]
    assert list(decoder.body.nodes) == ["linear", "linear_2"]
    assert decoder.label == "out"


def test_an_operation_of_the_same_name_merges_its_arguments(child) -> None:
    more = child("nodes:\n  encoder: {layers: {first: {linear: {width: 7, bias: false}}}}\n")
    first = program(more).graph.nodes["encoder"].body.nodes["first"]
    assert first.body.op.arguments() == {"width": 7, "bias": False}


def test_another_operation_replaces(child) -> None:
    first = program(child("nodes:\n  C: {op: {squared_error: {}}}\n")).graph.nodes["C"]
    assert first.role == "cost"
    replaced = program(child("nodes:\n  encoder: {layers: {act: tanh}}\n")).graph.nodes["encoder"]
    assert replaced.body.nodes["act"].body.op.name == "tanh"


def test_another_kind_of_body_replaces_and_keeps_the_head(child) -> None:
    group = "nodes:\n  decoder:\n    nodes: {inner: {layers: [{linear: 4}]}}\n    edges: [in -> inner -> out]\n"
    decoder = program(child(group)).graph.nodes["decoder"]
    assert decoder.body.style == "nodes"
    assert (decoder.role, decoder.label) == ("decoder", "out")


def test_a_variable_merges_its_keys(child) -> None:
    found = program(child("variables: {y_tilde: {math: z}}\n")).graph.variables["y_tilde"]
    assert (found.kind, found.label, found.math) == ("prediction", "a guess", "z")


def test_a_fault_of_the_parent_is_told_in_its_own_file(child) -> None:
    path = child("name: child\n")
    parent = path.with_name("parent.yaml")
    parent.write_text(PARENT.replace("linear: width", "linaer: width"), encoding="utf-8")
    (item,) = check(path).diagnostics
    assert (item.code, item.span.source.name, item.span.line) == ("AG011", parent.as_posix(), 10)


def test_groups_merge_their_nodes_and_edges(child) -> None:
    path = child("name: child\n")
    group = (
        "nodes:\n  g:\n    nodes: {a: {layers: [{linear: 4}]}, b: {layers: [relu]}}\n    edges: [in -> a -> b -> out]\n"
    )
    path.with_name("parent.yaml").write_text(
        PARENT.replace("nodes:\n", group, 1).replace("y -> encoder", "y -> g -> encoder"), encoding="utf-8"
    )
    more = "nodes:\n  g:\n    nodes: {c: {layers: [tanh]}}\n    edges: [b -> c -> out]\n"
    path.write_text("archgraph: 1\nextends: parent.yaml\n" + more, encoding="utf-8")
    body = program(path).graph.nodes["g"].body
    assert list(body.nodes) == ["a", "b", "c"]
    assert [f"{w.source.owner} {w.target.owner}" for w in body.wires] == [" a", "a b", "b c", "c "]


def test_a_child_may_hide_the_parents_edges_behind_a_fault_of_its_own(child) -> None:
    assert [i.code for i in check(child("nodes: {C: null}\nedges: 3\n")).diagnostics][:1] == ["AG019"]


def test_an_operation_merges_its_arguments_and_another_replaces_it(child) -> None:
    parent = "nodes: {encoder: {op: {linear: {width: 4, bias: false}}}}\n"
    path = child(parent)
    grand = path.with_name("grand.yaml")
    for written, width, bias in (("{linear: {width: 4, bias: true}}", 4, True), ("{linear: {width: 4}}", 4, False)):
        grand.write_text(
            f"archgraph: 1\nextends: child.yaml\nnodes: {{encoder: {{op: {written}}}}}\n", encoding="utf-8"
        )
        op = program(grand).graph.nodes["encoder"].body.op
        assert (op.width, op.bias) == (width, bias)
    grand.write_text("archgraph: 1\nextends: child.yaml\nnodes: {encoder: {op: {softmax: {}}}}\n", encoding="utf-8")
    assert program(grand).graph.nodes["encoder"].body.op.name == "softmax"


def test_the_edges_of_a_group_are_displaced_as_those_of_the_spec_are(child) -> None:
    group = "nodes: {{encoder: {{nodes: {{a: {{op: tanh}}, b: {{op: relu}}}}, edges: [{}]}}}}\n"
    path = child(group.format("in -> a -> b -> out"))
    grand = path.with_name("grand.yaml")
    grand.write_text(
        "archgraph: 1\nextends: child.yaml\nnodes: {encoder: {nodes: {c: {op: silu}}, edges: [in -> c -> a]}}\n",
        encoding="utf-8",
    )
    wires = program(grand).graph.nodes["encoder"].body.wires
    assert sorted(f"{wire.source.owner} {wire.target.owner}" for wire in wires) == [" c", "a b", "b ", "c a"]


def test_a_removed_node_beside_edges_of_a_wrong_form_is_no_second_fault(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(PARENT[: PARENT.index("edges:")] + "edges: 3\n", encoding="utf-8")
    path = tmp_path / "child.yaml"
    path.write_text("archgraph: 1\nextends: parent.yaml\nnodes: {C: null}\n", encoding="utf-8")
    assert "AG019" in [item.code for item in check(path).diagnostics]


def test_the_arguments_of_a_block_merge(child) -> None:
    block = "blocks: {b: {params: {w: 4, bias: true}, layers: [{linear: {width: w, bias: $bias}}]}}\n"
    path = child(block + "nodes: {encoder: {use: b, with: {bias: false}}}\n")
    grand = path.with_name("grand.yaml")
    grand.write_text("archgraph: 1\nextends: child.yaml\nnodes: {encoder: {use: b, with: {w: 6}}}\n", encoding="utf-8")
    op = program(grand).graph.nodes["encoder"].body.nodes["linear"].body.op
    assert (op.width, op.bias) == (6, False)


def test_an_edge_into_a_cost_displaces_the_one_from_the_same_kind_alone(child) -> None:
    found = program(
        child("variables: {guess: {kind: prediction}}\nedges:\n  - decoder -> guess -> C\n  - decoder -> y_tilde\n")
    )
    assert sorted(wire.source.owner for wire in found.graph.into("C")) == ["guess", "y"]
    named = program(child("variables: {k: hidden}\nedges:\n  - decoder -> k -> C.prediction\n"))
    assert sorted(wire.source.owner for wire in named.graph.into("C")) == ["k", "y"]


def test_a_resolved_text_holds_the_edges_that_are_left(child) -> None:
    path = child("variables: {k: hidden}\nedges:\n  - decoder -> k -> C.prediction\n")
    text = resolved(path)
    assert "y -> C" in text
    assert "y_tilde -> C" not in text


def test_a_variable_in_its_short_form_merges_as_its_kind(child) -> None:
    assert program(child("variables: {h: {label: a code}}\n")).graph.variables["h"].label == "a code"
    found = program(child("variables: {y_tilde: contrastive}\n")).graph.variables["y_tilde"]
    assert (found.kind, found.label) == ("contrastive", "a guess")


def test_a_section_with_nothing_in_it_changes_nothing(child) -> None:
    found = program(child("nodes:\nvariables:\nparams:\nedges:\n"))
    assert list(found.graph.nodes) == ["encoder", "decoder", "C"]
    assert len(_edges(found)) == 6


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nodes: {encodr: null}\n", "encodr"),
        ("variables: {encoder: null}\n", "encoder"),
        ("nodes: {encoder: {layers: {frist: null}}}\n", "frist"),
        ("blocks: {b: null}\n", "b"),
    ],
)
def test_refuses_to_remove_what_the_parent_does_not_have(child, text: str, name: str) -> None:
    report = check(child(text))
    assert [(item.fault.code, item.span.text) for item in report] == [("AG040", name)]


GROUP = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  g:
    nodes: {a: {op: {linear: 8}}, b: {op: relu}, c: {op: tanh}}
    edges: [in -> a -> b -> c -> out]
edges: [x -> g -> h]
"""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("{nodes: {b: null}, edges: [a -> c]}", ["in a", "a c", "c out"]),
        ("{nodes: {b: null, c: null}, edges: [a -> out]}", ["in a", "a out"]),
        ("{nodes: {a: {op: {linear: 8}}}}", ["in a", "a b", "b c", "c out"]),
    ],
)
def test_null_removes_a_node_of_a_group_with_its_edges(tmp_path: Path, text: str, left: list[str]) -> None:
    (tmp_path / "parent.yaml").write_text(GROUP, encoding="utf-8")
    path = tmp_path / "child.yaml"
    path.write_text(f"archgraph: 1\nextends: parent.yaml\nnodes: {{g: {text}}}\n", encoding="utf-8")
    net = program(path).graph.nodes["g"].body
    assert isinstance(net, Net)
    assert sorted(f"{w.source.owner or 'in'} {w.target.owner or 'out'}" for w in net.wires) == sorted(left)


def test_null_removes_the_edges_of_a_group_that_draws_none_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(GROUP, encoding="utf-8")
    path = tmp_path / "child.yaml"
    path.write_text("archgraph: 1\nextends: parent.yaml\nnodes: {g: {nodes: {c: null}}}\n", encoding="utf-8")
    report = check(path)
    assert [item.fault.code for item in report] == ["AG050"], "nothing gives 'out' now; no edge names 'c' any more"


def test_a_new_prediction_displaces_one_that_is_none_any_more(child: Callable[[str], Path], tmp_path: Path) -> None:
    path = child(
        "variables: {y_tilde: hidden, better: prediction}\nnodes: {more: {role: decoder, op: {linear: 4}}}\n"
        "edges: [y_tilde -> more -> better -> C]\n"
    )
    into = [str(w.source) for w in program(path).graph.into("C")]
    assert [end.partition(".")[0] for end in into] == ["y", "better"]
    (tmp_path / "grandchild.yaml").write_text(
        "archgraph: 1\nextends: child.yaml\nvariables: {better: hidden, best: prediction}\n"
        "nodes: {last: {role: decoder, op: {linear: 4}}}\nedges: [better -> last -> best -> C]\n",
        encoding="utf-8",
    )
    into = [str(w.source) for w in program(tmp_path / "grandchild.yaml").graph.into("C")]
    assert [end.partition(".")[0] for end in into] == ["y", "best"]
