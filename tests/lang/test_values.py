"""Params, arithmetic, variants, types and sizes: what numbers mean, and what is said of those that mean nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archgraph.compiler import check, program
from archgraph.core.dims import Dim

SPEC = """archgraph: 1
params: {width: 8, word: relu, flag: true, half: width / 2, many: auto}
variants: {tiny: {width: 2}}
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  n: {layers: [{linear: %s}]}
edges:
  - x -> n -> h
"""


def _width(written: str, **params: object) -> object:
    return program(SPEC % written, params=params).graph.nodes["n"].body.nodes["linear"].body.op.width


def _codes(written: str) -> list[str]:
    return [item.code for item in check(SPEC % written).diagnostics]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("8", 8),
        ("0x10", 16),
        ("010", 10),
        ("width", 8),
        ("half", 4),
        ("width + half", 12),
        ("width * 2 - 1", 15),
        ("width // 3", 2),
        ("width % 3 + 1", 3),
        ("2 ** 3", 8),
        ('"min(width, 3)"', 3),
        ('"max(width, 30)"', 30),
        ("(width + 2) / 5", 2),
        ("3 * (1 / 3)", 1),
    ],
)
def test_arithmetic_is_exact(written: str, value: int) -> None:
    assert _width(written) == value


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("word", "AG032"),
        ("flag", "AG032"),
        ("width +", "AG032"),
        ("width(3)", "AG032"),
        ("import os", "AG032"),
        ("__import__('os')", "AG032"),
        ("width.real", "AG032"),
        ("wdth", "AG034"),
        ("index", "AG034"),
        ("width / 0", "AG033"),
        ("width % 0", "AG033"),
        ("width / 3", "AG035"),
        ('"8"', "AG030"),
        ("8.5", "AG030"),
        (".inf", "AG030"),
        ("true", "AG030"),
        ("{width: null}", "AG030"),
        ("-1", "AG031"),
        ("10 ** 30", "AG031"),
    ],
)
def test_what_is_no_number_is_one_fault(written: str, code: str) -> None:
    assert _codes(written) == [code]


def test_a_param_may_stay_a_symbol() -> None:
    assert _width("many") == Dim.name("many")
    assert _width("many * 2", many=3) == 6


def test_a_rate_cannot_depend_on_a_symbol() -> None:
    assert [i.code for i in check((SPEC % "8").replace("{linear: 8}", "{dropout: 1 / many}")).diagnostics] == ["AG037"]


def test_a_rate_is_worked_out_in_floating_point() -> None:
    spec = (SPEC % "8").replace("{linear: 8}", "{dropout: 1 / (half + 1)}")
    assert program(spec).graph.nodes["n"].body.nodes["dropout"].body.op.rate == 0.2


def test_outside_values_win_and_are_read_as_the_file_is() -> None:
    assert _width("width", width=5) == 5
    assert _width("width", width="2 * 6") == 12
    assert program(SPEC % "width", variant="tiny").graph.params["half"] == 1


def test_a_value_from_outside_is_shown_as_written() -> None:
    (item,) = check(SPEC % "width", params={"width": "1 +"}).diagnostics
    assert item.span.source.name == "--set width"


def test_a_param_that_there_is_not_cannot_be_set() -> None:
    (item,) = check(SPEC % "width", params={"widht": 3}).diagnostics
    assert (item.code, item.hint) == ("AG025", "did you mean 'width'?")
    assert (item.span.source.name, item.span.text) == ("--set", "widht")


def test_a_variant_that_there_is_not_is_shown_at_its_option() -> None:
    (item,) = check(SPEC % "width", variant="tyni").diagnostics
    assert (item.code, item.hint) == ("AG024", "did you mean 'tiny'?")
    assert (item.span.source.name, item.span.text) == ("--variant", "tyni")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("width: 8,", "width: [8],", "AG019"),
        ("width: 8,", "width: {a: 8},", "AG019"),
        ("{tiny: {width: 2}}", "{tiny: 2}", "AG019"),
        ("{tiny: {width: 2}}", "{tiny: {width: [2]}}", "AG019"),
        ("{tiny: {width: 2}}", "{tiny: {wide: 2}}", "AG025"),
        ("half: width / 2", "half: width /", "AG032"),
        ("half: width / 2", "half: half", "AG032"),
        ("half: width / 2", 'half: "4"', "AG030"),
        ("half: width / 2", "half: width / (width - 8)", "AG033"),
        ("variants:", "dims: {T: 0}\nvariants:", "AG031"),
        ("variants:", "dims: {T: [3]}\nvariants:", "AG019"),
        ("variants:", "dims: {T: widht}\nvariants:", "AG034"),
        ("variants:", "dims: {width: 3}\nvariants:", "AG031"),
        ("variants:", "dims: {Q: 3}\nvariants:", "AG058"),
        ("params: {", "params: [{", "AG104"),
    ],
)
def test_a_section_of_a_wrong_form_is_one_fault(old: str, new: str, code: str) -> None:
    assert [i.code for i in check((SPEC % "8").replace(old, new)).diagnostics] == [code]


def test_a_param_with_a_fault_is_told_once_however_often_it_is_used() -> None:
    spec = (SPEC % "half").replace("half: width / 2", "half: 1 / 0").replace("8]", "half]")
    assert [i.code for i in check(spec).diagnostics] == ["AG033"]


def test_a_word_is_a_word_and_a_dollar_names_a_param() -> None:
    layer = "{feed_forward: {hidden: 8, activation: %s}}"
    spec = (SPEC % "8").replace("{linear: 8}", layer)
    assert program(spec % "tanh").graph.nodes["n"].body.nodes["feed_forward"].body.op.activation == "tanh"
    assert program(spec % "$word").graph.nodes["n"].body.nodes["feed_forward"].body.op.activation == "relu"
    assert [i.code for i in check(spec % "$wrod").diagnostics] == ["AG025"]
    assert [i.code for i in check(spec % "word").diagnostics] == ["AG030"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("real[T, 0]", "AG031"),
        ("real[T, 2000000000]", "AG031"),
        ("real[T, ]", "AG032"),
        ("real[T, 8 *]", "AG032"),
        ("real[T / 2, 8]", "AG026"),
        ("real(3)[T, 8]", "AG026"),
        ("tokens[T]", "AG026"),
        ("tokens(0)[T]", "AG031"),
        ("tokens(Q)[T]", "AG034"),
        ("complex[T]", "AG026"),
        ("real", "AG026"),
        ("real[[T]]", "AG026"),
        ("", "AG026"),
    ],
)
def test_a_type_that_cannot_be_is_one_fault(written: str, code: str) -> None:
    assert [i.code for i in check((SPEC % "8").replace("real[T, 8]", written)).diagnostics] == [code]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("real[T, 8]", "real[T, 8]"),
        ("real[T, width]", "real[T, 8]"),
        ("real[T, 2 * half]", "real[T, 8]"),
        ("real[3, T, width]", "real[3, T, 8]"),
    ],
)
def test_a_type_is_read_with_params(written: str, shown: str) -> None:
    found = program((SPEC % "8").replace("real[T, 8]", written))
    assert str(found.graph.variables["x"].type) == shown


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ('{kind: input, type: "tokens(8)[T]", pad: 0, start: 1, stop: 2}', []),
        ('{kind: input, type: "tokens(8)[T]", pad: 8}', ["AG031"]),
        ('{kind: input, type: "tokens(many)[T]", pad: 8}', []),
        ('{kind: input, type: "tokens(many)[T]", pad: -8}', ["AG031"]),
        ('{kind: input, type: "tokens(8)[T]", pad: lengths}', []),
        ('{kind: input, type: "tokens(8)[T]", start: widht}', ["AG034"]),
        ('{kind: input, type: "real[T, 8]", start: 1}', ["AG019"]),
        ('{kind: input, type: "real[T, 8]", pad: 0}', ["AG019"]),
        ('{kind: input, type: "real[8]", pad: lengths}', ["AG055"]),
        ("{kind: input}", ["AG017"]),
        ("7", ["AG019"]),
        ("[input]", ["AG019"]),
    ],
)
def test_the_symbols_of_a_variable_fit_its_type(written: str, codes: list[str]) -> None:
    layer = "embedding" if "tokens" in written else "linear"
    spec = (SPEC % "8").replace('{kind: input, type: "real[T, 8]"}', written).replace("linear", layer)
    assert [i.code for i in check(spec).diagnostics] == codes


def test_a_weight_is_a_finite_number() -> None:
    cost = "  C: {role: regulariser, weight: %s, op: l2}\nedges:\n  - h -> C\n"
    spec = (SPEC % "8").replace("edges:\n", cost)
    assert program(spec % "1 / 4").graph.nodes["C"].weight == 0.25
    assert [i.code for i in check(spec % ".nan").diagnostics] == ["AG031"]
    assert [i.code for i in check(spec % '"3"').diagnostics] == ["AG030"]


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("{linear: [4]}", "AG030"),
        ("{linear: {width: {a: 1}}}", "AG030"),
        ("{linear: 4.0}", "AG030"),
        ("{relu: {zzqqxx: 4}}", "AG012"),
        ("{split: {a: [1], b: 7}}", "AG030"),
        ("{pooling: {kind: [mean]}}", "AG030"),
        ("{dropout: many}", "AG037"),
        ("{dropout: 2e0}", "AG031"),
        ("{dropout: .nan}", "AG031"),
    ],
)
def test_an_argument_of_a_wrong_form_is_one_fault(layer: str, code: str) -> None:
    found = [i.code for i in check((SPEC % "8").replace("{linear: 8}", layer)).diagnostics]
    assert found == [code]


def test_a_whole_number_may_stand_where_a_real_one_is_meant() -> None:
    spec = (SPEC % "8").replace("{linear: 8}", "{gaussian_noise: 1}")
    std = program(spec).graph.nodes["n"].body.nodes["gaussian_noise"].body.op.std
    assert isinstance(std, float)


BLOCK = """archgraph: 1
params: {act: relu, many: auto, flag: true, half: 0.5}
blocks:
  b: {params: {w: 8, rate: 0.0, kind: mean}, layers: [{linear: w}, {dropout: rate}, {pooling: $kind}]}
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  n: {use: b, with: {%s}}
edges:
  - x -> n -> h
