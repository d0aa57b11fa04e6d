"""`archgraph export`: what the command does beyond the export itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import archgraph
from tests.cli.command import FINE, Ran, process
from tests.weights.checkpoints import SPEC, publish

Run = Callable[..., Ran]


def test_writes_a_file_called_after_the_spec(run: Run, fine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fine.parent)
    ran = run("export", fine.name, "--to", "torch")
    assert ran.status == 0 and ran.out.endswith("\nfine.pt2\n")
    module = torch.export.load(fine.parent / "fine.pt2").module()
    assert module({"y": torch.randn(7, 4)})["energy"].shape == (7,)


def test_reads_standard_input_once(tmp_path: Path) -> None:
    ran = process(["export", "-", "--to", "torch", "-o", str(tmp_path / "x.pt2")], given=FINE.encode())
    assert ran.status == 0, ran.err


def test_a_length_that_is_none_is_wrong_usage(run: Run, fine: Path) -> None:
    ran = run("export", str(fine), "--to", "onnx", "--length", "T=many")
    assert ran.status == 2 and "'T=many' is not of the form T=16" in ran.err


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--given", "z"), "'z' is no observed variable; choose among y"),
        (("--length", "z=3"), "no input has an axis 'z'; the free axes are: "),
    ],
)
def test_a_name_that_the_model_does_not_have_is_wrong_usage(
    run: Run, fine: Path, tmp_path: Path, option: tuple[str, str], told: str
) -> None:
    ran = run("export", str(fine), "--to", "torch", *option, "-o", str(tmp_path / "x.pt2"))
    assert (ran.status, ran.out) == (2, "")
    assert f"Error: {told}" in ran.err


def test_a_checkpoint_settles_its_own_params(run: Run, tmp_path: Path) -> None:
    ran = run("export", str(tmp_path), "--to", "torch", "--set", "width=3")
    assert ran.status == 2 and "a checkpoint has its weights and params" in ran.err


def test_weights_come_from_a_checkpoint_with_its_sizes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SPEC, encoding="utf-8")
    folder = publish(tmp_path / "published")
    ran = run(
        *("export", str(tmp_path / "small.yaml"), "--to", "torch", "-o", str(tmp_path / "x.pt2")),
        *("--weights", str(folder)),
    )
    assert ran.status == 0, ran.err
    module = torch.export.load(tmp_path / "x.pt2").module()
    own = archgraph.compile(SPEC, weights=folder).eval()
    y = torch.randint(1, 11, (2, 9))
    assert torch.allclose(module({"y": y})["y_tilde"], own(y=y).y_tilde, atol=1e-6)


def test_what_gives_nothing_is_told_before_a_file_is_written(run: Run, tmp_path: Path) -> None:
    spec = tmp_path / "conditional.yaml"
    more = FINE.replace("variables:\n", 'variables:\n  x: {kind: input, type: "real[4]"}\n')
    spec.write_text(more.replace("y -> encoder", "x, y -> encoder").replace("[{linear: 2}]", "[add, {linear: 2}]"))
    ran = run("export", str(spec), "--to", "onnx", "--given", "x", "-o", str(tmp_path / "x.onnx"))
    assert (ran.status, ran.err.partition("\n")[0]) == (1, "error: nothing can be computed from x alone")
    assert not (tmp_path / "x.onnx").exists()


def test_a_place_that_cannot_be_written_is_wrong_usage(run: Run, fine: Path) -> None:
    for place in (fine.parent, fine.parent / "absent" / "x.pt2"):
        ran = run("export", str(fine), "--to", "torch", "-o", str(place))
        assert ran.status == 2 and "cannot write" in ran.err


AUTO = """archgraph: 1
name: auto
params: {vocab: auto, heads: 4}
variables: {y: {kind: target, type: "tokens(vocab)[T]", start: 1, codec: chars}, y_tilde: prediction}
nodes:
  enc: {role: encoder, layers: [{embedding: 8}]}
  predictor: {role: predictor, layers: [{linear: vocab // 3}, {self_attention: {heads: heads, causal: true}}]}
  decoder: {role: decoder, layers: [{linear: vocab}]}
  C: {role: cost, op: cross_entropy}
edges: ["y -[delay]-> enc -> predictor -> decoder -> y_tilde", "y, y_tilde -> C"]
"""


@pytest.mark.parametrize(
    ("option", "told"), [(("--given", "z"), "'z' is no observed"), (("-o", "none/x.onnx"), "there is no folder 'none'")]
)
def test_wrong_usage_is_told_before_a_param_that_waits_for_data(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "auto.yaml").write_text(AUTO, encoding="utf-8")
    ran = run("export", "auto.yaml", "--to", "onnx", *option)
    assert ran.status == 2 and told in ran.err
    ran = run("export", "auto.yaml", "--to", "onnx")
    assert ran.status == 1 and "auto.yaml:3:17: error[AG037]" in ran.err


def test_what_data_tells_is_at_fault_in_the_spec_as_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "auto.yaml").write_text(AUTO, encoding="utf-8")
    (tmp_path / "text.txt").write_text("abcdefghijklmnopqrst\n" * 200, encoding="utf-8")
    words = ("train", str(tmp_path / "auto.yaml"), "--data", str(tmp_path / "text.txt"), "--out", str(tmp_path / "run"))
    ran = run(*words)
    assert ran.status == 1
    assert "auto.yaml:7:88: error[AG071]" in ran.err
