"""Weights that are damaged, incomplete, unsafe or of another model are refused whole, with file and tensor named."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import archgraph
from archgraph.weights.errors import WeightsError
from tests.weights.checkpoints import SPEC, publish, publish_shards, tensors


def refused(weights: Path, spec: str = SPEC) -> WeightsError:
    with pytest.raises(WeightsError) as told:
        archgraph.compile(spec, weights=weights)
    return told.value


def rewritten(path: Path, change: Callable[[dict[str, dict[str, object]]], object]) -> None:
    """Change the header of a safetensors file, and leave the numbers."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + content[8 + length :])


@pytest.mark.parametrize("cut", [1, 200, 20_000])
def test_a_file_that_is_cut_off(cut: int, published: Path) -> None:
    path = published / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut] if cut < len(whole) else whole[:5])
    told = refused(published)
    assert path.name in told.message and "cut off" in told.message and told.hint


def test_a_file_that_is_cut_off_names_the_tensor_inside_which_it_ends(published: Path) -> None:
    path = published / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    last = max(archgraph.account(SPEC, publish(published.parent / "y")).loaded, key=lambda each: each.stored.start)
    assert "inside '" in refused(published).message and last


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header: header["head.weight"].update(dtype="F99"), "does not say what 'head.weight' is"),
        (lambda header: header["head.weight"].update(shape=[-1]), "does not say what 'head.weight' is"),
        (lambda header: header["head.weight"].update(shape=[7]), "'head.weight' has 264 bytes, and F32 of [7] has 28"),
        (lambda header: header["head.weight"].pop("data_offsets"), "does not say what 'head.weight' is"),
        (lambda header: header.pop("head.weight"), "does not begin where the tensor before it ends"),
        (lambda header: header.update(more=header["head.weight"]), "does not begin where the tensor before it ends"),
    ],
)
def test_a_header_that_is_not_true(change: Callable[[object], object], message: str, published: Path) -> None:
    rewritten(published / "model.safetensors", change)
    assert message in refused(published).message


@pytest.mark.parametrize("content", [b"", b"abc", struct.pack("<Q", 1 << 60) + b"{}", struct.pack("<Q", 4) + b"[[[["])
def test_a_file_that_is_something_else(content: bytes, published: Path) -> None:
    (published / "model.safetensors").write_bytes(content)
    assert "model.safetensors" in refused(published).message


def test_a_name_that_stands_twice_in_a_header(published: Path) -> None:
    text = b'{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "a": {}}'
    (published / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"1234")
    assert "a name stands twice" in refused(published).message


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth", "weights.pkl"])
def test_a_pickle_is_refused_unread_with_the_way_to_convert_it(name: str, published: Path) -> None:
    (published / "model.safetensors").unlink()
    (published / name).write_bytes(pickle.dumps({"evil": 1}))
    for given in (published, published / name):
        told = refused(given)
        assert "a pickle, which can run code" in told.message
        assert f"torch.load('{name}', weights_only=True)" in told.hint and "model.safetensors" in told.hint


@pytest.mark.parametrize("archive", [True, False])
def test_a_pickle_under_the_name_of_safetensors_is_refused_as_one(archive: bool, published: Path) -> None:
    torch.save({"a": torch.zeros(2)}, published / "model.safetensors", _use_new_zipfile_serialization=archive)
    told = refused(published)
    assert "model.safetensors: a pickle under another name" in told.message and "weights_only=True" in told.hint


def test_the_pointer_of_a_file_that_was_not_fetched_is_named(published: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
    (published / "model.safetensors").write_bytes(pointer)
    told = refused(published)
    assert "git's large storage" in told.message and told.hint == "git lfs pull"


def test_arrays_of_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.array([{}], dtype=object))
    assert "holds objects" in refused(tmp_path / "x.npz").message
    (tmp_path / "y.npz").write_bytes(b"PK\x03\x04nothing")
    assert "y.npz" in refused(tmp_path / "y.npz").message


def test_missing_tensors_are_counted_and_the_first_named(tmp_path: Path) -> None:
    given = {name: value for name, value in tensors().items() if ".up." not in name}
    told = refused(publish(tmp_path / "x", given))
    assert "no tensor 'h.0.up.weight', which becomes 'predictor.0.residual_2.feed_forward.inner.weight'" in told.message
    assert "(4 are missing)" in told.message


def test_a_weight_that_no_rule_knows(published: Path) -> None:
    told = refused(published, SPEC.replace("    predictor.*.residual.layer_norm: h.*.ln\n", ""))
    assert "no rule of the spec says where 'predictor.0.residual.layer_norm.weight' comes from" in told.message


def test_extra_tensors_are_named(tmp_path: Path) -> None:
    told = refused(publish(tmp_path / "x", {**tensors(), "adapter.a": torch.zeros(2)}))
    assert (
        "model.safetensors: 1 tensors that the spec has no place for: 'adapter.a'" in told.message
        and "unused" in told.hint
    )


def test_wrong_shapes_name_both(tmp_path: Path) -> None:
    given = {**tensors(), "model.h.0.up.weight": torch.zeros(24, 5)}
    told = refused(publish(tmp_path / "x", given))
    assert (
        "model.safetensors: 'model.h.0.up.weight' is [24, 5]" in told.message
        and "inner.weight' is [24, 6]" in told.message
    )


def test_parts_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    given = {**tensors(), "model.h.0.attn.c_attn.weight": torch.zeros(6, 20)}
    assert "'model.h.0.attn.c_attn.weight' is [20, 6]" in refused(publish(tmp_path / "x", given)).message


