"""What does not fit is refused with both offending values, and with an action where there is one."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from archgraph.graph.operation import Mismatch
from archgraph.graph.patterns import parse_pattern
from tests.ops.cases import make
from tests.ops.site import types

SEQUENCE = {"x": "real[T, 8]"}
ROWS: list[tuple[str, dict[str, Any], dict[str, str], tuple[str, ...]]] = [
    ("relu", {}, {"x": "tokens(5)[T]"}, ("tokens(5)[T]", "embedding")),
    ("softmax", {}, {"x": "real[T]"}, ("T", "real[T]")),
    ("batch_norm", {}, {"x": "real[2, 3, 4, 5]"}, ("real[2, 3, 4, 5]", "rearrange")),
    ("add", {}, {"x": "real[T, 8]; real[T, 4]"}, ("real[T, 8]", "real[T, 4]", "linear: 8")),
    ("add", {}, {"x": "real[T, 8]; real[8]"}, ("real[T, 8]", "real[8]", "expand: T")),
    ("multiply", {}, {"x": "real[T, 8]; real[S, 8]"}, ("real[T, 8]", "real[S, 8]")),
    ("multiply", {}, {"x": "tokens(5)[T]; tokens(5)[T]"}, ("tokens(5)[T]", "embedding")),
    ("concat", {}, {"x": "real[T, 8]; real[3]"}, ("real[T, 8]", "real[3]", "expand: T")),
    ("concat", {}, {"x": "real[T, 8]; real[S, 8]"}, ("real[T, 8]", "real[S, 8]")),
    ("concat", {}, {"x": "real[T]; real[T]"}, ("T", "positions")),
    ("concat", {}, {"x": "real[3, 8, 8]; real[5, 8, 8]"}, ("real[3, 8, 8]", "real[5, 8, 8]", "concat: channels")),
    ("concat", {"axis": "channels"}, {"x": "real[3, 8, 8]; real[5, 4, 4]"}, ("real[5, 4, 4]", "one size")),
    ("concat", {"axis": "channels"}, {"x": "real[T, 8]; real[T, 8]"}, ("real[T, 8]", "images")),
    ("squared_error", {}, {"target": "real[3, 8, 8]", "prediction": "real[5, 8, 8]"}, ("conv2d: {channels: 3",)),
    ("expand", {"axis": "T"}, {"x": "real[T, 8]"}, ("expand: T", "real[T, 8]")),
    ("split", {"parts": {"mu": 4, "v": 3}}, SEQUENCE, ("4 + 3", "7", "8 features", "linear: 7")),
    ("pooling", {}, {"x": "real[8]"}, ("real[8]",)),
    ("pooling", {}, {"x": "real[3, H, W]"}, ("real[3, H, W]", "rearrange")),
    ("conv1d", {"channels": 3, "kernel": 4}, SEQUENCE, ("odd", "4", "kernel: 3 or 5")),
    ("conv1d", {"channels": 3, "kernel": 3}, {"x": "real[3, H, W]"}, ("real[3, H, W]", "conv2d")),
    (
        "conv1d",
        {"channels": 3, "kernel": 5, "padding": "valid", "dilation": 2},
        {"x": "real[6, 8]"},
        ("9", "real[6, 8]", "6"),
    ),
    ("conv2d", {"channels": 3, "kernel": 3}, SEQUENCE, ("real[T, 8]", "conv1d")),
    (
        "conv2d",
        {"channels": 3, "kernel": 3, "padding": "causal"},
        {"x": "real[3, H, W]"},
        ("causal", "real[3, H, W]", "same"),
    ),
    ("gru", {"width": 5}, {"x": "real[8]"}, ("real[8]",)),
    (
        "gru",
        {"width": 5},
        {"x": "real[T, 8]", "state": "real[T, 6]"},
        ("real[T, 5]", "real[T, 6]", "width: 6"),
    ),
    (
        "gru",
        {"width": 5, "bidirectional": True},
        {"x": "real[8]", "state": "real[5]"},
        ("cell", "bidirectional: false"),
    ),
    ("lstm", {"width": 5}, {"x": "real[8]", "state": "real[5]"}, ("'state' fed", "feed 'cell'")),
    (
        "squared_error",
        {},
        {"target": "real[T, 8]", "prediction": "real[T, 4]"},
        ("real[T, 8]", "real[T, 4]", "linear: 8"),
    ),
    (
        "squared_error",
        {},
        {"target": "tokens(5)[T]", "prediction": "real[T, 5]"},
        ("tokens(5)[T]", "cross_entropy"),
    ),
    (
        "cosine",
        {},
        {"target": "real[T, 8]", "prediction": "real[S, 8]"},
        ("real[T, 8]", "real[S, 8]", "same positions"),
    ),
    ("giou", {}, {"target": "real[T, 8]", "prediction": "real[T, 8]"}, ("'giou' compares boxes", "real[T, 8]", "four")),
    ("giou", {}, {"target": "real[]", "prediction": "real[]"}, ("'giou' compares boxes", "real[]")),
    ("giou", {}, {"target": "mask[4]", "prediction": "real[4]"}, ("'giou' compares boxes", "mask[4]")),
    (
        "squared_error",
        {},
        {"target": "real[T, 8]", "prediction": "real[T, 8]", "where": "real[T]"},
        ("'where'", "real[T]", "mask[T]"),
    ),
    (
        "cross_entropy",
        {},
        {"target": "tokens(5)[T]", "prediction": "real[T, 5]", "where": "mask[S]"},
        ("mask[S]", "tokens(5)[T]"),
    ),
    ("gaussian_noise", {"std": 0.1}, {"x": "tokens(5)[T]"}, ("tokens(5)[T]",)),
    ("token_masking", {"rate": 0.1, "symbol": 5}, {"x": "tokens(5)[T]"}, ("5", "0 to 4", "symbol: 4")),
    ("token_masking", {"rate": 0.1, "symbol": 0}, SEQUENCE, ("real[T, 8]", "embedding")),
    ("token_dropout", {"rate": 0.1, "symbol": 2}, SEQUENCE, ("real[T, 8]", "2")),
    ("token_dropout", {"rate": 0.1}, {"x": "real[8]"}, ("real[8]",)),
    ("l1", {}, {"x": "tokens(5)[T]"}, ("tokens(5)[T]",)),
    ("positions", {"length": 8}, {"x": "real[9, 8]"}, ("9", "8", "length: 9")),
    ("positions", {"columns": 3}, {"x": "real[9, 6]"}, ("6", "8", "columns")),
    ("positions", {"kind": "learned", "columns": 3}, {"x": "real[9, 8]"}, ("columns",)),
    ("positions", {"first": "row"}, {"x": "real[9, 8]"}, ("grid", "columns", "first")),
    ("positions", {"scaled": True, "length": 9}, {"x": "real[9, 8]"}, ("grid", "columns", "scaled")),
    ("positions", {"scaled": True, "columns": 3, "length": 12}, {"x": "real[9, 8]"}, ("9", "12", "3", "scaled")),
    ("positions", {"scaled": True, "columns": 3, "length": 9}, {"x": "real[T, 8]"}, ("T", "9", "scaled")),
    ("positions", {"scaled": True, "columns": 4, "length": 9}, {"x": "real[9, 8]"}, ("9", "4", "scaled")),
    ("positions", {}, {"x": "real[3, H, W]"}, ("real[3, H, W]", "rearrange")),
    ("self_attention", {"heads": 4, "kv_heads": 3}, SEQUENCE, ("4", "3", "kv_heads: 2")),
    ("self_attention", {"heads": 2, "theta": 10.0}, SEQUENCE, ("theta", "rotary", "none")),
    ("self_attention", {"heads": 2, "positions": "rotary", "factor": 2.0}, SEQUENCE, ("factor", "none", "stretch")),
    ("self_attention", {"heads": 8, "positions": "rotary"}, SEQUENCE, ("pairs", "1")),
    (
        "cross_attention",
        {"score": "additive", "kv_heads": 1},
        {"x": "real[T, 8]", "context": "real[S, 8]"},
        ("kv_heads",),
    ),
    ("self_attention", {"heads": 2}, SEQUENCE | {"places": "real[T, 4]"}, ("real[T, 8]", "real[T, 4]")),
    ("maxout", {"pieces": 3}, SEQUENCE, ("3", "8", "linear: 6")),
    ("maxout", {}, {"x": "real[T]"}, ("T", "positions")),
    ("scale", {"factor": 2.0}, {"x": "tokens(5)[T]"}, ("tokens(5)[T]", "embedding")),
    ("temperature", {}, {"x": "tokens(5)[T]"}, ("tokens(5)[T]", "embedding")),
    ("drop_path", {"rate": 0.1}, {"x": "tokens(5)[T]"}, ("tokens(5)[T]", "embedding")),
    ("l2_norm", {}, {"x": "real[T]"}, ("T", "real[T]")),
    ("layer_scale", {}, {"x": "real[T]"}, ("T", "real[T]")),
    ("transposed_conv1d", {"channels": 3, "kernel": 4}, {"x": "real[3, H, W]"}, ("transposed_conv2d",)),
    ("transposed_conv1d", {"channels": 3, "kernel": 3}, SEQUENCE, ("kernel − stride = 1", "kernel: 4")),
    ("transposed_conv1d", {"channels": 3, "kernel": 2, "stride": 3}, SEQUENCE, ("2", "3", "kernel: 3")),
    ("transposed_conv1d", {"channels": 3, "kernel": 2, "stride": 1}, SEQUENCE, ("stride: 1", "conv1d")),
    ("transposed_conv2d", {"channels": 3, "kernel": 2}, SEQUENCE, ("real[T, 8]", "transposed_conv1d")),
    (
        "transposed_conv2d",
        {"channels": 3, "kernel": 2, "padding": "causal"},
        {"x": "real[3, H, W]"},
        ("causal", "same"),
    ),
    ("mixture_of_experts", {"experts": 2, "top": 3, "hidden": 4}, SEQUENCE, ("3", "2", "top: 2")),
    ("mixture_of_experts", {"experts": 2, "hidden": 4}, {"x": "real[2, T, 8]"}, ("real[2, T, 8]",)),
    ("contrastive", {}, {"x": "real[8]; real[4]"}, ("real[8]", "real[4]", "linear")),
    ("contrastive", {}, {"x": "real[8]"}, ("two", "1")),
]


def pattern(
    text: str, x: str, *parts: str, **sizes: int
) -> tuple[str, dict[str, Any], dict[str, str], tuple[str, ...]]:
    return ("rearrange", {"pattern": text, "sizes": sizes}, {"x": x}, parts)


ROWS += [
    pattern("(p t) d -> t (p d)", "real[T, 8]", "(p t)", "T/4", "patches", p=4),
    pattern("t s d -> (t s) d", "real[T, S, 8]", "(t s)", "T"),
    pattern("p t d -> (p t) d", "real[4, T, 8]", "(p t)", "T"),
    pattern("(t p) d -> (t d) p", "real[T, 8]", "(t p)", "(t d)", p=4),
    pattern("(t p q) d -> (t q) (p d)", "real[T, 8]", "(t p q)", "(t q)", p=2, q=2),
    pattern("t (h d) -> t h d", "real[T, 8]", "h and d", "8", "sizes"),
    pattern("t (h d) -> t h d", "real[T, 8]", "3", "8", "divide", h=3),
    pattern("t (h d) -> t h d", "real[T, 8]", "(h d) is 6", "8", h=2, d=3),
    pattern("t d -> d t", "real[T, 8]", "(d) is 4", "8", d=4),
    pattern("t d -> d t", "real[T, 8]", "'h'", "t, d", h=4),
    pattern("b t d -> b d t", "real[T, 8]", "3 axes", "real[T, 8]", "without the batch"),
    pattern("1 d -> d", "real[T, 8]", "1", "T", "name the axis"),
]


@pytest.mark.parametrize(("name", "arguments", "given", "parts"), ROWS)
def test_refuses(name: str, arguments: dict[str, Any], given: dict[str, str], parts: tuple[str, ...]) -> None:
    with pytest.raises(Mismatch) as caught:
        make(name, **arguments).shape(types(**given))
    text = f"{caught.value.message} | {caught.value.hint}"
    assert [part for part in parts if part not in text] == []
    assert caught.value.field == "" or caught.value.field in make(name, **arguments).__class__.model_fields
    assert caught.value.port == "" or caught.value.port in given


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("t d", "one '->'"),
        ("t -> d -> t", "one '->'"),
        ("t t -> t", "twice"),
        ("t d -> t", "'d' stands on the left"),
        ("t -> t d", "'d' stands on the right"),
        ("(t (p d)) -> t p d", "inside a bracket"),
        ("t) -> t", "not opened"),
        ("(t -> t", "not closed"),
        ("t ... -> ...", "'...'"),
        ("2 t -> t", "cannot read"),
        ("t " * 300 + "-> t", "longer"),
    ],
)
def test_names_the_fault_of_a_pattern(text: str, part: str) -> None:
    with pytest.raises(ValueError, match="a") as caught:
        parse_pattern(text)
    assert part in f"{caught.value}"
    with pytest.raises(ValidationError) as refused:
        make("rearrange", pattern=text)
    assert refused.value.errors()[0]["loc"] == ("pattern",)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("conv1d", {"channels": 0, "kernel": 3}),
        ("conv1d", {"channels": 3, "kernel": 0}),
        ("gaussian_noise", {"std": 0.0}),
        ("gaussian_noise", {"std": float("nan")}),
        ("token_masking", {"rate": 1.0, "symbol": 0}),
        ("token_masking", {"rate": 0.1, "symbol": -1}),
        ("token_masking", {"rate": 0.1}),
        ("split", {"parts": {}}),
        ("split", {"parts": {"mu": 0}}),
        ("pooling", {"kind": "median"}),
        ("relu", {"slope": 0.1}),
    ],
)
def test_refuses_arguments_out_of_range(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make(name, **arguments)
