"""Roles against what flows: each error where it stands, once for one cause, and a warning where a spec allows it."""

from __future__ import annotations

import pytest

from archgraph.compiler import check, faults
from tests.check.specs import CONDITIONAL, codes, language, varied

ROLES = [fault for fault in faults().values() if fault.role]


def test_the_faults_that_a_spec_may_allow_are_those_of_roles() -> None:
    assert [fault.code for fault in ROLES] == ["AG080", "AG081", "AG083", "AG085", "AG086", "AG087"]


@pytest.mark.parametrize("code", ["AG080", "AG081", "AG083", "AG085", "AG087"])
def test_an_allowed_role_error_is_a_warning(code: str) -> None:
    report = check(faults()[code].bad + f"allow: [{code}]\n")
    assert [(item.code, item.severity) for item in report.diagnostics] == [(code, "warning")]
    assert report.ok and report.classification


def test_allowing_an_idle_predictor_does_not_allow_the_leak() -> None:
    report = check(faults()["AG086"].bad + "allow: [AG086]\n")
    found = [(item.code, item.severity) for item in report.diagnostics]
    assert sorted(found) == [("AG086", "warning"), ("AG090", "error")]


def test_a_decoder_of_a_delayed_target_is_told_to_split_and_not_to_predict_too() -> None:
    assert codes(
        language(("y -[delay]-> encoder -> predictor -> decoder", "y -[delay]-> decoder"), _ONLY, _ONLY_2)
    ) == ["AG080"]


_ONLY = ("  encoder: {role: encoder, layers: [{linear: 4}]}\n", "")
_ONLY_2 = ("  predictor: {role: predictor, layers: [{linear: 4}]}\n", "")


def test_a_decoder_inside_a_group_is_seen_through_its_ports() -> None:
    group = """  group:
    nodes:
      decoder: {role: decoder, layers: [{linear: 4}]}
    edges:
      - in -> decoder -> out
"""
    spec = language(_ONLY, _ONLY_2, ("  decoder: {role: decoder, layers: [{linear: 4}]}\n", group))
    spec = varied(
        spec,
        ("y -[delay]-> encoder -> predictor -> decoder", "y -[delay]-> h -> group"),
        ("  y_t", "  h: hidden\n  y_t"),
    )
    (item,) = check(spec).diagnostics
    assert (item.code, item.span.text) == ("AG080", "in -> decoder")


def test_cross_attention_deep_inside_a_decoder_is_found_where_it_stands() -> None:
    deep = "decoder, layers: [{residual: [cross_attention]}, {repeat: 2, layers: [{linear: 4}]}]"
    spec = varied(
        CONDITIONAL,
        ("  predictor: {role: predictor, layers: [cross_attention]}\n", ""),
        ("decoder, layers: [{linear: 4}]", deep),
        ("[context]-> predictor", "[context]-> decoder"),
        ("enc -> predictor -> decoder", "enc -> decoder"),
    )
    (item,) = check(spec).diagnostics
    assert (item.code, item.span.text) == ("AG081", "cross_attention")


def test_a_context_from_the_own_stream_is_seen_through_a_variable() -> None:
    spec = varied(
        CONDITIONAL,
        ("  - x -> encoder -[context]-> predictor", "  - enc -> h -[context]-> predictor\n  - x -> encoder -> g"),
        ("[cross_attention]", "[{cross_attention: {causal: true}}]"),
        ("  y_t", "  h: hidden\n  g: hidden\n  y_t"),
    )
    assert codes(spec) == ["AG083"]


def test_the_own_stream_an_earlier_time_ago_is_another_context() -> None:
    spec = varied(
        CONDITIONAL,
        ("  - x -> encoder -[context]-> predictor", "  - enc -[delay, context]-> predictor\n  - x -> encoder -> g"),
        ("[cross_attention]", "[{cross_attention: {causal: true}}]"),
        ("  y_t", "  g: hidden\n  y_t"),
    )
    assert codes(spec) == []


def test_a_predictor_of_one_operation_predicts() -> None:
    assert (
        codes(language(("predictor, layers: [{linear: 4}]", "predictor, op: {self_attention: {causal: true}}"))) == []
    )


def test_a_predictor_of_another_target_is_not_idle() -> None:
    two = """archgraph: 1
variables:
  y: {kind: target, type: "real[4]"}
  w: {kind: target, type: "real[4]"}
  w_tilde: prediction
nodes:
  predictor: {role: predictor, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> predictor -> w_tilde
  - w, w_tilde -> C
"""
    assert codes(two) == []


def test_a_predictor_that_delays_inside_is_not_idle() -> None:
    inside = """  predictor:
    role: predictor
    nodes:
      shifted: {layers: [{linear: 4}]}
    edges:
      - in -[delay]-> shifted -> out
"""
    spec = language(("-[delay]->", "->"), ("  predictor: {role: predictor, layers: [{linear: 4}]}\n", inside))
    assert codes(spec) == []


def test_an_encoder_of_an_inferred_latent_observes_through_it() -> None:
    spec = """archgraph: 1
variables:
  y: {kind: target, type: "real[4]"}
  z: latent
  y_tilde: prediction
nodes:
  infer: {role: encoder, layers: [{linear: 4}]}
  second: {role: encoder, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> infer -> z -> second -> decoder -> y_tilde
  - y, y_tilde -> C
"""
    assert codes(spec) == []


def test_roles_are_not_judged_where_shapes_are_broken() -> None:
    assert codes(
        language(
            ("y -[delay]-> encoder", "y -> encoder"),
            ("encoder, layers: [{linear: 4}]", "encoder, layers: [{embedding: 4}]"),
        )
    ) == ["AG070"]
