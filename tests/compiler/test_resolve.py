"""The one text of a spec that a checkpoint holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgraph import compiler
from archgraph.cli.library import library
from archgraph.compiler import resolve, resolved
from archgraph.core.dims import Dim

PARENT = """\
archgraph: 1
name: parent
params: {width: 4, rate: 1e-4}
variants: {tiny: {width: 2}}
variables:
  y: {kind: target, type: "real[T, width]", label: "1e-4"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: width}]}
  decoder: {role: decoder, layers: [{linear: width}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
"""
CHILD = """\
archgraph: 1
extends: parent.yaml
name: child
nodes:
  predictor: {role: predictor, layers: [{linear: width}]}
edges:
  - {from: y, to: encoder, kind: [delay], steps: 2, axis: T}
  - encoder -> predictor -> decoder
"""


@pytest.fixture
def child(tmp_path: Path) -> Path:
    """A spec with a parent."""
    for name, text in (("parent", PARENT), ("child", CHILD)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8", newline="\n")
    return tmp_path / "child.yaml"


@pytest.mark.parametrize("name", sorted(set(library()) - {"latent_predictive"}))
def test_it_is_the_same_model_as_the_spec(name: str) -> None:
    path = library()[name].path
    text = resolved(path)
    assert "extends:" not in text and "include:" not in text
    sizes = {param: 9 for param, value in compiler.program(path).graph.params.items() if isinstance(value, Dim)}
    assert compiler.emit(text, params=sizes) == compiler.emit(path, params=sizes)


def test_edges_that_a_child_displaces_are_gone(child: Path) -> None:
    text = resolved(child)
    assert compiler.program(text).graph.wires and "y -> encoder" not in text
    assert compiler.emit(text) == compiler.emit(child)


def test_variant_and_set_are_settled(child: Path) -> None:
    text = resolved(child, variant="tiny", params={"rate": 0.5})
    params = compiler.program(text).graph.params
    assert (params["width"], params["rate"]) == (2, 0.5)
    assert "variants" not in text


def test_it_resolves_to_itself(child: Path) -> None:
    text = resolved(child)
    assert resolved(text.encode()) == text


def test_a_text_that_looks_like_a_number_stays_a_text(child: Path) -> None:
    assert compiler.program(resolved(child)).graph.variables["y"].label == "1e-4"


@pytest.mark.parametrize(
    "label", ["1e-4", "two\nlines", "a # b: c", "ẏ ∈ é", "😀", "back\\\\slash", "q? a", "- x", "'\"", " "]
)
def test_the_text_is_the_same_with_the_library_in_c_and_without(label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PARENT.replace('label: "1e-4"', f"label: {json.dumps(label, ensure_ascii=False)}").replace(
        "name: parent", "name: parent-of-é"
    )
    quick = resolved(text)
    monkeypatch.setattr("archgraph.compiler.resolve._QUICK", resolve._Writer)
    assert resolved(text) == quick
