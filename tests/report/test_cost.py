"""Predicted costs against what torch counts, saves and keeps."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from archgraph import compiler
from archgraph.cli.group import commands
from archgraph.compiler.costs import cost, streamed
from archgraph.report.cost import Cost
from tests.report.measured import BATCH, Model

SPECS = Path(__file__).parents[2] / "specs"
STORY = SPECS / "story"
LANGUAGE = STORY / "language_model.yaml"
MODELS = (
    "story/autoencoder",
    "story/bag_of_words",
    "story/conditional_predictive",
    "story/denoising_autoencoder",
    "story/language_model",
    "story/pronunciation",
    "story/rnn",
    "story/rnn_seq2seq",
    "story/sequence_autoencoder",
    "story/sparse_autoencoder",
    "story/transformer",
    "story/transformer_interleaved",
    "story/variational_autoencoder",
    "story/cross_attention",
    "story/self_attention",
    "models/bahdanau",
    "models/bert",
    "models/clip",
    "models/detr",
    "models/gpt2",
    "models/llama3",
    "models/mae",
    "models/mistral",
    "models/perceiver_io",
    "models/t5",
    "models/vit",
)
LONGEST = {"models/clip": 20, "models/perceiver_io": 12}  # positions that they have tables for
EVERY = pytest.mark.parametrize("name", MODELS)
# What attends and feeds forward is predicted closely; loops over positions and sums over energies save more besides.
CLOSE, ROUGH = 0.07, 0.3
LOOSE = {
    "story/bag_of_words",
    "story/rnn",
    "story/rnn_seq2seq",
    "story/variational_autoencoder",
    "models/bahdanau",
    "models/clip",
}


@cache
def _model(name: str) -> Model:
    path = SPECS / f"{name}.yaml"
    return Model(compiler.compile(path, variant="tiny", seed=0), compiler.program(path, variant="tiny"))


def _cost(name: str, length: int) -> Cost:
    """The costs of a spec, S being two thirds of any other free axis."""
    path, length = SPECS / f"{name}.yaml", min(length, LONGEST.get(name, length))
    axes = cost(path, variant="tiny").sizes
    lengths = {axis: 2 * length // 3 if axis == "S" else length for axis in axes}
    return cost(path, variant="tiny", batch=BATCH, lengths=lengths)


def _value(found: Cost, name: str) -> int:
    return next(found.value(line) for line in found.lines if line.name == name)


@EVERY
@pytest.mark.parametrize("length", [12, 30])
def test_flops_are_those_that_torch_counts(name: str, length: int) -> None:
    found = _cost(name, length)
    assert _value(found, "forward") == pytest.approx(_model(name).flops(dict(found.sizes)), rel=0.01)


@EVERY
def test_activations_are_what_the_backward_pass_keeps(name: str) -> None:
    found = _cost(name, 24)
    measured = _model(name).activations(dict(found.sizes))
    assert _value(found, "activations") == pytest.approx(measured, rel=ROUGH if name in LOOSE else CLOSE)


@pytest.mark.parametrize("name", [name for name in MODELS if not streamed(_model(name).program).reason])
@pytest.mark.parametrize("length", [12, 30])
def test_the_cache_is_the_state_of_a_stream_to_the_byte(name: str, length: int) -> None:
    found = _cost(name, length)
    assert _value(found, "cache") == _model(name).cache(dict(found.sizes), found.sizes["T"])


DELAYED = """\
archgraph: 1
name: delayed
variables:
  x: {kind: input, type: "real[4]"}
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1}
  h: hidden
  y_tilde: prediction
nodes:
  seen: {layers: [{expand: T}, {linear: 6}]}
  embedding: {op: {embedding: 6}}
  joined: {op: concat}
  near: {role: predictor, layers: [{conv1d: {channels: 5, kernel: 4, padding: causal}}, {gru: 7}, {lstm: 3}]}
  older: {role: predictor, op: {linear: 3}}
  sum: {op: add}
  decoder: {op: {linear: 9}}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> seen
  - y -[delay]-> embedding
  - seen, embedding -> joined -> near -> sum
  - embedding -[delay 3]-> older -> sum
  - sum -> h -> decoder -> y_tilde
  - y, y_tilde -> C
