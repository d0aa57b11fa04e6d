"""What leaks and what does not, on graphs made by hand."""

from __future__ import annotations

import pytest

from archgraph.compiler import check
from archgraph.core.diagnostic import Diagnostic
from tests.check.specs import CONDITIONAL, codes, language, layers, varied


def _leak(spec: str) -> Diagnostic:
    found = [item for item in check(spec).diagnostics if item.code == "AG090"]
    assert len(found) == 1
    return found[0]


CLEAN = {
    "causal_attention": "{self_attention: {causal: true}}",
    "causal_convolution": "{conv1d: {channels: 4, kernel: 3, padding: causal}}",
    "dilated_causal_convolution": "{conv1d: {channels: 4, kernel: 3, dilation: 4, padding: causal}}",
    "layer_norm": "layer_norm",
    "gru": "{gru: 4}",
    "lstm": "{lstm: 4}",
    "rnn": "{rnn: 4}",
    "residual": "{residual: [layer_norm, {self_attention: {causal: true}}]}",
    "repeat": "{repeat: 3, layers: [{self_attention: {causal: true}}]}",
    "convolution_of_kernel_one": "{conv1d: {channels: 4, kernel: 1}}",
}
LEAKS = {
    "full_attention": "self_attention",
    "centred_convolution": "{conv1d: {channels: 4, kernel: 3}}",
    "batch_norm": "batch_norm",
    "in_a_residual": "{residual: [layer_norm, self_attention]}",
    "in_a_repeat": "{repeat: 3, layers: [self_attention]}",
    "bidirectional": "{gru: {width: 4, bidirectional: true}}",
}


@pytest.mark.parametrize("name", CLEAN)
def test_after_a_delay_what_looks_back_only_is_clean(name: str) -> None:
    assert codes(layers(predictor=CLEAN[name])) == []


@pytest.mark.parametrize("name", [name for name in LEAKS if name != "bidirectional"])
def test_after_a_delay_what_looks_ahead_leaks(name: str) -> None:
    assert codes(layers(predictor=LEAKS[name])) == ["AG090"]


def test_a_longer_delay_makes_room_for_a_short_look_ahead() -> None:
    centred = layers(encoder="{conv1d: {channels: 4, kernel: 3}}")
    assert codes(centred) == ["AG090"]
    assert codes(varied(centred, ("-[delay]->", "-[delay 2]->"))) == ["AG095"]  # but the end of the target is seen


def test_two_legal_look_aheads_in_a_row_leak_together() -> None:
    twice = layers(encoder="{conv1d: {channels: 4, kernel: 3}}", predictor="{conv1d: {channels: 4, kernel: 3}}")
    assert codes(varied(twice, ("-[delay]->", "-[delay 2]->"))) == ["AG090"]
    assert codes(varied(twice, ("-[delay]->", "-[delay 3]->"))) == ["AG095", "AG095"]


def test_the_look_aheads_of_repeated_copies_add_up() -> None:
    spec = layers(encoder="{repeat: 2, layers: [{conv1d: {channels: 4, kernel: 3}}]}")
    assert codes(varied(spec, ("-[delay]->", "-[delay 2]->"))) == ["AG090"]
    assert codes(varied(spec, ("-[delay]->", "-[delay 3]->"))) == ["AG095"]


def test_two_branches_each_of_them_legal_leak_where_one_reads_the_other_whole() -> None:
    spec = varied(
        CONDITIONAL,
        ('  x: {kind: input, type: "real[S, 4]"}\n', ""),
        ("x -> encoder", "y -[delay]-> encoder"),
    )
    assert codes(spec) == ["AG090"]
    assert codes(varied(spec, ("[cross_attention]", "[{cross_attention: {causal: true}}]"))) == []


def test_a_second_path_without_delay_leaks() -> None:
    spec = language(
        ("decoder, layers: [", "decoder, layers: [add, "),
        ("  - y, y", "  - y -> now -> decoder\n  - y, y"),
        ("  C: {", "  now: {role: encoder, layers: [{linear: 4}]}\n  C: {"),
    )
    found = _leak(spec)
    assert "-[delay]->" in found.hint


def test_pooling_over_time_and_spreading_it_again_leaks() -> None:
    assert codes(layers(encoder="{pooling: mean}, {expand: T}")) == ["AG090"]


def test_the_first_position_is_seen_by_every_later_one_only_after_a_delay() -> None:
    spec = layers(encoder="{pooling: first}, {expand: T}")
    assert codes(spec) == []
    assert codes(varied(spec, ("-[delay]->", "->"))) != []


def test_a_patch_of_the_delayed_target_spread_over_its_steps_leaks() -> None:
    patches = "{rearrange: {pattern: '(p n) d -> p (n d)', sizes: {n: 2}}}"
    spread = "{rearrange: {pattern: 'p (n d) -> (p n) d', sizes: {n: 2}}}"
    spec = layers(encoder=f"{patches}, {{linear: 8}}, {spread}")
    assert codes(spec) == ["AG090"]
    assert codes(varied(spec, ("-[delay]->", "-[delay 2]->"))) == []


def test_an_autoencoder_may_see_its_target() -> None:
    spec = language(("-[delay]->", "->"), ("role: predictor", "role: encoder"))
    assert codes(spec) == []


