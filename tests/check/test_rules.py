"""Objectives, start symbols, ties and targets that wait: what the pages of `explain` do not show."""

from __future__ import annotations

import pytest

from archgraph.check.objective import need_objective
from archgraph.compiler import check, program
from archgraph.core.diagnostic import Collector
from archgraph.core.examples import AUTOENCODER
from tests.check.specs import LANGUAGE, codes, language, layers, varied

TIED = """archgraph: 1
variables:
  y: {kind: target, type: "tokens(8)[T]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 4}, {repeat: 2, layers: [{linear: 4}]}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
"""


def test_an_objective_is_needed_by_training_alone() -> None:
    bare = language(("  C: {role: cost, op: squared_error}\n", ""), ("  - y, y_tilde -> C\n", ""))
    into = Collector()
    need_objective(program(bare), into)
    assert check(bare).ok
    assert [item.code for item in into] == ["AG047"]
    fine = Collector()
    need_objective(program(LANGUAGE), fine)
    assert not fine.items


def test_a_cost_that_reaches_a_latent_alone_is_worth_having() -> None:
    spec = """archgraph: 1
variables:
  z: {kind: latent, type: "real[4]"}
  y: {kind: target, type: "real[4]"}
  y_tilde: prediction
nodes:
  decoder: {role: decoder, layers: [tanh]}
  C: {role: cost, op: squared_error}
edges:
  - z -> decoder -> y_tilde
  - y, y_tilde -> C
"""
    assert codes(spec) == []
    assert codes(varied(spec, ("z: {kind: latent", "z: {kind: input"))) == ["AG049"]


def test_weights_behind_a_stopped_gradient_do_not_count() -> None:
    assert codes(language(("decoder -> y_tilde", "decoder -[stop]-> y_tilde"))) == ["AG049"]


STOPPED = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  predictor:
    role: predictor
    nodes:
      f: {op: {linear: 4}}
      g: {repeat: 2, layers: [{residual: [tanh]}]}
    edges:
      - in -> f -[stop]-> g -> out
  C: {role: cost, op: squared_error}
edges:
  - x -> predictor -> y_tilde
  - y, y_tilde -> C
"""


def test_a_gradient_stopped_inside_a_group_reaches_no_weight_behind_it() -> None:
    assert codes(STOPPED) == ["AG049"]
    assert codes(varied(STOPPED, ("f -[stop]-> g", "f -> g"))) == []
    assert codes(varied(STOPPED, ("[tanh]", "[{linear: 4}]"))) == []


def test_a_weight_that_only_a_stopped_output_of_a_group_needs_does_not_count() -> None:
    two = varied(
        STOPPED,
        ("      - in -> f -[stop]-> g -> out", "      - in -> f -> side\n      - in -> g -> out"),
        ("    nodes:\n      f", "    ports: {side: out}\n    nodes:\n      f"),
        ("  y_tilde: prediction", "  y_tilde: prediction\n  h: hidden"),
        ("  - y, y_tilde", "  - predictor.side -> h\n  - y, y_tilde"),
    )
    assert codes(two) == ["AG049"]


def test_a_repeat_that_stops_the_gradient_between_its_copies_reaches_its_context_alone() -> None:
    inner = "nodes: {h: {op: add}}, edges: ['in -[stop]-> h', context -> h, h -> out]"
    spec = varied(
        STOPPED,
        ("    nodes:\n      f: {op: {linear: 4}}\n", "    nodes:\n      f: {op: {linear: 4}}\n      e: {op: tanh}\n"),
        ("{repeat: 2, layers: [{residual: [tanh]}]}", f"{{repeat: 2, {inner}}}"),
        ("in -> f -[stop]-> g -> out", "in -> f -> g -> out\n      - in -> e -[context]-> g"),
    )
    assert codes(spec) == ["AG049"]


def test_a_shared_weight_counts() -> None:
    spec = language(("decoder, layers: [{linear: 4}]", "decoder, share: encoder"))
    assert codes(spec) == []


def test_tokens_need_a_start_symbol_wherever_they_are_delayed() -> None:
    group = """  encoder:
    role: encoder
    nodes:
      embed: {layers: [{embedding: 4}]}
    edges:
      - in -[delay]-> embed -> out