def test_whole_numbers_are_no_weights(tmp_path: Path) -> None:
    given = {**tensors(), "model.h.0.up.weight": torch.zeros(24, 6, dtype=torch.int8)}
    told = refused(publish(tmp_path / "x", given))
    assert "'model.h.0.up.weight' holds whole numbers (I8), and 'predictor.0" in told.message and "float32" in told.hint


def test_tensors_that_must_be_equal_and_are_not(tmp_path: Path) -> None:
    given = {**tensors(), "head.weight": torch.zeros(1, 11, 6)}
    told = refused(publish(tmp_path / "x", given))
    assert "'head.weight' and 'model.wte.weight' differ" in told.message


def test_another_family_and_other_choices(tmp_path: Path) -> None:
    assert (
        "the family is 'bert', and the spec is of small" in refused(publish(tmp_path / "x", model_type="bert")).message
    )
    assert "no 'model_type' says the family" in refused(publish(tmp_path / "z", model_type=None)).message
    told = refused(publish(tmp_path / "y", activation="gelu"))
    assert "'activation' is 'gelu', and the spec holds for 'relu' or 'ReLU'" in told.message


@pytest.mark.parametrize(
    ("changed", "fact"),
    [({"n_embd": -6}, "'width' is -6"), ({"n_embd": 5}, "2 heads do not divide"), ({"n_layer": 10**9}, "limit")],
)
def test_a_config_whose_sizes_make_no_model(changed: dict[str, int], fact: str, tmp_path: Path) -> None:
    told = refused(publish(tmp_path / "x", **changed))
    assert "config.json: its sizes make no model of this spec" in told.message and fact in told.message


def test_a_config_that_lacks_a_number(tmp_path: Path) -> None:
    told = refused(publish(tmp_path / "x", n_embd=None))
    assert "says nothing of n_embd, from which 'width' follows" in told.message


@pytest.mark.parametrize("value", ["6", "wide", [6], {"a": 6}, float("nan"), float("inf")])
def test_a_size_in_a_config_that_is_no_number_is_shown(value: object, tmp_path: Path) -> None:
    told = refused(publish(tmp_path / "x", n_embd=value))
    if isinstance(value, str):
        assert "config.json: " in told.message and value in told.message
    else:
        assert f"config.json: 'n_embd' is {value}, and must be a number" in told.message


def test_a_long_value_of_a_config_is_cut(tmp_path: Path) -> None:
    told = refused(publish(tmp_path / "x", activation="x" * 500))
    assert len(told.message) < 250 and "x…, and the spec holds for" in told.message


def test_names_of_classes_are_counted_and_nothing_else_is(tmp_path: Path) -> None:
    names = {str(place): f"class {place}" for place in range(11)}
    for place, value in enumerate((names, list(names.values()))):
        assert archgraph.compile(SPEC, weights=publish(tmp_path / f"fine-{place}", vocab_size=value))
    for place, value in enumerate(([1] * 11, dict.fromkeys(names, 1), dict.fromkeys("abcdefghijk", "x"))):
        told = refused(publish(tmp_path / f"bad-{place}", vocab_size=value))
        assert "'vocab_size' is " in told.message and "must be a number" in told.message


@pytest.mark.parametrize("content", ["{", "[1]", "[" * 100_000])
def test_a_config_that_is_no_mapping(content: str, published: Path) -> None:
    (published / "config.json").write_text(content, encoding="utf-8")
    assert "config.json" in refused(published).message


def test_a_spec_without_rules_says_so(published: Path) -> None:
    assert "the spec has no section 'weights'" in refused(published, SPEC.partition("weights:")[0]).message


def test_missing_shards_are_named(tmp_path: Path) -> None:
    folder = publish_shards(tmp_path / "x")
    (folder / "model-2-of-2.safetensors").unlink()
    told = refused(folder)
    assert "1 of 2 shards are missing" in told.message and "'model-2-of-2.safetensors'" in told.message


def test_an_index_that_is_not_true(tmp_path: Path) -> None:
    folder = publish_shards(tmp_path / "x")
    index = folder / "model.safetensors.index.json"
    where = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
    index.write_text(json.dumps({"weight_map": {**where, "ghost": "model-1-of-2.safetensors"}}), encoding="utf-8")
    assert "the index promises 'ghost'" in refused(folder).message
    for outside in ("../x.safetensors", "..", "", "/x.safetensors", "a/../x.safetensors"):
        index.write_text(json.dumps({"weight_map": {**where, "head.weight": outside}}), encoding="utf-8")
        assert f"'{outside}' is no file of this folder" in refused(folder).message
    index.write_text(json.dumps({"weight_map": {**where, "head.weight": "evil.bin"}}), encoding="utf-8")
    assert "evil.bin: a pickle" in refused(folder).message
    for nothing in ({}, [], {"a": 1}, None):
        index.write_text(json.dumps({"weight_map": nothing}), encoding="utf-8")
        assert "no 'weight_map' of names to files" in refused(folder).message
    del where["head.weight"]
    index.write_text(json.dumps({"weight_map": where}), encoding="utf-8")
    assert "'head.weight' is not what the index says" in refused(folder).message


def test_places_with_nothing_in_them(tmp_path: Path) -> None:
    assert "there is no such file or folder" in refused(tmp_path / "none").message
    assert "no model.safetensors here" in refused(tmp_path).message
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert "not a file of weights" in refused(tmp_path / "notes.txt").message
