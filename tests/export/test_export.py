"""Exported files agree with the module, and speak of it in the words of the spec."""

from __future__ import annotations

import re
from pathlib import Path

import onnx
import pytest
import torch
from torch.nn import functional as F

import archgraph
from archgraph.compiler import program
from archgraph.export.errors import ExportError
from archgraph.export.face import Face
from archgraph.export.files import Request, export
from archgraph.export.rewrites import attention, cross_entropy, cummax
from tests.export.models import LENGTHS, MODELS, PARAMS, exported
from tests.specs.samples import COMPILED, SPECS, model, values

# The suite takes those that differ in kind; the campaign takes all.
QUICK = ("autoencoder", "language_model", "rnn_seq2seq", "variational_autoencoder")
EVERY = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in (*COMPILED, *MODELS)]
PATCHES = """\
archgraph: 1
name: patches
variables:
  x: {kind: input, type: "real[T, 4]", pad: lengths}
  h: hidden
nodes:
  encoder: {role: encoder, layers: [{conv1d: {channels: 6, kernel: 3, padding: causal}}, relu, {linear: 3}]}
edges:
  - x -> encoder -> h
"""
HOLES = """\
archgraph: 1
name: holes
variables:
  y: {kind: target, type: "tokens(9)[T]"}
  y_hat: contrastive
  y_tilde: prediction
nodes:
  masking: {role: corruption, op: {token_masking: {rate: 0.5, symbol: 0}}}
  encoder: {role: encoder, op: {embedding: 4}}
  decoder: {role: decoder, op: {linear: 9}}
  C: {role: cost, op: cross_entropy}
edges:
  - y -> masking -> y_hat -> encoder -> decoder -> y_tilde
  - masking.mask -> C.where
  - y, y_tilde -> C
"""


def dims(values: object) -> dict[str, list[str | int]]:
    return {
        each.name: [size.dim_param or size.dim_value for size in each.type.tensor_type.shape.dim] for each in values
    }


@pytest.mark.parametrize("name", EVERY)
def test_onnx_runtime_agrees_at_two_shapes(name: str, tmp_path: Path) -> None:
    found = exported(name, tmp_path, Request("onnx", lengths=LENGTHS.get(name, {})))
    assert found.difference < 1e-4
    onnx.checker.check_model(found.path)
    graph = onnx.load(found.path).graph
    ours = archgraph.compile((SPECS | MODELS)[name], variant="tiny", params=PARAMS.get(name))
    assert {node.name.rpartition("/")[0] for node in graph.node} - {""} <= set(dict(ours.named_modules()))
    weights = {each.name for each in graph.initializer}
    assert not [
        each for each in weights if each.endswith(".transposed") and each.removesuffix(".transposed") in weights
    ]


@pytest.mark.parametrize("name", EVERY)
def test_torch_reads_its_own_file_back_the_same(name: str, tmp_path: Path) -> None:
    assert exported(name, tmp_path, Request("torch", lengths=LENGTHS.get(name, {}))).difference < 1e-6


def test_an_onnx_file_has_the_names_of_the_spec(tmp_path: Path) -> None:
    path = exported("conditional_predictive", tmp_path, Request("onnx", spec="archgraph: 1")).path
    graph = onnx.load(path).graph
    assert dims(graph.input) == {"y": ["batch", "T"], "x": ["batch", "S"]}
    assert dims(graph.output)["y_tilde"][:2] == ["batch", "T"] and dims(graph.output)["energy"] == ["batch"]
    ours = set(dict(model("conditional_predictive").named_modules()))
    paths = {node.name.rpartition("/")[0] for node in graph.node}
    assert paths - {""} <= ours and "decoder.linear" in paths
    weights = {each.name.removesuffix(".transposed") for each in graph.initializer}
    assert set(dict(model("conditional_predictive").named_parameters())) <= weights
    assert len({node.name for node in graph.node}) == len(graph.node)
    assert {each.key: each.value for each in onnx.load(path).metadata_props}["archgraph.spec"] == "archgraph: 1"


def test_a_table_tied_to_a_map_is_stored_once(tmp_path: Path) -> None:
    graph = onnx.load(exported("gpt2", tmp_path, Request("onnx")).path).graph
    tables = [each.name for each in graph.initializer if sorted(each.dims) == [32, 64]]
    assert tables == ["encoder.embedding.tokens"]
    readers = [node.op_type for node in graph.node if "encoder.embedding.tokens" in node.input]
    assert sorted(readers) == ["Gather", "Transpose"]


def test_a_file_names_nothing_of_the_machine_and_is_the_same_each_time(tmp_path: Path) -> None:
    first = exported("autoencoder", tmp_path / "one", Request("onnx")).path.read_bytes()
    assert first == exported("autoencoder", tmp_path / "two", Request("onnx")).path.read_bytes()
    assert not re.search(rb"[\w/\\]+\.py\b", first)