"""
    spec = language(
        ("real[T, 4]", "tokens(4)[T]"),
        ("squared_error", "cross_entropy"),
        ("  encoder: {role: encoder, layers: [{linear: 4}]}\n", group),
        ("-[delay]-> encoder", "-> encoder"),
    )
    (item,) = check(spec).diagnostics
    assert (item.code, item.span.text) == ("AG092", "y")
    assert codes(varied(spec, ('tokens(4)[T]"', 'tokens(4)[T]", start: 0'))) == []


def test_numbers_need_no_start_symbol() -> None:
    assert codes(LANGUAGE) == []


def test_a_star_ties_every_copy_of_a_repeat() -> None:
    assert codes(TIED + "tie:\n  - [encoder.repeat.0.linear.bias, encoder.repeat.*.linear.bias]\n") == []


def test_a_tie_names_each_path_that_is_wrong() -> None:
    found = check(TIED + "tie:\n  - [encoder.nothing.weight, decoder.linear.wait]\n").diagnostics
    assert [(item.code, item.span.text) for item in found] == [
        ("AG057", "encoder.nothing.weight"),
        ("AG057", "decoder.linear.wait"),
    ]


def test_a_tie_of_unequal_shapes_shows_both() -> None:
    (item,) = check(TIED + "tie:\n  - [encoder.embedding.tokens, decoder.linear.bias]\n").diagnostics
    assert item.message == "'encoder.embedding.tokens' is (8, 4), and 'decoder.linear.bias' is (8)"


TARGETS = """archgraph: 1
variables:
  a: {kind: target, type: "real[T, 4]"}
  b: {kind: target, type: "real[T, 4]"}
  c: {kind: target, type: "real[T, 4]"}
  a_tilde: prediction
  b_tilde: prediction
  c_tilde: prediction
nodes:
  p: {role: predictor, layers: [concat, {linear: 4}]}
  q: {role: predictor, layers: [concat, {linear: 4}]}
  r: {role: predictor, layers: [concat, {linear: 4}]}
  C_a: {role: cost, op: squared_error}
  C_b: {role: cost, op: squared_error}
  C_c: {role: cost, op: squared_error}
edges:
  - a -[delay]-> p -> a_tilde
  - b -[delay]-> q -> b_tilde
  - c -[delay]-> r -> c_tilde
  - b -> p
  - c -> q
  - a -> r
  - a, a_tilde -> C_a
  - b, b_tilde -> C_b
  - c, c_tilde -> C_c
"""


def test_three_targets_that_wait_in_a_circle_are_one_fault() -> None:
    (item,) = check(TARGETS).diagnostics
    assert item.code == "AG093"
    assert "'a' needs 'b', 'b' needs 'c', 'c' needs 'a'" in item.message
    assert len(item.notes) == 2


def test_targets_in_an_order_are_fine() -> None:
    assert codes(varied(TARGETS, ("  - a -> r\n", "  - a -[delay]-> r\n"))) == []


def test_a_shorter_circle_is_named_before_a_longer_one() -> None:
    (item,) = check(varied(TARGETS, ("  - b -> p\n", "  - b -> p\n  - a -> q\n"))).diagnostics
    assert "'a' needs 'b', 'b' needs 'a'" in item.message


def test_a_tensor_that_comes_by_two_ways_is_traced_to_where_it_is_made_once() -> None:
    spec = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  u: hidden
  v: hidden
  w: hidden
  h: hidden
nodes:
  f: {role: encoder, op: tanh}
  g:
    ports: {other: in}
    nodes: {p: {role: predictor, layers: [JOINcross_attention]}}
    edges: ["in -> p -> out", "other -[context]-> p"]
edges:
  - x -> f -> v
  - v -> u
  - v -> w
  - w -> g -> h
  - u -> g.other
"""
    assert codes(varied(spec, ("JOIN", ""))) == ["AG083"]
    assert codes(varied(spec, ("JOIN", "add, "), ("  - w -> g", "  - u, w -> g"))) == ["AG083"]


def test_targets_that_wait_for_each_other_in_a_longer_circle_are_found_by_every_way() -> None:
    names = "abcd"
    lines = ["archgraph: 1", "variables:"]
    lines += [f'  {n}: {{kind: target, type: "real[T, 4]"}}\n  {n}_tilde: prediction' for n in names]
    lines += ["nodes:"]
    lines += [f"  p_{n}: {{role: predictor, layers: [concat, {{linear: 4}}]}}" for n in names]
    lines += [f"  C_{n}: {{role: cost, op: squared_error}}" for n in names]
    lines += ["edges:"]
    lines += [f"  - {n} -[delay]-> p_{n} -> {n}_tilde\n  - {n}, {n}_tilde -> C_{n}" for n in names]
    lines += [f"  - {a} -> p_{b}" for a, b in ("ab", "ac", "bd", "cd", "da")]
    (item,) = check("\n".join(lines) + "\n").diagnostics
    assert item.code == "AG093"
    assert item.message.count("needs") == 3


def test_one_place_where_a_target_leaks_by_two_ways_is_told_once() -> None:
    spec = language(
        (
            "  predictor: {role: predictor, layers: [{linear: 4}]}",
            "  p: {role: predictor, op: tanh}\n  predictor: {layers: [concat, self_attention, {linear: 4}]}",
        ),
        ("encoder -> predictor", "encoder -> p -> predictor"),
        ("  - y, y_tilde", "  - encoder -> predictor\n  - y, y_tilde"),
    )
    assert codes(spec) == ["AG090"]