"""


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("w: 4", []),
        ("w: many", []),
        ("kind: sum", []),
        ("rate: half", []),
        ("rate: half / 2", []),
        ("w: half", ["AG035"]),
        ("rate: many", ["AG037"]),
        ("w: act", ["AG032"]),
        ("w: flag", ["AG032"]),
        ("kind: $many", ["AG013"]),
        ("kind: $nobody", ["AG025"]),
        ("w: null", ["AG032"]),
    ],
)
def test_a_block_is_given_numbers_words_and_names_of_params(given: str, found: list[str]) -> None:
    assert [i.code for i in check(BLOCK % given).diagnostics] == found


TYPED = """archgraph: 1
params: {registers: 4, width: 8}
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: {kind: hidden, type: "%s"}
nodes:
  n: {layers: [{prepend: cls}, {prepend: {segment: r, count: registers}}]}
edges:
  - x -> n -> h
"""


@pytest.mark.parametrize("written", ["real[r(4) | cls | T, 8]", "real[ r(registers)|cls|T , width]"])
def test_a_type_names_its_segments(written: str) -> None:
    assert str(program(TYPED % written).variables["h"].type) == "real[r(4) | cls | T, 8]"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("real[cls | r(4) | T, 8]", "AG074"),
        ("real[r(5) | cls | T, 8]", "AG074"),
        ("real[T + 5, 8]", "AG074"),
        ("real[r(4) | | T, 8]", "AG026"),
        ("real[r(Q) | cls | T, 8]", "AG074"),
        ("real[r(0) | cls | T, 8]", "AG031"),
        ("real[r(4) | cls | t(2), 8]", "AG032"),
    ],
)
def test_segments_that_are_not_those_are_one_fault(written: str, code: str) -> None:
    assert [i.code for i in check(TYPED % written).diagnostics] == [code]


@pytest.mark.parametrize(
    ("param", "words"),
    [
        (".inf", "no finite number"),
        ("two words", "'words' is not expected here"),
        ("relu", "is the word 'relu'"),
        ("null", "is nothing, not a number"),
        ("true", "is the truth value true, not a number"),
    ],
)
def test_a_param_that_is_no_number_cannot_be_counted_with(param: str, words: str) -> None:
    spec = (SPEC % "width + strange").replace("word: relu", f"strange: {param}")
    assert any(words in item.message for item in check(spec).diagnostics)
    assert not check(spec).ok


def test_a_param_that_another_counts_with_before_its_own_fault_is_told_names_both() -> None:
    spec = (SPEC % "width").replace("word: relu", "early: late * 2, late: 2 +")
    found = [item.message for item in check(spec).diagnostics]
    assert found == [
        "the param 'early': the param 'late' is not a number",
        "the param 'late': a number or name is expected, not the end",
    ]


@pytest.mark.parametrize(("name", "reason"), [("a b", "a name is"), ("class", "Python"), ("index", "repeat")])
def test_a_param_has_a_name(name: str, reason: str) -> None:
    text = f"""
