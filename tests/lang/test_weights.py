"""The section `weights`: what it says is kept, and each fault has its place."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import archgraph
from archgraph.compiler import program, resolved, schema
from archgraph.graph.weights import Origin

SPEC = """\
archgraph: 1
name: small
params: {width: 4, hidden: 2, epsilon: 1e-5}
variables:
  y: {kind: target, type: "real[width]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: hidden}, {layer_norm: {epsilon: epsilon}}]}
  decoder: {role: decoder, layers: [{linear: width}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
weights:
  family: [auto, encoder]
  params: {width: hidden_size, hidden: [n_inner, hidden_size // 2], epsilon: norm.eps}
  requires: {act: [gelu, gelu_new], bias: true}
  prefixes: [model.]
  names:
    encoder.linear: {from: h.*.c_fc, transposed: true}
    decoder.linear: head
    encoder.layer_norm: null
  tied: {lm_head.weight: wte.weight}
  unused: [pooler]
"""


def test_keeps_what_a_section_says() -> None:
    rules = program(SPEC).graph.weights
    assert rules is not None
    assert rules.families == ("auto", "encoder") and rules.prefixes == ("model",)
    assert dict(rules.params)["hidden"] == ("n_inner", "hidden_size // 2")
    assert dict(rules.requires) == {"act": ("gelu", "gelu_new"), "bias": (True,)}
    assert dict(rules.names) == {
        "encoder.linear": Origin("h.*.c_fc", transposed=True),
        "decoder.linear": Origin("head"),
        "encoder.layer_norm": None,
    }
    assert rules.tied == (("lm_head.weight", "wte.weight"),) and rules.unused == ("pooler",)


def test_the_resolved_text_keeps_the_section() -> None:
    assert program(resolved(SPEC)).graph.weights is not None
    assert "weights" in schema()["$defs"]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("  family: [auto, encoder]", "  familiy: auto", "AG012", (15, 3)),
        ("  family: [auto, encoder]", "  family: 3", "AG030", (15, 11)),
        ("{width: hidden_size,", "{widht: hidden_size,", "AG025", (16, 12)),
        ("hidden_size // 2", "hidden_size // ", "AG019", (16, 50)),
        ("decoder.linear: head", "decoder.linear: [head]", "AG019", (21, 21)),
        ("{from: h.*.c_fc, transposed: true}", "{form: h.*.c_fc, from: x}", "AG012", (20, 22)),
        ("norm.eps", "{a: 1}", "AG019", (16, 78)),
        ("transposed: true", "axes: [1, 2]", "AG019", (20, 44)),
        ("transposed: true", "axes: x", "AG030", (20, 44)),
        ("transposed: true", "transposed: true, axes: [1, 0]", "AG019", (20, 62)),
        ("transposed: true", "axes: [1, 0], split: [a]", "AG019", (20, 44)),
    ],
)
def test_each_fault_has_its_place(old: str, new: str, code: str, place: tuple[int, int]) -> None:
    found = [(item.code, (item.span.line, item.span.column)) for item in archgraph.check(SPEC.replace(old, new))]
    assert found == [(code, place)]


def test_a_section_that_is_no_mapping_is_refused() -> None:
    text = SPEC.partition("weights:")[0]
    assert [item.code for item in archgraph.check(text + "weights: [gpt2]\n")] == ["AG019"]
    assert archgraph.check(text + "weights: null\n").ok


def test_a_file_beside_the_spec_may_hold_the_section(tmp_path: Path) -> None:
    head, _, section = SPEC.partition("weights:\n")
    (tmp_path / "small.weights.yml").write_text(textwrap.dedent(section), encoding="utf-8")
    (tmp_path / "small.yaml").write_text(head + "weights: small.weights.yml\n", encoding="utf-8")
    (tmp_path / "child.yaml").write_text("archgraph: 1\nextends: small.yaml\n", encoding="utf-8")
    (tmp_path / "bare.yaml").write_text("archgraph: 1\nextends: small.yaml\nweights: null\n", encoding="utf-8")
    for name in ("small.yaml", "child.yaml"):
        rules = program(tmp_path / name).graph.weights
        assert rules is not None and rules.families == ("auto", "encoder")
        assert program(resolved(tmp_path / name)).graph.weights is not None
    assert program(tmp_path / "bare.yaml").graph.weights is None


def test_a_file_that_is_not_there_or_lies_outside_is_refused(tmp_path: Path) -> None:
    for name, code in (("none.yml", "AG060"), ("../x.yml", "AG062")):
        (tmp_path / "small.yaml").write_text(SPEC.partition("weights:")[0] + f"weights: {name}\n", encoding="utf-8")
        assert [item.code for item in archgraph.check(tmp_path / "small.yaml")] == [code]


def test_a_number_in_place_of_a_name_is_told_for_params_and_for_names() -> None:
    assert program(SPEC.replace("width: hidden_size", "width: 4")).graph.weights is not None
    (item,) = archgraph.check(SPEC.replace("decoder.linear: head", "decoder.linear: 3")).diagnostics
    assert (item.code, item.message) == ("AG019", "'decoder.linear' is the number 3, and must be a name in the file")
