"""Seeded leaks and flipped time rules: one edit to a clean graph, one wrong rule, and the difference is seen."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping

import pytest
from torch import Tensor

import archgraph
from archgraph.core.lags import EVERYTHING, POINTWISE, Transfer
from archgraph.graph.operation import Flow, Operation, Types
from archgraph.graph.program import Program
from archgraph.ops import Operations
from tests.emit.samples import values
from tests.properties.graphs import LENGTH, SOURCE, draw
from tests.properties.probe import allowed, excluded, leaks, lively, seen, tells_length, unchecked

SIZES = {"T": LENGTH, "S": SOURCE}
EVERY = pytest.mark.parametrize(
    "seeds", [range(100), pytest.param(range(100, 10_100), marks=pytest.mark.slow)], ids=["few", "many"]
)
WEIGHTS = (1.0, 0.5, 0.2)  # what saturates at one size shows at another
EDITS = {
    "drop causal": (r'(self_attention: \{"?heads"?: \d), "?causal"?: true', r"\1"),
    "remove delay": (r"y -\[delay \d\]->", "y ->"),
    "centre convolution": (r"kernel: [23], dilation: (\d), padding: causal", r"kernel: 3, dilation: \1, padding: same"),
    "pool": (r"\{linear: 4\}, tanh\]\}(?=\n  decoder)", "{residual: [pooling, {expand: T}]}, {linear: 4}, tanh]}"),
    "normalise over the batch": (r"\{linear: 4\}, tanh\]\}(?=\n  decoder)", "batch_norm, {linear: 4}, tanh]}"),
    "read both ways": (r"\{linear: 4\}, tanh\]\}(?=\n  decoder)", "{gru: {width: 2, bidirectional: true}}, tanh]}"),
}


def edited(text: str, edit: str, rng: random.Random) -> str:
    """The text with one place edited, or as it was where there is none."""
    pattern, new = EDITS[edit]
    places = list(re.finditer(pattern, text))
    if not places:
        return text
    place = rng.choice(places)
    return text[: place.start()] + place.expand(new) + text[place.end() :]


def shows(program: Program, given: Mapping[str, Tensor], seed: int) -> tuple[bool, bool]:
    """Whether some weights let a prediction see its target early: another symbol of it, or that it goes on."""
    symbol = end = False
    for size in WEIGHTS:
        model = lively(program, seed, size=size)
        symbol = symbol or leaks(seen(program, model, given, "y"), "y_tilde")
        end = end or tells_length(program, model, given, "y", "y_tilde")
        if symbol:
            break
    return symbol, end


@EVERY
def test_a_clean_graph_passes_and_its_leaky_twin_is_refused_and_leaks(seeds: range) -> None:
    refused: Counter[str] = Counter()
    for seed in seeds:
        rng = random.Random(seed)
        clean = draw(seed, leaky=False).text
        assert archgraph.check(clean).ok, seed
        edit = list(EDITS)[seed % len(EDITS)]
        text = edited(clean, edit, rng)
        if text == clean:
            continue
        report = archgraph.check(text).diagnostics
        codes = {item.code for item in report if item.severity == "error"}
        program = unchecked(text)
        given = {k: x.double() if x.is_floating_point() else x for k, x in values(program, seed=seed, **SIZES).items()}
        assert codes <= {"AG090", "AG086"}, seed
        symbol, end = shows(program, given, seed)
        assert (symbol or end) if codes else not symbol, (seed, edit)
        assert codes or not end or any(item.code == "AG095" for item in report), (seed, edit)
        refused[edit] += bool(codes)
    assert set(refused) == set(EDITS) and min(refused.values()) > 0
    assert refused.total() > len(seeds) // 2


LAYERS = {
    "linear": "{linear: 4}",
    "tanh": "tanh",
    "layer_norm": "layer_norm",
    "rms_norm": "rms_norm",
    "feed_forward": "{feed_forward: {hidden: 8, activation: gelu}}",
    "softmax": "softmax",
    "batch_norm": "batch_norm",
    "self_attention": "{self_attention: {heads: 2}}",
    "causal self_attention": "{self_attention: {heads: 2, causal: true}}",
    "gru": "{gru: 4}",
    "lstm": "{lstm: 4}",
    "rnn": "{rnn: 4}",
    "bidirectional gru": "{gru: {width: 4, bidirectional: true}}",
    "causal conv1d": "{conv1d: {channels: 4, kernel: 3, padding: causal}}",
    "same conv1d": "{conv1d: {channels: 4, kernel: 3, dilation: 2}}",
    "valid conv1d": "{conv1d: {channels: 4, kernel: 3, padding: valid}}",
    "strided conv1d": "{conv1d: {channels: 4, kernel: 3, stride: 2}}",
    "patch rearrange": "{rearrange: {pattern: (t p) d -> t (p d), sizes: {p: 3}}}",
    "upsample rearrange": "{rearrange: {pattern: t (p d) -> (t p) d, sizes: {p: 2}}}",
}
ONE = """archgraph: 1
variables:
  x: {{kind: input, type: "real[T, 4]"}}
  h: hidden
nodes:
  n: {{layers: [{layer}]}}
edges:
  - x -[delay 4]-> n -> h
"""


def agrees(text: str) -> bool:
    """Whether what is seen of x in h is what the bounds allow: no more anywhere, no less away from the ends."""
    program = unchecked(text)
    given = {"x": values(program, **SIZES)["x"].double()}
    found = seen(program, lively(program, 1), given, "x")
    if excluded(program, found, "x", LENGTH):
        return False
    lags = program.variables["h"].time.get("x")
    newest = found["h"]
    inner = range(len(newest) // 2, len(newest))
    bounds = {place: allowed(lags, place, 10**6) for place in inner}
    # Four places are cut off by the delay; a window that sticks out at the end may skip the last of the others.
    known = {place: last for place, last in bounds.items() if last < LENGTH - 4 or last > 2 * LENGTH}
    return bool(known) and all(newest[place] == min(last, LENGTH - 5) for place, last in known.items())


def wrong(transfer: Transfer) -> list[Transfer]:
    """Rules that are not this one."""
    if transfer.kind == "everything":
        return [POINTWISE._replace(keeps=transfer.keeps)]
    if transfer.kind == "window":
        return [EVERYTHING, transfer._replace(ahead=transfer.ahead + 1), transfer._replace(ahead=transfer.ahead - 1)]
    return [EVERYTHING, transfer._replace(rate=transfer.rate + 1), POINTWISE._replace(keeps=transfer.keeps)]


@pytest.mark.parametrize("name", LAYERS)
def test_every_flipped_time_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ONE.format(layer=LAYERS[name])
    assert agrees(text)
    found = Operations().get(name.split()[-1])
    assert found is not None
    right = found.flow
    rule = next(iter(unchecked(text).leaves()))[1]
    types = {port: tuple(v.type for v in given) for port, given in rule.given.items()}
    for flip in wrong(rule.leaf.op.flow(types)["in", "out"].axes[0][0]):

        def flow(self: Operation, given: Types, flip: Transfer = flip) -> Mapping[tuple[str, str], Flow]:
            (_, axis), *others = right(self, given)["in", "out"].axes
            return {("in", "out"): Flow(((flip, axis), *others))}

        with monkeypatch.context() as patch:
            patch.setattr(found, "flow", flow)
            assert not agrees(text), flip