"""

BOTH_WAYS = "{self_attention: {heads: 2, window: 3}}, {conv1d: {channels: 4, kernel: 5}}"
NEAR = f"{BOTH_WAYS}, {{self_attention: {{heads: 2, causal: true}}}}"
AHEAD = f"""\
archgraph: 1
name: ahead
variables:
  x: {{kind: input, type: "real[T, 4]"}}
  y: {{kind: target, type: "real[T, 4]"}}
  y_tilde: prediction
nodes:
  enc: {{role: encoder, layers: [add, {{linear: 4}}]}}
  predictor: {{role: predictor, layers: [{NEAR}, {{linear: 4}}]}}
  C: {{role: cost, op: squared_error}}
edges:
  - y -[delay 6]-> enc -> predictor -> y_tilde
  - x -> enc
  - y, y_tilde -> C
"""
FRONT = f"""\
archgraph: 1
name: front
variables:
  x: {{kind: input, type: "real[S, 4]"}}
  y: {{kind: target, type: "real[T, 4]"}}
  y_tilde: prediction
nodes:
  source: {{role: encoder, layers: [{{linear: 4}}]}}
  predictor: {{role: predictor, layers: [{{prepend: {{segment: m, count: 3}}}}, {{prepend: s}}, {NEAR}, {{take: T}}]}}
  C: {{role: cost, op: squared_error}}
edges:
  - y -[delay 5]-> predictor -> y_tilde
  - x -> source -> predictor.prepend_2.front
  - y, y_tilde -> C
"""


def test_the_cache_holds_delays_windows_states_and_what_is_known_beforehand() -> None:
    model = Model(compiler.compile(DELAYED, seed=0), compiler.program(DELAYED))
    found = cost(DELAYED, batch=BATCH, lengths={"T": 11})
    assert _value(found, "cache") == model.cache({"T": 11}, 11)


@pytest.mark.parametrize("spec", [AHEAD, FRONT], ids=["ahead", "front"])
def test_the_cache_has_room_for_what_is_ahead_or_in_front(spec: str) -> None:
    model = Model(compiler.compile(spec, seed=0), compiler.program(spec))
    found = cost(spec, batch=BATCH, lengths={"T": 11})
    assert _value(found, "cache") == model.cache({"T": 11, "S": 64}, 11)


def test_what_cannot_stream_has_no_cache_and_says_why() -> None:
    found = cost(STORY / "sequence_autoencoder.yaml", variant="tiny")
    assert "cache" not in {line.name for line in found.lines}
    assert "depends on the symbol that it predicts" in str(found)


def test_a_training_step_is_three_forward_passes_and_numbers_grow_with_the_batch() -> None:
    one, eight = cost(LANGUAGE, variant="tiny"), cost(LANGUAGE, variant="tiny", batch=8)
    assert _value(one, "training step") == 3 * _value(one, "forward")
    for name in ("forward", "activations", "cache"):
        assert _value(eight, name) == 8 * _value(one, name)
    assert _value(eight, "weights") == _value(one, "weights")


def test_the_command_prints_formulas_and_numbers() -> None:
    words = ["summary", str(LANGUAGE), "--variant", "tiny", "--cost", "--batch", "2", "--length", "T=10"]
    ran = CliRunner().invoke(commands, words)
    assert ran.exit_code == 0
    assert ran.output.startswith("Language model: costs at batch = 2, T = 10\n")
    assert "512 * T + 8 a sample" in ran.output
    told = json.loads(CliRunner().invoke(commands, [*words, "--format", "json"]).output)
    cache = next(line for line in told["costs"] if line["name"] == "cache")
    assert (cache["formula"], cache["value"], cache["per"]) == ("512 * T + 8", 2 * (512 * 10 + 8), "sample")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cost", "--length", "Q=3"], "'Q' is no free axis of this spec: T"),
        (["--cost", "--length", "T=0"], "not of the form T=16"),
        (["--cost", "--batch", "0"], "0 is not in the range"),
        (["--batch", "2"], "--batch and --length are for --cost"),
    ],
)
def test_refuses_numbers_for_what_is_not_there(words: list[str], said: str) -> None:
    ran = CliRunner().invoke(commands, ["summary", str(LANGUAGE), *words])
    assert ran.exit_code == 2
    assert said in ran.output