archgraph: 1
params: {{{name!r}: 3}}
variables:
  x: {{kind: input, type: "real[4]"}}
  h: hidden
nodes: {{f: {{op: relu}}}}
edges: [x -> f -> h]
"""
    (fault,) = check(text)
    assert (fault.fault.code, reason in fault.message) == ("AG020", True)


@pytest.mark.parametrize("width", ["𝟠", "k²", "٨"])
def test_digits_of_other_scripts_are_no_arithmetic(width: str) -> None:
    text = f"""
archgraph: 1
params: {{k: 3}}
variables:
  x: {{kind: input, type: "real[4]"}}
  h: hidden
nodes: {{f: {{op: {{linear: "{width} * k"}}}}}}
edges: [x -> f -> h]
"""
    assert [item.fault.code for item in check(text)] == ["AG032"]


STRIDED = """archgraph: 1
params: {stride: 2, many: auto}
variables:
  x: {kind: input, type: "real[S, 8]"}
  h: {kind: hidden, type: "%s"}
nodes:
  n: {layers: [{conv1d: {channels: 4, kernel: 3, stride: stride}}, {conv1d: {channels: 4, kernel: 3, stride: stride}}]}
edges:
  - x -> n -> h
"""


@pytest.mark.parametrize(
    "length",
    ["ceil(ceil(S/2)/2)", "ceil(S / 4)", "ceil(S / stride ** 2)", "(S + 3) // 4", "floor((S+3)/4)", "1 + (S - 1) // 4"],
)
def test_a_computed_type_may_state_a_length_that_operations_make_however_it_is_written(length: str) -> None:
    assert [i.message for i in check(STRIDED % f"real[{length}, 2 * stride]").diagnostics] == []


@pytest.mark.parametrize(
    ("length", "code", "words"),
    [
        ("S // 4", "AG074", "stated as real[floor(S/4), 4]"),
        ("S / 4", "AG074", "stated as real[S/4, 4]"),
        ("max(1, S)", "AG032", "divided by whole numbers"),
        ("ceil(S / S)", "AG032", "divided by whole numbers"),
        ("many % 2", "AG037", "'auto'"),
        ("ceil(S / 0)", "AG033", "division by zero"),
        ("ceil(S / 4", "AG032", "')' is missing"),
        ("round(S / 4)", "AG032", "there are min, max, ceil and floor"),
    ],
)
def test_a_length_that_is_another_or_cannot_be_read_is_told(length: str, code: str, words: str) -> None:
    (item,) = check(STRIDED % f"real[{length}, 4]").diagnostics
    assert (item.code, item.span.line) == (code, 5)
    assert words in item.message


def test_what_is_given_binds_its_axes_by_name() -> None:
    (item,) = check((STRIDED % "real[S, 4]").replace("real[S, 8]", "real[ceil(S/2), 8]")).diagnostics
    assert (item.code, "arithmetic over 'S'" in item.message) == ("AG026", True)


def test_numbers_of_other_libraries_are_numbers_and_lists_are_none() -> None:
    class Eight(Fraction):
        pass

    assert _width("width", width=Eight(8)) == 8
    (item,) = check(SPEC % "width", params={"width": [8]}).diagnostics
    assert (item.code, item.span.source.name) == ("AG030", "--set width")


def test_a_param_that_is_no_number_is_told_once() -> None:
    assert [i.code for i in check((SPEC % "width").replace("width: 8", "width: null")).diagnostics] == ["AG032"]


@pytest.mark.parametrize("written", ["1e99999999 * 1", "1e-99999999 + 8", "9" * 5000 + " * 1", "width * 1e2000"])
def test_numbers_too_long_to_be_worked_out_are_refused_at_once(written: str) -> None:
    assert _codes(written) == ["AG031"]


@pytest.mark.parametrize(
    ("layer", "hint"),
    [
        ("{self_attention: {causal: on}}", "write 'true'"),
        ("{self_attention: {causal: No}}", "write 'false'"),
        ('{self_attention: {causal: "no"}}', "write 'false'"),
        ('{self_attention: {causal: "true"}}', "remove the quotes"),
        ("{self_attention: {causal: 1}}", "write true or false"),
        ("{dropout: 1.5}", "write a number less than 1.0"),
        ("{dropout: .nan}", "write a finite number"),
        ("{dropout: [0.1]}", "write one number, no list"),
        ("{linear: [4]}", "write one number, no list"),
        ("{feed_forward: {hidden: 4, activation: swish}}", "did you mean 'silu'?"),
        ("{feed_forward: {hidden: 4, activation: magic}}", "write one of these"),
    ],
)
def test_a_value_that_is_none_comes_with_what_to_write(layer: str, hint: str) -> None:
    spec = (SPEC % "8").replace("{linear: 8}", layer)
    assert [item.hint for item in check(spec).diagnostics] == [hint]


def test_a_word_of_truth_in_other_languages_is_mended() -> None:
    spec = (SPEC % "8").replace("{linear: 8}", "{self_attention: {causal: yes}}")
    (item,) = check(spec).diagnostics
    assert [edit.text for edit in item.fixes] == ["true"]


TEXT = """archgraph: 1
params: {vocab: auto, word: relu}
variables:
  y: {kind: target, type: "%s", codec: %s}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{embedding: 8}, {self_attention: {heads: %s}}, {linear: vocab}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -> encoder -> y_tilde
  - y, y_tilde -> C
