"""The bounds of tensors on what is observed, and what delays and costs are told that have no time to act on."""

from __future__ import annotations

import pytest

from archgraph.check.classify import classify
from archgraph.compiler import check, program
from archgraph.core.dims import Dim
from tests.check.specs import LANGUAGE, codes, varied
from tests.check.test_classify import JOINT_EMBEDDING

SPEC = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  n: {layers: %s}
edges:
  - x -> n -> h
"""


@pytest.mark.parametrize(
    ("layers", "shown"),
    [
        ("[{linear: 3}]", "sees up to t"),
        ("[{conv1d: {channels: 3, kernel: 5}}]", "sees up to t + 2"),
        ("[{conv1d: {channels: 3, kernel: 5, dilation: 3}}]", "sees up to t + 6"),
        ("[{conv1d: {channels: 3, kernel: 5, padding: causal}}]", "sees up to t"),
        ("[{conv1d: {channels: 3, kernel: 5, padding: valid}}]", "sees up to t + 4"),
        ("[{conv1d: {channels: 3, kernel: 3, stride: 2}}]", "sees up to 2 t + 1"),
        ("[{rearrange: {pattern: '(p n) d -> p (n d)', sizes: {n: 4}}}]", "sees up to 4 t + 3"),
        ("[self_attention]", "sees all of it"),
        ("[{self_attention: {causal: true}}]", "sees up to t"),
        ("[batch_norm]", "sees all of it"),
        ("[{pooling: mean}]", "sees all of it"),
        ("[{pooling: first}]", "sees up to 0"),
        ("[{pooling: last}]", "sees all of it"),
        ("[{gru: 4}]", "sees up to t"),
    ],
)
def test_an_operation_sees_as_far_as_it_looks(layers: str, shown: str) -> None:
    bounds = program(SPEC % layers).variables["h"].time["x"].bounds
    assert {str(bound) for bound in bounds} == {shown}


def test_a_group_of_two_branches_has_the_bounds_of_both() -> None:
    spec = varied(
        SPEC % "[add, relu]",
        ("  - x -> n -> h", "  - x -> a, b -> n -> h"),
        ("nodes:", "nodes:\n  a: {layers: [{conv1d: {channels: 4, kernel: 3}}]}\n  b: {layers: [self_attention]}"),
    )
    assert {str(bound) for bound in program(spec).variables["h"].time["x"].bounds} == {"sees all of it"}


def test_a_computed_target_is_a_variable_of_its_own() -> None:
    found = program(JOINT_EMBEDDING)
    assert "s_y" in found.variables["s_y"].time
    assert classify(found) == "joint embedding"


def test_a_computed_target_that_carries_a_delay_cannot_be_checked() -> None:
    spec = varied(JOINT_EMBEDDING, ('y: {kind: target, type: "real[4]"}', 'y: {kind: target, type: "real[T, 4]"}'))
    spec = varied(spec, ('x: {kind: input, type: "real[4]"}', 'x: {kind: input, type: "real[T, 4]"}'))
    assert codes(spec) == []
    assert codes(varied(spec, ("  - y -> enc_y", "  - y -[delay]-> enc_y"))) == ["AG090"]


def test_a_target_that_a_node_gives_is_checked_by_what_it_is_made_of() -> None:
    spec = varied(JOINT_EMBEDDING, ("enc_y -> s_y -> C.target", "enc_y -> C.target"), ("  s_y: hidden\n", ""))
    assert codes(spec) == []
    leaking = varied(
        spec,
        ("  - y -> enc_y", "  - y -> predictor\n  - y -> enc_y"),
        ("predictor, layers: [", "predictor, layers: [concat, "),
    )
    assert codes(leaking) == ["AG086"]


def test_a_computed_target_must_not_be_seen_by_a_way_around_it() -> None:
    around = varied(
        JOINT_EMBEDDING,
        ("  - x -> enc_x", "  - y -> predictor\n  - x -> enc_x"),
        ("predictor, layers: [", "predictor, layers: [concat, "),
    )
    assert codes(around) == ["AG090"]
    noise = "  noise: {role: corruption, op: {gaussian_noise: 0.5}}\n  C: {"
    assert codes(varied(around, ("  - y -> predictor", "  - y -> noise -> predictor"), ("  C: {", noise))) == []


def test_a_prediction_may_see_the_computed_target_itself_and_its_source_corrupted() -> None:
    noise = "  noise: {role: corruption, op: {gaussian_noise: 0.5}}\n  old: {op: tanh}\n  C: {"
    spec = varied(
        JOINT_EMBEDDING,
        ("  - x -> enc_x", "  - y -> noise -> predictor\n  - s_y -> old -> predictor\n  - x -> enc_x"),
        ("predictor, layers: [", "predictor, layers: [concat, "),
        ("  C: {", noise),
    )
    assert [item.message for item in check(spec).diagnostics if "by another way" in item.message] == []
    plain = varied(
        spec,
        ("y -> noise -> predictor", "y -> old2 -> predictor"),
        ("noise: {role: corruption, op: {gaussian_noise: 0.5}}", "old2: {op: tanh}"),
    )
    assert [item.message for item in check(plain).diagnostics if "by another way" in item.message] != []


CODES = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 6]"}
  book: {kind: parameter, type: "real[16, 4]"}
  z: hidden
  q: hidden
  y_tilde: prediction
nodes:
  encoder: {role: encoder, op: {linear: 4}}
  nearest: {op: cross_attention}
  decoder: {role: decoder, op: {linear: 6}}
  C: {role: cost, op: squared_error}
  commit: {role: cost, op: squared_error, weight: 0.25}
edges:
  - y -> encoder -> z -> nearest -> q -> decoder -> y_tilde
  - book -[context]-> nearest
  - y, y_tilde -> C
  - q -[stop]-> commit.target
  - z -> commit.prediction
"""


