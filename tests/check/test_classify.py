"""What a graph is called: one spec for each row of the table, and the rows' precedence."""

from __future__ import annotations

import pytest

from archgraph.check.classify import NOTHING, TABLE, UNCOMPARED
from archgraph.compiler import check
from tests.check.specs import CONDITIONAL, LANGUAGE, language, varied

CLASSIFIER = """archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  y: {kind: target, type: "class(3)[]"}
  y_tilde: prediction
nodes:
  predictor: {role: predictor, layers: [{linear: 3}]}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> predictor -> y_tilde
  - y, y_tilde -> C
"""
REGRESSOR = varied(CLASSIFIER, ("class(3)[]", "real[3]"), ("cross_entropy", "squared_error"))
NOISE = ("  C: {", "  noise: {role: corruption, op: {gaussian_noise: 0.1}}\n  C: {")
AUTOENCODER = language(("-[delay]->", "->"), ("role: predictor", "role: encoder"))
JOINT_EMBEDDING = """archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  y: {kind: target, type: "real[4]"}
  s_y: hidden
  s_tilde: prediction
nodes:
  enc_x: {role: encoder, layers: [{linear: 3}]}
  enc_y: {role: encoder, layers: [{linear: 3}]}
  predictor: {role: predictor, layers: [{linear: 3}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> enc_x -> predictor -> s_tilde -> C
  - y -> enc_y -> s_y -> C.target
"""
LATENT = varied(
    REGRESSOR,
    ("  y_tilde", '  z: {kind: latent, type: "real[2]"}\n  y_tilde'),
    ("[{linear: 3}]", "[concat, {linear: 3}]"),
    ("  - x ->", "  - z -> predictor\n  - x ->"),
)
RECURRENT = language(
    ("[{linear: 4}]}\n  decoder", "[add, {linear: 4}, tanh]}\n  decoder"),
    ("  y_tilde:", '  h: {kind: hidden, type: "real[T, 4]"}\n  y_tilde:'),
    ("predictor -> decoder", "predictor -> h -> decoder"),
    ("  - y, y", "  - h -[delay]-> predictor\n  - y, y"),
)

FIXTURES = {
    "joint embedding": JOINT_EMBEDDING,
    "latent-variable model": LATENT,
    "recurrent model": RECURRENT,
    "conditional language model": CONDITIONAL,
    "language model": LANGUAGE,
    "denoising autoencoder": varied(AUTOENCODER, NOISE, ("y -> encoder", "y -> noise -> encoder")),
    "conditional autoencoder": varied(
        CONDITIONAL,
        ("-[delay]->", "->"),
        ("role: predictor", "role: encoder"),
        ("[cross_attention]", "[cross_attention]"),
    ),
    "autoencoder": AUTOENCODER,
    "classifier": CLASSIFIER,
    "regressor": REGRESSOR,
}


def test_every_row_has_a_spec() -> None:
    assert [row.name for row in TABLE] == list(FIXTURES)
    assert all(row.why for row in TABLE)


@pytest.mark.parametrize("name", FIXTURES)
def test_a_graph_is_called_what_it_is(name: str) -> None:
    report = check(FIXTURES[name])
    assert [item.message for item in report.diagnostics] == []
    assert report.classification == name


def test_a_recurrent_operation_makes_a_recurrent_model() -> None:
    spec = language(("role: predictor, layers: [{linear: 4}]", "role: predictor, layers: [{gru: 4}]"))
    assert check(spec).classification == "recurrent model"


def test_a_state_beside_the_way_to_the_prediction_does_not_count() -> None:
    spec = language(
        ("  y_tilde:", "  h: hidden\n  y_tilde:"),
        ("  C: {", "  beside: {layers: [{gru: 4}]}\n  C: {"),
        ("  - y, y", "  - y -> beside -> h\n  - y, y"),
    )
    assert check(spec).classification == "language model"


def test_a_corrupted_and_delayed_target_is_predicted_by_a_language_model() -> None:
    spec = language(NOISE, ("y -[delay]-> encoder", "y -[delay]-> noise -> encoder"))
    assert check(spec).classification == "language model"


def test_a_graph_without_a_cost_has_no_target() -> None:
    spec = language(("  C: {role: cost, op: squared_error}\n", ""), ("  - y, y_tilde -> C\n", ""))
    assert check(spec).classification == UNCOMPARED


def test_a_graph_without_a_target_is_called_so() -> None:
    text = 'archgraph: 1\nvariables: {x: {kind: input, type: "real[4]"}, h: hidden}\nnodes: {n: {op: relu}}\n'
    assert check(text + "edges: [x -> n -> h]\n").classification == NOTHING


def test_what_has_errors_is_called_nothing() -> None:
    assert (
        check(
            language(("role: predictor, layers: [{linear: 4}]", "role: predictor, layers: [self_attention]"))
        ).classification
        == ""
    )


CONTRASTED = """
archgraph: 1
variables:
  x: {kind: input, type: "real[4]"}
  z: {kind: input, type: "real[6]"}
nodes:
  left: {role: encoder, op: {linear: 3}}
  right: {role: encoder, op: {linear: 3}}
  L: {role: loss, op: contrastive}
edges:
  - x -> left -> L
  - z -> right -> L
"""


def test_two_representations_in_one_loss_are_a_joint_embedding() -> None:
    assert check(CONTRASTED).classification == "joint embedding"