def test_a_corrupted_target_may_reach_its_predictor() -> None:
    noise = "  noise: {role: corruption, op: {gaussian_noise: 0.1}}\n  C: {"
    spec = language(("y -[delay]-> encoder", "y -> noise -> encoder"), ("  C: {", noise))
    assert codes(spec) == []


def test_corruption_does_not_excuse_a_path_that_is_delayed_too() -> None:
    noise = "  noise: {role: corruption, op: {gaussian_noise: 0.1}}\n  C: {"
    spec = language(
        ("y -[delay]-> encoder", "y -[delay]-> noise -> encoder"),
        ("predictor, layers: [{linear: 4}]", "predictor, layers: [self_attention]"),
        ("  C: {", noise),
    )
    assert codes(spec) == ["AG090"]


def test_mixing_over_an_axis_that_only_the_target_binds_reveals_its_length() -> None:
    spec = varied(
        CONDITIONAL,
        ("enc -> predictor", "enc -> predictor -> mix"),
        (" -> decoder -> y_tilde", " -> decoder -> y_tilde"),
        ("  C: {", "  mix: {role: predictor, layers: [{pooling: mean}, {expand: T}]}\n  C: {"),
    )
    assert codes(spec) == ["AG090"]


LENGTH = """archgraph: 1
variables:
  x: {kind: input, type: "real[S, 4]"}
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{pooling: mean}, {expand: T}, self_attention]}
  predictor: {role: predictor, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> encoder -> predictor -> y_tilde
  - y, y_tilde -> C
"""


def test_a_length_that_is_fixed_is_no_secret() -> None:
    assert codes(LENGTH) == ["AG090"]
    assert codes(varied(LENGTH, ("variables:", "dims: {T: 10}\nvariables:"))) == []


def test_a_length_that_an_input_has_too_is_no_secret() -> None:
    assert codes(varied(LENGTH, ("real[S, 4]", "real[T, 4]"))) == []


def test_a_target_that_reaches_its_cost_delayed_cannot_be_checked() -> None:
    spec = language(("  - y, y_tilde -> C", "  - y -[delay]-> C\n  - y_tilde -> C"))
    assert codes(spec) == ["AG090"]


def test_the_path_is_printed_with_the_bound_along_it() -> None:
    found = _leak(layers(encoder="{linear: 4}, self_attention"))
    assert found.trail[:3] == (
        "y  sees up to t",
        "delayed by ζ⁻¹  sees up to t - 1",
        "through encoder.self_attention (self_attention)  sees all of it",
    )


@pytest.mark.parametrize(
    ("layer", "mend"),
    [
        ("self_attention", "'causal: true' on the self_attention in line 6"),
        ("{conv1d: {channels: 4, kernel: 3}}", "'padding: causal' on the conv1d in line 6"),
        ("batch_norm", "layer_norm in line 6"),
        ("{pooling: mean}, {expand: T}", "pooling in line 6"),
    ],
)
def test_the_hint_names_what_would_mend_it_and_the_note_where(layer: str, mend: str) -> None:
    found = _leak(layers(encoder=layer))
    assert mend in found.hint
    assert [note.span.line for note in found.notes] == [6]
    assert found.span.line == 4


def test_a_leak_cannot_be_allowed() -> None:
    spec = layers(predictor="self_attention") + "allow: [AG090]\n"
    found = [(item.code, item.severity) for item in check(spec).diagnostics]
    assert sorted(found) == [("AG029", "error"), ("AG090", "error")]


def test_the_diagnostic_reads_as_a_text() -> None:
    text = str(_leak(layers(predictor="self_attention")))
    assert "the target 'y' leaks into its own prediction 'y_tilde'" in text
    assert "    delayed by ζ⁻¹  sees up to t - 1\n" in text


def test_a_recurrence_in_both_directions_is_told_as_what_reads_ahead() -> None:
    spec = layers(predictor="{gru: {width: 2, bidirectional: true}}")
    assert _leak(spec).hint == "take 'bidirectional' off the gru in line 7, which reads time from its end too"


BODIES = {
    "layers": "layers: [concat, {linear: 1}]",
    "ports": "ports: {target: in, prediction: in}, nodes: {a: {op: concat}, b: {op: {linear: 1}}}, "
    'edges: ["target, prediction -> a -> b -> out"]',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_a_cost_with_a_body_is_held_to_the_same_as_one_that_is_an_operation(body: str) -> None:
    def of(predictor: str) -> str:
        return varied(layers(predictor=predictor), ("cost, op: squared_error", f"cost, {body}"))

    assert codes(of("{self_attention: {causal: true}}")) == []
    assert check(of("{gru: 4}")).classification == "recurrent model"
    assert "causal: true" in _leak(of("self_attention")).hint
    assert codes(varied(of("{linear: 4}"), ("y -[delay]->", "y ->"))) == ["AG086"]


def test_a_delay_along_another_axis_is_named_on_the_path() -> None:
    spec = varied(
        layers(predictor="add, {linear: 4}"),
        ("real[T, 4]", "real[H, W, 4]"),
        ("  - y -[delay]-> encoder", "  - {from: y, to: encoder, kind: [delay], axis: H}\n  - encoder"),
        ("  - y, y", "  - {from: y, to: aside, kind: [delay], axis: W}\n  - aside -> predictor\n  - y, y"),
        ("  C: {", "  aside: {role: encoder, op: {linear: 4}}\n  C: {"),
    )
    found = _leak(spec)
    assert "delayed along another axis  sees up to t" in found.trail