def test_a_predictor_that_is_given_the_past_alone_is_not_idle_beside_one_that_is() -> None:
    spec = language(
        ("  decoder: {", "  other: {role: predictor, layers: [{linear: 4}]}\n  sum: {op: add}\n  decoder: {"),
        ("predictor -> decoder", "predictor -> sum -> decoder"),
        ("  - y, y_tilde", "  - y -> other -> sum\n  - y, y_tilde"),
    )
    found = check(spec).diagnostics
    assert [item.code for item in found] == ["AG086"]
    assert "'other'" in found[0].message


def test_patches_that_read_ahead_are_told_the_delay_that_mends_it() -> None:
    patterns = ("(t p) d -> t (p d)", "t (p d) -> (t p) d")
    cut, join = (f"{{rearrange: {{pattern: {pattern}, sizes: {{p: 2}}}}}}" for pattern in patterns)
    spec = layers(encoder=f"{cut}, {{linear: 8}}, {join}")
    assert [item.hint for item in check(spec).diagnostics] == ["delay 'y' by 1 more"]


def test_what_cannot_be_tied_is_told_at_its_path() -> None:
    tied = LANGUAGE + "tie:\n  - [encoder.linear.weight, predictor.layer_norm.weight]\n"
    spec = varied(tied, ("role: predictor, layers: [", "role: predictor, layers: [layer_norm, "))
    told = [item.message for item in check(spec).diagnostics]
    assert "'predictor.layer_norm.weight' cannot be tied to another tensor" in told


BALANCE = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 1]"}
  h: hidden
  y_tilde: prediction
nodes:
  p: {role: predictor, layers: [{linear: 4}, {mixture_of_experts: {experts: 2, hidden: 4}}]}
  e: {layers: [{expand: T}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> p -> h
  - p.mixture_of_experts.balance -> e -> y_tilde
  - y, y_tilde -> C
"""


def test_what_reads_all_of_time_and_cannot_be_mended_is_to_be_taken_off_the_path() -> None:
    (item,) = check(BALANCE).diagnostics
    assert (item.code, item.hint) == (
        "AG090",
        "take what reads ahead off the path, or feed it something else than 'y'",
    )


CIRCLE = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  w: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
  w_tilde: prediction
nodes:
  predict_y: {role: predictor, op: {linear: 4}}
  predict_w: {role: predictor, op: {linear: 4}}
  C_y: {role: cost, op: squared_error}
  C_w: {role: cost, op: squared_error}
edges:
  - w -> predict_y -> y_tilde
  - y -> predict_w -> w_tilde
  - y, y_tilde -> C_y
  - w, w_tilde -> C_w
"""


def test_targets_that_are_predicted_from_each_other_alone_wait_too() -> None:
    assert codes(CIRCLE) == ["AG093"]
    assert codes(CIRCLE.replace("- w -> predict_y", "- w -[delay]-> predict_y")) == []
    assert codes(CIRCLE.replace("role: predictor", "role: encoder")) == []


@pytest.mark.parametrize(
    ("cost", "layers", "found"),
    [
        ("binary_cross_entropy", "{linear: 8}, sigmoid", ["AG094"]),
        ("binary_cross_entropy", "sigmoid, {linear: 8}", []),
        ("squared_error", "{linear: 8}, sigmoid", []),
    ],
)
def test_probabilities_for_a_cost_that_takes_logits_are_a_warning(cost: str, layers: str, found: list[str]) -> None:
    report = check(AUTOENCODER.replace("squared_error", cost).replace("[{linear: 8}]", f"[{layers}]"))
    assert [item.code for item in report.diagnostics] == found
    assert report.ok


AHEAD = layers(encoder="{conv1d: {channels: 4, kernel: 3}}").replace("-[delay]->", "-[delay 2]->")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", ["AG095"]),
        ("{conv1d: {channels: 4, kernel: 3}}", "{self_attention: {heads: 2, window: 2}}", ["AG095"]),
        ("kernel: 3", "kernel: 3, padding: causal", []),
        ("kernel: 3", "kernel: 1", []),
        ("variables:", "dims: {T: 12}\nvariables:", []),
        ("variables:", 'variables:\n  x: {kind: input, type: "real[T, 4]"}', []),
    ],
    ids=["convolution", "window", "causal", "point", "fixed", "input"],
)
def test_what_looks_past_the_end_of_a_target_alone_is_a_warning(old: str, new: str, found: list[str]) -> None:
    spec = AHEAD.replace(old, new, 1)
    assert (spec == AHEAD) == (old == new)
    if "x: {" in new:
        spec = spec.replace("{role: predictor, layers: [", "{role: predictor, layers: [concat, ").replace(
            "edges:", "edges:\n  - x -> predictor"
        )
    report = check(spec)
    assert [item.code for item in report.diagnostics] == found, str(report)
    assert report.ok