def test_a_code_may_be_drawn_to_its_entry_where_nothing_is_predicted() -> None:
    assert codes(CODES) == []
    assert check(CODES).classification == "autoencoder"
    assert codes(
        varied(CODES, ("z -> commit.prediction", "z -> ahead -> commit.prediction")).replace(
            "  commit:", "  ahead: {role: predictor, op: {linear: 4}}\n  commit:"
        )
    ) == ["AG090"]


def test_a_latent_cuts_the_paths_through_it() -> None:
    spec = varied(
        LANGUAGE,
        ("  y_tilde:", "  z: latent\n  y_tilde:"),
        ("-[delay]-> encoder -> predictor", "-> encoder -> z -> predictor"),
    )
    assert codes(spec) == []
    assert program(spec).variables["z"].time == {}


@pytest.mark.parametrize(
    ("type_", "edge", "codes_"),
    [
        ("real[T, 4]", "y -[delay]-> encoder", []),
        ("real[4]", "y -[delay]-> encoder", ["AG055"]),
        ("real[S, T, 4]", "y -[delay]-> encoder", ["AG055"]),
        ("real[S, T, 4]", "{from: y, to: encoder, kind: [delay], axis: T}", []),
        ("real[S, T, 4]", "{from: y, to: encoder, kind: [delay], axis: U}", ["AG055"]),
    ],
)
def test_a_delay_acts_on_the_only_free_axis_or_the_one_it_names(type_: str, edge: str, codes_: list[str]) -> None:
    spec = varied(LANGUAGE, ("real[T, 4]", type_), ("  - y -[delay]-> encoder -> ", f"  - {edge}\n  - encoder -> "))
    assert codes(spec) == codes_


def test_expanding_along_an_axis_that_nothing_binds_is_told() -> None:
    (item,) = check(SPEC % "[{pooling: mean}, {expand: Q}]").diagnostics
    assert (item.code, item.hint) == ("AG070", "there are: T")


def test_a_shape_that_does_not_fit_notes_where_the_tensors_come_from() -> None:
    (item,) = check(SPEC % "[{embedding: 3}]").diagnostics
    assert [note.message for note in item.notes] == ["'x' is real[T, 4]"]


def test_a_stated_type_is_checked_where_it_stands() -> None:
    spec = varied(SPEC % "[{linear: 3}]", ("h: hidden", 'h: {kind: hidden, type: "real[T, 5]"}'))
    (item,) = check(spec).diagnostics
    assert (item.code, item.span.text) == ("AG074", "h")
    assert codes(varied(spec, ("real[T, 5]", "real[T, 3]"))) == []


def test_a_prediction_of_tokens_is_stated_as_tokens_and_computed_as_logits() -> None:
    spec = varied(SPEC % "[{linear: 3}]", ("h: hidden", 'h: {kind: prediction, type: "tokens(3)[T]"}'))
    assert codes(spec) == []


def test_nothing_is_judged_behind_a_part_that_is_broken() -> None:
    spec = varied(LANGUAGE, ("encoder, layers: [{linear: 4}]", "encoder, layers: [{embedding: 4}]"))
    assert codes(spec) == ["AG070"]


def test_a_cost_with_layers_of_its_own_ends_in_one_number() -> None:
    body = varied(LANGUAGE, ("op: squared_error", "layers: [concat, {linear: 1}]"))
    ports = (("y, y_tilde -> C", "y -> C\n  - y_tilde -> C"),)
    assert codes(varied(body, *ports)) == []
    assert codes(varied(body, ("{linear: 1}", "{linear: 2}"), *ports)) == ["AG070"]


QUERIES = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  q: {kind: parameter, type: "real[3, 4]"}
  h: hidden
nodes:
  f: {layers: [cross_attention]}
edges:
  - q -> f -> h
  - x -[context]-> f
"""


def test_what_is_learned_has_a_size_that_no_data_tells() -> None:
    assert codes(QUERIES) == []
    (item,) = check(varied(QUERIES, ("real[3, 4]", "real[S, 4]"))).diagnostics
    assert (item.code, item.message) == ("AG070", "'q' is learned, so its axis 'S' must be a number")


def test_what_is_learned_may_have_an_axis_that_is_fixed_by_name() -> None:
    fixed = varied(QUERIES, ("real[3, 4]", "real[S, 4]"), ("variables:", "dims: {S: 3}\nvariables:"))
    found = program(fixed)
    assert found.count() == program(QUERIES).count()
    assert dict(found.parameters())["q"].count == Dim.number(12)


def test_several_tensors_where_an_operation_takes_one_are_told_once() -> None:
    spec = varied(
        QUERIES,
        (
            "  f: {layers: [cross_attention]}",
            "  f: {nodes: {a: {op: tanh}, b: {op: relu}, c: {op: tanh}}, edges: [EDGES]}",
        ),
        ("EDGES", "in -> a -> c -> out, in -> b -> c"),
        ("  - q -> f -> h\n  - x -[context]-> f", "  - x -> f -> h"),
        ('  q: {kind: parameter, type: "real[3, 4]"}\n', ""),
    )
    found = codes(spec)
    assert len(found) == 1, found