def test_the_file_of_torch_takes_and_gives_tensors_by_name(tmp_path: Path) -> None:
    found = exported("transformer", tmp_path, Request("torch"))
    module = torch.export.load(found.path).module()
    given = values("transformer")
    assert set(module(given)) == {"h", "y_tilde", "C", "energy", "loss"}
    assert dict(module.named_parameters()).keys() == dict(model("transformer").named_parameters()).keys()
    assert found.axes["T"].most == 4096


def test_leaves_out_what_is_not_given(tmp_path: Path) -> None:
    found = exported("autoencoder", tmp_path, Request("torch", given=("y",)))
    assert list(found.inputs) == ["y"]
    text = SPECS["bag_of_words"]
    model = archgraph.compile(text, variant="tiny", seed=0)
    alone = export(model, program(text, variant="tiny"), tmp_path / "x.pt2", Request("torch", given=("x",)))
    assert list(alone.inputs) == ["x"] and alone.outputs == ("h", "y_tilde")


def test_lengths_of_padded_sequences_are_an_input(tmp_path: Path) -> None:
    model = archgraph.compile(PATCHES, seed=0)
    found = export(model, program(PATCHES), tmp_path / "x.onnx", Request("onnx"))
    assert found.inputs == {"x": ("batch", "T", "4"), "x_lengths": ("batch",)}


def test_corruption_is_left_out(tmp_path: Path) -> None:
    found = exported("denoising_autoencoder", tmp_path, Request("torch"))
    y = values("denoising_autoencoder")["y"]
    given = torch.export.load(found.path).module()({"y": y})
    assert torch.equal(given["y_hat"], y)


def test_says_which_axis_must_be_fixed(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="axis 'T' cannot stay open") as told:
        exported("rnn", tmp_path, Request("onnx"))
    assert told.value.hint.startswith("fix it: --length T=")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request("torch", given=("z",)), "'z' is no observed variable"),
        (Request("torch", lengths={"S": 4}), "no input has an axis 'S'"),
    ],
)
def test_names_what_there_is_not(request_: Request, message: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=message):
        exported("language_model", tmp_path, request_)


def test_a_file_that_differs_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archgraph.export.files.TOLERANCE", -1.0)
    with pytest.raises(ExportError, match="another 'h' than the module"):
        exported("autoencoder", tmp_path, Request("torch"))
    assert not list(tmp_path.iterdir())


def test_the_mode_of_the_module_stays_as_it_was(tmp_path: Path) -> None:
    model = archgraph.compile(SPECS["autoencoder"], seed=0).train()
    export(model, program(SPECS["autoencoder"]), tmp_path / "x.pt2", Request("torch"))
    assert model.training and all(part.training for part in model.modules())
    assert dict(Face(model).named_parameters()).keys() == dict(model.named_parameters()).keys()


def test_rewrites_equal_torch() -> None:
    torch.manual_seed(0)
    real = torch.rand(4, 9) < 0.3
    for ours, theirs in zip(cummax(real, 1), real.cummax(1), strict=True):
        assert torch.equal(ours, theirs)
    logits, target = torch.randn(6, 5), torch.randint(5, (6,))
    wanted = F.cross_entropy(logits, target, reduction="none")
    assert torch.allclose(cross_entropy(logits, target, None, 0), wanted)


@pytest.mark.parametrize("scale", [None, 1.0])
def test_attention_written_out_equals_torch_and_gives_zeros_to_rows_without_keys(scale: float | None) -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 3, 5, 4), torch.randn(2, 3, 6, 4), torch.randn(2, 3, 6, 7)
    real = torch.rand(2, 1, 5, 6) < 0.5
    real[0, 0, 2] = False
    for mask in (real, torch.zeros(real.shape).masked_fill(~real, -torch.inf)):
        found = attention(q, k, v, mask, scale=scale)
        assert torch.allclose(found, F.scaled_dot_product_attention(q, k, v, mask, scale=scale), atol=1e-6)
    assert not found[0, :, 2].any()
    assert attention(q, k, v) is NotImplemented


def test_a_corruption_of_open_length_is_left_out(tmp_path: Path) -> None:
    model = archgraph.compile(HOLES, seed=0)
    found = export(model, program(HOLES), tmp_path / "x.pt2", Request("torch"))
    y = torch.randint(1, 9, (4, 11))
    given = torch.export.load(found.path).module()({"y": y})
    assert torch.equal(given["y_hat"], y) and "T" in found.axes


def test_an_axis_that_the_spec_fixes_is_not_open(tmp_path: Path) -> None:
    fixed = HOLES.replace("variables:", "dims: {T: 6}\nvariables:")
    found = export(archgraph.compile(fixed, seed=0), program(fixed), tmp_path / "x.pt2", Request("torch"))
    assert found.inputs == {"y": ("batch", "6")} and list(found.axes) == ["batch"]
