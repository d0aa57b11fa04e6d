"""Time on an axis of segments: what finite changes show is what the bounds allow, and no rule of it may be flipped."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from archgraph.core.lags import EVERYTHING, POINTWISE, Transfer
from archgraph.graph.operation import Flow, Operation, Types
from archgraph.ops import Operations
from tests.emit.samples import values
from tests.properties.graphs import LENGTH
from tests.properties.probe import allowed, excluded, lively, seen, unchecked

TEXT = """archgraph: 1
variables:
  x: {{kind: input, type: "real[T, 4]"}}
  h: hidden
nodes:
  front: {{layers: [{front}]}}
  n: {{layers: [{{prepend: {{segment: r, count: 2}}}}, {{prepend: m}}, {layer}, {{take: {taken}}}{last}]}}
edges:
  - x -[delay 4]-> n -> h
  - x -[delay 2]-> front -> n.prepend_2.front
"""
CAUSAL = {
    "linear": "{linear: 4}",
    "self_attention": "{self_attention: {heads: 2, causal: true}}",
    "gru": "{gru: 4}",
    "lstm": "{lstm: 4}",
    "rnn": "{rnn: 4}",
}
ROWS = [(layer, front, taken) for layer in CAUSAL for front in ("tanh", "pooling") for taken in ("rest", "m")]


def text(layer: str, front: str, taken: str) -> str:
    """Something over x is put in front of x, which came two steps later."""
    vector = front == "pooling" and taken == "m"
    return TEXT.format(layer=layer, front=front, taken=taken, last=", {expand: T}" * vector)


def agrees(spec: str) -> bool:
    """Whether what is seen of x in h is what the bounds allow, no more and no less."""
    program = unchecked(spec)
    given = {"x": values(program, T=LENGTH)["x"].double()}
    found = seen(program, lively(program, 1), given, "x")
    if excluded(program, found, "x", LENGTH):
        return False
    lags = program.variables["h"].time.get("x")
    # A delay of two cuts off the last two places of x; a softmax over a single position does not look at it.
    return all(
        place == min(allowed(lags, position, LENGTH), LENGTH - 3)
        for position, place in enumerate(found["h"])
        if position
    )


@pytest.mark.parametrize(("layer", "front", "taken"), ROWS)
def test_each_segment_keeps_its_own_time(layer: str, front: str, taken: str) -> None:
    assert agrees(text(CAUSAL[layer], front, taken))


@pytest.mark.parametrize("layer", ["self_attention", "batch_norm", "{gru: {width: 4, bidirectional: true}}"])
@pytest.mark.parametrize("front", ["tanh", "pooling"])
def test_what_reads_everything_reads_all_segments(layer: str, front: str) -> None:
    assert agrees(text(layer, front, "rest"))


WINDOWS = [
    "{conv1d: {channels: 4, kernel: 5}}",
    "{conv1d: {channels: 4, kernel: 3, dilation: 3}}",
    "{conv1d: {channels: 4, kernel: 3, padding: causal}}",
]


@pytest.mark.parametrize("layer", WINDOWS)
@pytest.mark.parametrize(("front", "taken"), [("tanh", "rest"), ("tanh", "r"), ("tanh", "m"), ("pooling", "rest")])
def test_a_window_sees_no_more_than_the_bounds_allow(layer: str, front: str, taken: str) -> None:
    program = unchecked(text(layer, front, taken))
    given = {"x": values(program, T=LENGTH)["x"].double()}
    found = seen(program, lively(program, 1), given, "x")
    assert max(found["h"]) >= 0 or taken == "r"
    assert excluded(program, found, "x", LENGTH) == []


JOINED = [
    "{conv1d: {channels: 4, kernel: 3, stride: 2}}",
    "{conv1d: {channels: 4, kernel: 3, padding: valid}}",
    "{conv1d: {channels: 4, kernel: 2, padding: causal, stride: 3}}",
    "{rearrange: {pattern: (t p) d -> t (p d), sizes: {p: 2}}}, {linear: 4}",
    "{rearrange: {pattern: t (p d) -> (t p) d, sizes: {p: 2}}}, {linear: 4}",
]


@pytest.mark.parametrize("layer", JOINED)
def test_tokens_in_front_of_an_axis_that_becomes_one_shift_its_time(layer: str) -> None:
    spec = TEXT.split("  front:")[0] + "  n: {{layers: [{{prepend: {{segment: r, count: 2}}}}, {layer}]}}\n"
    spec = (spec + "edges:\n  - x -[delay 4]-> n -> h\n").format(layer=layer)
    program = unchecked(spec)
    given = {"x": values(program, T=LENGTH)["x"].double()}
    found = seen(program, lively(program, 1), given, "x")
    assert excluded(program, found, "x", LENGTH) == []
    lags = program.variables["h"].time["x"]
    assert all(bound.offset is not None for bound in lags.bounds)
    close = [allowed(lags, place, LENGTH - 4) - newest for place, newest in enumerate(found["h"])]
    assert close.count(0) > len(close) // 2 and max(close) <= 2


Flows = Mapping[tuple[str, str], Flow]


def with_transfer(flows: Flows, port: str, transfer: Transfer) -> Flows:
    (_, axis), *others = flows[port, "out"].axes
    return {**flows, (port, "out"): flows[port, "out"]._replace(axes=((transfer, axis), *others))}


FLIPS = {
    "what stood there in front": ("prepend", "linear", "tanh", "rest", "in", Transfer("placed", places=(2,))),
    "what is in front behind": ("prepend", "linear", "tanh", "rest", "front", Transfer("placed", places=(0,))),
    "what is in front nowhere": ("prepend", "linear", "tanh", "m", "front", Transfer("placed", places=())),
    "all of it taken": ("take", "linear", "tanh", "rest", "in", POINTWISE),
    "another segment taken": ("take", "linear", "tanh", "rest", "in", Transfer("taken", places=(2,))),
    "the rest taken": ("take", "linear", "tanh", "m", "in", Transfer("taken", places=(0,))),
    "nothing of the past": ("self_attention", "self_attention", "tanh", "rest", "in", POINTWISE),
    "no past of a recurrence": ("gru", "gru", "pooling", "rest", "in", POINTWISE),
    "everything": ("linear", "linear", "tanh", "m", "in", EVERYTHING),
    "a look ahead": ("linear", "linear", "tanh", "m", "in", Transfer(ahead=1)),
}


@pytest.mark.parametrize("name", FLIPS)
def test_every_flipped_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, layer, front, taken, port, flip = FLIPS[name]
    spec = text(CAUSAL[layer], front, taken)
    assert agrees(spec)
    found = Operations().get(operation)
    assert found is not None
    right = found.flow

    def flow(self: Operation, given: Types) -> Flows:
        flows = right(self, given)
        return with_transfer(flows, port, flip) if (port, "out") in flows else flows

    monkeypatch.setattr(found, "flow", flow)
    assert not agrees(spec)


def test_a_vector_in_front_that_stood_everywhere_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = text("{linear: 4}", "pooling", "rest")
    assert agrees(spec)
    found = Operations().get("prepend")
    assert found is not None
    right = found.flow
    monkeypatch.setattr(
        found, "flow", lambda self, given: {k: f._replace(stands=None) for k, f in right(self, given).items()}
    )
    assert not agrees(spec)