"""


@pytest.mark.parametrize("codec", ["chars", "bytes", "words", "symbols.txt", "below/symbols.txt", "vocab"])
def test_a_codec_is_one_of_some_words_or_a_file(codec: str) -> None:
    assert check(TEXT % ("tokens(vocab)[T]", codec, 2)).diagnostics == ()


@pytest.mark.parametrize(
    ("codec", "code", "hint"),
    [
        ("Chars", "AG019", "did you mean 'chars'?"),
        ("byte", "AG019", "did you mean 'bytes'?"),
        ("''", "AG019", "write chars, bytes, words, or a file with one symbol a line"),
        ("../symbols.txt", "AG062", "write it with '/', relative"),
        ("/etc/symbols.txt", "AG062", "write it with '/', relative"),
        ("3", "AG030", "write text"),
    ],
)
def test_a_codec_that_is_none_is_told_before_any_data_is_read(codec: str, code: str, hint: str) -> None:
    (item,) = check(TEXT % ("tokens(vocab)[T]", codec, 2)).diagnostics
    assert (item.code, item.hint, item.span.line) == (code, hint, 4)


def test_only_symbols_that_are_given_have_a_codec() -> None:
    spec = TEXT % ("tokens(vocab)[T]", "chars", 2)
    (item,) = check(spec.replace("y_tilde: prediction", "y_tilde: {kind: prediction, codec: chars}")).diagnostics
    assert (item.code, item.span.line, item.span.text) == ("AG019", 5, "chars")


def test_a_count_that_only_data_can_tell_is_told_as_that() -> None:
    (item,) = check(TEXT % ("tokens(vocab)[T]", "chars", "vocab")).diagnostics
    assert (item.code, "'auto'" in item.message) == ("AG037", True)


def test_a_param_that_is_a_word_is_told_once_where_numbers_belong() -> None:
    spec = TEXT % ("tokens(vocab)[T]", "chars", 2)
    assert [i.code for i in check(spec.replace("vocab: auto", "vocab: Auto")).diagnostics] == ["AG032"]
