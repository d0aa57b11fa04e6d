"""Operations on inputs that fit: what goes in and what comes out. Every operation has a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archgraph.graph.operation import Operation, Types
from archgraph.ops import Operations
from tests.ops.site import types

SIZES = {"T": 12, "S": 7, "H": 9, "W": 8}


def make(name: str, **arguments: Any) -> Operation:
    """An operation of the registry with its arguments."""
    found = Operations().get(name)
    assert found is not None, name
    return found(**arguments)


@dataclass(frozen=True)
class Case:
    """An operation, its input types and its output types."""

    op: Operation
    given: Types
    results: Types

    def __str__(self) -> str:
        arguments = "-".join(f"{value}" for value in self.op.arguments().values())
        first = ",".join(f"{found[0]}" for found in self.given.values() if found)
        return f"{self.op.name}-{arguments}-{first}"


def case(name: str, arguments: dict[str, Any], given: dict[str, str], **results: str) -> Case:
    """One row of the table."""
    return Case(make(name, **arguments), types(**given), types(**(results or {"out": given["x"]})))


SEQUENCE = {"x": "real[T, 8]"}
PAIR = {"target": "real[T, 8]", "prediction": "real[T, 8]"}
WHERE = PAIR | {"where": "mask[T]"}

POINTWISE = [
    case(name, {}, SEQUENCE) for name in ("relu", "squared_relu", "gelu", "silu", "tanh", "sigmoid", "softmax")
]
POINTWISE += [case("gelu", {"form": form}, SEQUENCE) for form in ("tanh", "quick")]
POINTWISE += [case("scale", {"factor": -0.5}, SEQUENCE), case("scale", {"factor": 2.0}, {"x": "real[T]"})]
POINTWISE += [case("maxout", {"pieces": 4}, SEQUENCE, out="real[T, 2]")]
GAINS = [case(name, {"initial": 0.5}, SEQUENCE) for name in ("temperature", "layer_scale")]
NORMS = [case(name, {}, SEQUENCE) for name in ("layer_norm", "rms_norm", "l2_norm", "batch_norm")]
NORMS += [case("rms_norm", {"unit_offset": True, "epsilon": 1e-5}, SEQUENCE)]
NORMS += [case("batch_norm", {}, {"x": given}) for given in ("real[8]", "real[8, H, W]")]

LEAD = [
    case("embedding", {"width": 8}, {"x": "tokens(5)[T]"}, out="real[T, 8]"),
    case("embedding", {"width": 8, "positions": "sinusoidal"}, {"x": "tokens(5)[T]"}, out="real[T, 8]"),
    case(
        "embedding",
        {"width": 8, "positions": "learned", "length": 16},
        {"x": "tokens(5)[T]"},
        out="real[T, 8]",
    ),
    case("positions", {}, SEQUENCE),
    case("positions", {"order": "halves", "theta": 100.0, "offset": 3}, SEQUENCE),
    case("positions", {"kind": "learned", "length": 64, "offset": 2}, SEQUENCE),
    case("positions", {"columns": 4}, SEQUENCE),
    case("positions", {"columns": 4, "first": "row", "scaled": True, "length": 12}, {"x": "real[12, 8]"}),
    case("linear", {"width": 3}, SEQUENCE, out="real[T, 3]"),
    case("linear", {"width": 3, "bias": False}, {"x": "real[8]"}, out="real[3]"),
    case("feed_forward", {"hidden": 16}, SEQUENCE),
    case("feed_forward", {"hidden": 16, "gated": True, "activation": "silu", "bias": False}, SEQUENCE),
    *[case("feed_forward", {"hidden": 6, "activation": name}, SEQUENCE) for name in ("gelu_tanh", "squared_relu")],
    case("feed_forward", {"hidden": 6, "activation": "gelu_quick", "gated": True}, SEQUENCE),
    case("dropout", {"rate": 0.1}, SEQUENCE),
    case("drop_path", {"rate": 0.1}, SEQUENCE),
    case("residual", {}, {"x": "real[T, 8]", "branch": "real[T, 8]"}),
    case("self_attention", {"heads": 2}, SEQUENCE),
    case("self_attention", {"heads": 2, "causal": True, "bias": False}, SEQUENCE),
    case("cross_attention", {"heads": 2}, {"x": "real[T, 8]", "context": "real[S, 6]"}),
    case("cross_attention", {"heads": 2, "causal": True}, {"x": "real[T, 8]", "context": "real[T, 8]"}),
    case(
        "cross_attention",
        {"score": "additive"},
        {"x": "real[T, 8]", "context": "real[S, 6]"},
        out="real[T, 6]",
    ),
]

DEEP = {"heads": 4, "kv_heads": 2, "head_width": 6, "bias": False}
ATTENTION = [
    case("self_attention", {"heads": 2, **arguments}, SEQUENCE)
    for arguments in (
        {"head_width": 6, "bias": "qkv", "score_scale": 1.0},
        {"kv_heads": 1, "causal": True, "qk_norm": "rms"},
        {"value_width": 3, "causal": True, "positions": "rotary"},
        {"qk_norm": "layer", "epsilon": 1e-5},
        {"window": 3},
        {"window": 3, "causal": True},
        {"softcap": 2.0},
        {"softcap": 2.0, "causal": True, "window": 4},
        {"positions": "rotary"},
        {"positions": "rotary", "causal": True, "theta": 100.0, "turned": 0.5, "pairs": "neighbours"},
        {"positions": "rotary", "causal": True, "stretch": "linear", "factor": 4.0, "window": 5},
        {"positions": "rotary", "causal": True, "stretch": "llama3", "factor": 8.0, "trained": 64},
        {"positions": "alibi"},
        {"positions": "alibi", "causal": True, "kv_heads": 1},
        {"positions": "relative", "buckets": 8, "reach": 10},
        {"positions": "relative", "causal": True, "window": 4, "softcap": 3.0},
    )
]
PLACES = {"places": "real[T, 8]", "context_places": "real[S, 6]"}
ATTENTION += [
    case("self_attention", {"heads": 2}, SEQUENCE | {"places": "real[T, 8]"}),
    case("self_attention", {"heads": 2, "causal": True}, SEQUENCE | {"places": "real[T, 8]"}),
    case("cross_attention", {"heads": 2}, {"x": "real[T, 8]", "context": "real[S, 6]"} | PLACES),
    case("self_attention", DEEP | {"causal": True, "positions": "rotary"}, SEQUENCE),
    case("cross_attention", DEEP | {"value_width": 5}, {"x": "real[T, 8]", "context": "real[S, 6]"}),
    case(
        "cross_attention",
        DEEP | {"causal": True, "qk_norm": "rms", "softcap": 4.0},
        {"x": "real[T, 8]", "context": "real[T, 6]"},
    ),
]

JOINS = [
    case("add", {}, {"x": "real[T, 8]; real[T, 8]; real[T, 8]"}, out="real[T, 8]"),
    case("multiply", {}, {"x": "real[T, 8]; real[T, 8]"}, out="real[T, 8]"),
    case("concat", {}, {"x": "real[T, 8]; real[T, 3]"}, out="real[T, 11]"),
    case("concat", {}, {"x": "real[8]"}, out="real[8]"),
    case("concat", {"axis": "channels"}, {"x": "real[2, H, W]; real[3, H, W]"}, out="real[5, H, W]"),
    case("expand", {"axis": "T"}, {"x": "real[8]"}, out="real[T, 8]"),
    case("expand", {"axis": "T"}, {"x": "real[S, 8]"}, out="real[S, T, 8]"),
    case("split", {"parts": {"mu": 5, "v": 3}}, SEQUENCE, mu="real[T, 5]", v="real[T, 3]"),
    case("split", {"parts": {"mu": 8}}, SEQUENCE, mu="real[T, 8]"),
]

POOLS = [case("pooling", {"kind": kind}, SEQUENCE, out="real[8]") for kind in ("sum", "mean", "max", "first", "last")]

CONVOLUTIONS = [
    case("conv1d", {"channels": 3, "kernel": 3, "padding": "causal"}, SEQUENCE, out="real[T, 3]"),
    case("conv1d", {"channels": 3, "kernel": 2, "padding": "causal", "dilation": 2}, SEQUENCE, out="real[T, 3]"),
    case("conv1d", {"channels": 3, "kernel": 1}, SEQUENCE, out="real[T, 3]"),
    case("conv1d", {"channels": 3, "kernel": 5, "bias": False}, SEQUENCE, out="real[T, 3]"),
    case("conv1d", {"channels": 3, "kernel": 3, "dilation": 2, "stride": 2}, SEQUENCE, out="real[ceil(T/2), 3]"),
    case(
        "conv1d",
        {"channels": 3, "kernel": 3, "padding": "causal", "stride": 3},
        SEQUENCE,
        out="real[ceil(T/3), 3]",
    ),
    case("conv1d", {"channels": 3, "kernel": 4, "padding": "valid"}, SEQUENCE, out="real[T-3, 3]"),
    case(
        "conv1d",
        {"channels": 3, "kernel": 3, "padding": "valid", "stride": 2},
        {"x": "real[9, 8]"},
        out="real[4, 3]",
    ),
    case("conv2d", {"channels": 3, "kernel": 3}, {"x": "real[2, H, W]"}, out="real[3, H, W]"),
    case(
        "conv2d",
        {"channels": 3, "kernel": 3, "stride": 2},
        {"x": "real[2, H, W]"},
        out="real[3, ceil(H/2), ceil(W/2)]",
    ),
    case(
        "conv2d",
        {"channels": 3, "kernel": 2, "padding": "valid"},
        {"x": "real[2, 9, 8]"},
        out="real[3, 8, 7]",
    ),
]

CONVOLUTIONS += [
    case("transposed_conv1d", {"channels": 3, "kernel": 4}, SEQUENCE, out="real[T*2, 3]"),
    case(
        "transposed_conv1d",
        {"channels": 3, "kernel": 4, "stride": 3, "padding": "causal", "bias": False},
        SEQUENCE,
        out="real[T*3, 3]",
    ),
    case("transposed_conv1d", {"channels": 3, "kernel": 6}, SEQUENCE, out="real[T*2, 3]"),
    case("transposed_conv2d", {"channels": 3, "kernel": 2}, {"x": "real[2, H, W]"}, out="real[3, H*2, W*2]"),
    case(
        "transposed_conv2d", {"channels": 3, "kernel": 4, "bias": False}, {"x": "real[2, 5, 3]"}, out="real[3, 10, 6]"
    ),
]

EXPERTS = [
    case("mixture_of_experts", {"experts": 4, "hidden": 6, **more}, SEQUENCE, out="real[T, 8]", balance="real[1]")
    for more in ({}, {"top": 1}, {"top": 3, "normalise": False})
]

RECURRENT = [case(name, {"width": 5}, SEQUENCE, out="real[T, 5]") for name in ("gru", "lstm", "rnn")]
RECURRENT += [
    case(name, {"width": 5, "bidirectional": True}, SEQUENCE, out="real[T, 10]") for name in ("gru", "lstm", "rnn")
]
RECURRENT += [
    case(name, {"width": 5}, {"x": "real[T, 8]", "state": "real[T, 5]"}, out="real[T, 5]") for name in ("gru", "rnn")
]
RECURRENT += [case("gru", {"width": 5}, {"x": "real[8]", "state": "real[5]"}, out="real[5]")]
RECURRENT += [
    case(
        "lstm",
        {"width": 5},
        {"x": "real[T, 8]", "state": "real[T, 5]", "cell": "real[T, 5]"},
        out="real[T, 5]",
        cell="real[T, 5]",
    )
]

CORRUPTIONS = [
    case("gaussian_sampler", {}, {"mu": "real[T, 8]", "v": "real[T, 8]"}, out="real[T, 8]"),
    case("gaussian_noise", {"std": 0.1}, SEQUENCE),
    case("gaussian_noise", {"std": 0.1}, {"x": "real[8]"}),
    case(
        "token_masking",
        {"rate": 0.01, "symbol": 4},
        {"x": "tokens(5)[T]"},
        out="tokens(5)[T]",
        mask="mask[T]",
    ),
    case("token_dropout", {"rate": 0.01}, {"x": "tokens(5)[T]"}, out="tokens(5)[T]", mask="mask[T]"),
    case("token_dropout", {"rate": 0.01}, SEQUENCE, out="real[T, 8]", mask="mask[T]"),
]

COSTS = [
    case(name, {}, given, out="real[]")
    for name in ("squared_error", "absolute_error", "binary_cross_entropy", "cosine")
    for given in (PAIR, WHERE)
]
BOXES = {"target": "real[T, 4]", "prediction": "real[T, 4]"}
COSTS += [case("giou", {}, BOXES, out="real[]")]
COSTS += [case("giou", {"form": "corners"}, BOXES | {"where": "mask[T]"}, out="real[]")]
COSTS += [
    case("cross_entropy", {}, {"target": "tokens(5)[T]", "prediction": "real[T, 5]"}, out="real[]"),
    case("cross_entropy", {}, {"target": "class(5)[]", "prediction": "real[5]"}, out="real[]"),
    case("binary_cross_entropy", {}, {"target": "mask[T]", "prediction": "real[T]"}, out="real[]"),
    case("l1", {}, SEQUENCE, out="real[]"),
    case("l2", {}, {"x": "real[8]"}, out="real[]"),
    case("contrastive", {}, {"x": "real[8]; real[8]"}, out="real[]"),
    case("unit_variance", {}, SEQUENCE, out="real[]"),
]


def patterns(pattern: str, x: str, out: str, **sizes: int) -> Case:
    """A row for rearrange."""
    return case("rearrange", {"pattern": pattern, "sizes": sizes}, {"x": x}, out=out)


PATTERNS = [
    patterns("(t p) d -> t (p d)", "real[T, 8]", "real[T/4, 32]", p=4),
    patterns("(t p) d -> t (d p)", "real[T, 8]", "real[T/2, 16]", p=2),
    patterns("t (p d) -> (t p) d", "real[T, 8]", "real[T*4, 2]", p=4),
    patterns("(t p) -> t p", "tokens(5)[T]", "tokens(5)[T/3, 3]", p=3),
    patterns("t (h d) -> h t d", "real[T, 8]", "real[2, T, 4]", h=2),
    patterns("h t d -> t (h d)", "real[2, T, 4]", "real[T, 8]"),
    patterns("c (h p) (w q) -> (h w) (p q c)", "real[3, 8, 6]", "real[12, 12]", p=2, q=2),
    patterns("(h w) (p q c) -> c (h p) (w q)", "real[12, 12]", "real[3, 8, 6]", p=2, q=2, w=3),
    patterns("t d -> t 1 d", "real[T, 8]", "real[T, 1, 8]"),
    patterns("1 t d -> t d", "real[1, T, 8]", "real[T, 8]"),
    patterns("t d -> d t", "real[T, 8]", "real[8, T]"),
    patterns("t d -> t d", "real[T, 8]", "real[T, 8]"),
    patterns("a b c -> c a b", "real[2, 3, 4]", "real[4, 2, 3]"),
]

SEGMENTS = [
    case("prepend", {"segment": "cls"}, SEQUENCE, out="real[cls | T, 8]"),
    case("prepend", {"segment": "cls"}, {"x": "real[5, 8]"}, out="real[cls | 5, 8]"),
    case("prepend", {"segment": "r", "count": 4}, {"x": "real[cls | T, 8]"}, out="real[r(4) | cls | T, 8]"),
    case("prepend", {"segment": "m"}, SEQUENCE | {"front": "real[S, 8]"}, out="real[m(S) | T, 8]"),
    case("prepend", {"segment": "m"}, SEQUENCE | {"front": "real[8]"}, out="real[m | T, 8]"),
    case("take", {"segment": "cls"}, {"x": "real[cls | T, 8]"}, out="real[8]"),
    case("take", {"segment": "T"}, {"x": "real[cls | T, 8]"}, out="real[T, 8]"),
    case("take", {"segment": "cls"}, {"x": "real[r(4) | cls | T, 8]"}, out="real[8]"),
    case("take", {"segment": "r"}, {"x": "real[r(4) | cls | T, 8]"}, out="real[4, 8]"),
    case("take", {"segment": "rest"}, {"x": "real[r(4) | cls | 5, 8]"}, out="real[5, 8]"),
    case("take", {"segment": "m"}, {"x": "real[cls | m(S) | T, 8]"}, out="real[S, 8]"),
    case("take", {"segment": "cls"}, {"x": "real[m(S) | cls | T, 8]"}, out="real[8]"),
    case("take", {"segment": "rest"}, {"x": "real[m(S) | T, 8]"}, out="real[T, 8]"),
]

PLACES = [
    case("gather", {}, {"x": "real[12, 8]", "index": "tokens(12)[5]"}, out="real[5, 8]"),
    case("gather", {}, {"x": "real[cls | 11, 8]", "index": "tokens(12)[S]"}, out="real[S, 8]"),
    case("scatter", {}, {"x": "real[5, 8]", "index": "tokens(12)[5]"}, out="real[12, 8]"),
    case("scatter", {}, {"x": "real[5, 8]", "index": "tokens(12)[5]", "into": "real[12, 8]"}, out="real[12, 8]"),
    case("token_subset", {"keep": 5}, {"x": "real[12, 8]"}, out="real[5, 8]", index="tokens(12)[5]", mask="mask[12]"),
]

LAYERS = SEGMENTS + PLACES + LEAD + ATTENTION + JOINS + POOLS + CONVOLUTIONS + EXPERTS + RECURRENT
CASES = POINTWISE + GAINS + NORMS + LAYERS + CORRUPTIONS + COSTS + PATTERNS
