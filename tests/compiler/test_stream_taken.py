"""What stands in front of a target's positions is computed in `start` where something takes it by itself."""

from __future__ import annotations

import pytest
import torch

import archgraph
from archgraph import compiler
from archgraph.compiler.costs import cost
from archgraph.nn.generation import Causal
from tests.compiler.test_stream_front import ALONE, B, S, T, compare
from tests.compiler.test_stream_static import differences
from tests.report.measured import BATCH, Model

HEAD = """
archgraph: 1
name: taken
variables:
  x: {kind: input, type: "tokens(7)[S]"}
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
  source: {role: encoder, layers: [{embedding: 4}, {gru: 4}]}
"""
EDGES = """
edges:
  - y, y_tilde -> C
  - predictor -> decoder -> y_tilde
"""
THROUGH_BLOCKS = f"""{HEAD}
  enc:
    role: encoder
    layers:
      - embedding: 4
      - prepend: source
      - prepend: cls
      - positions: {{kind: learned, length: 128}}
      - repeat: 2
        layers:
          - residual: [layer_norm, {{self_attention: {{heads: 2, causal: true, positions: rotary}}}}]
          - residual: [{{conv1d: {{channels: 4, kernel: 3, padding: causal}}}}, tanh]
          - gru: 4
      - lstm: 4
  cls: {{layers: [{{take: cls}}, {{linear: 4}}, {{expand: T}}]}}
  memory: {{layers: [{{take: source}}, {{linear: 4}}]}}
  rest: {{layers: [{{take: rest}}]}}
  predictor: {{role: predictor, layers: [add, {{residual: [{{cross_attention: {{heads: 2}}}}]}}]}}
{EDGES}
  - y -[delay]-> enc -> cls, rest -> predictor
  - enc -> memory -[context]-> predictor
  - x -> source -> enc.prepend.front
"""
IN_COPIES = f"""{HEAD}
  enc: {{role: encoder, layers: [{{embedding: 4}}]}}
  stack:
    repeat: 2
    nodes:
      a: {{layers: [{{prepend: cls}}, {{residual: [{{self_attention: {{heads: 2, causal: true}}}}]}}, {{rnn: 4}}]}}
      b: {{layers: [{{take: cls}}, {{linear: 4}}, {{expand: T}}]}}
      c: {{layers: [{{take: rest}}]}}
      d: {{layers: [add, layer_norm]}}
    edges: [in -> a -> b -> d, a -> c -> d -> out]
  predictor: {{role: predictor, layers: [{{prepend: front}}, {{gru: 4}}, {{take: T}}]}}
{EDGES}
  - y -[delay 2]-> enc -> stack -> predictor
  - x -> source -> predictor.prepend.front
"""
JOINED = f"""{HEAD}
  enc: {{role: encoder, layers: [{{embedding: 4}}, {{prepend: source}}]}}
  a: {{layers: [{{rnn: 4}}]}}
  b: {{layers: [{{mixture_of_experts: {{experts: 2, top: 1, hidden: 8}}}}]}}
  ab: {{layers: [concat, {{linear: 4}}, {{lstm: 4}}, tanh]}}
  part: {{layers: [{{take: source}}, {{linear: 4}}]}}
  rest: {{layers: [{{take: rest}}]}}
  predictor: {{role: predictor, layers: [{{cross_attention: {{heads: 2}}}}]}}
{EDGES}
  - y -[delay]-> enc -> a, b -> ab -> rest -> predictor
  - ab -> part -[context]-> predictor
  - x -> source -> enc.prepend.front
"""
MET = """
archgraph: 1
name: met
variables:
  x: {kind: input, type: "real[T, 4]"}
  y: {kind: target, type: "tokens(9)[T]", start: 1}
  y_tilde: prediction
nodes:
  known: {role: encoder, layers: [{linear: 4}, {prepend: cls}, {gru: 4}]}
  enc: {role: encoder, layers: [{embedding: 4}, {prepend: cls}]}
  both: {layers: [add, {self_attention: {heads: 2, causal: true}}]}
  part: {layers: [{take: cls}, {expand: T}]}
  rest: {layers: [{take: rest}]}
  predictor: {role: predictor, layers: [add, {linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> known -> both
  - y -[delay]-> enc -> both -> part, rest -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""
SPECS = {"alone": ALONE, "through blocks": THROUGH_BLOCKS, "in copies": IN_COPIES, "joined": JOINED}
SOURCE = torch.arange(B * S).view(B, S) % 7


@pytest.mark.parametrize("name", SPECS)
def test_what_is_taken_of_the_front_is_what_the_whole_gives(name: str) -> None:
    compare(SPECS[name], **({} if name == "alone" else {"x": SOURCE}))


def test_what_meets_an_input_of_the_same_positions_is_taken_too() -> None:
    compare(MET, x=torch.randn(B, 3 * T, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1)))


@pytest.mark.parametrize("name", SPECS)
def test_steps_in_place_give_the_same(name: str) -> None:
    model = archgraph.compile(SPECS[name], seed=0).eval().double()
    assert isinstance(model, Causal)
    given = {} if name == "alone" else {"x": SOURCE}
    y = torch.randint(3, 9, (B, T), generator=torch.Generator().manual_seed(0))
    assert max(differences(model, given, y, model.static_step)) < 1e-12


def test_no_step_computes_it_again() -> None:
    model = archgraph.compile(THROUGH_BLOCKS, seed=0).eval()
    assert isinstance(model, Causal)
    calls: list[int] = []
    model.get_submodule("cls").register_module("linear", Counted(calls))
    stream = model.stream(x=SOURCE, capacity=4)
    started = len(calls)
    for place in range(3):
        stream.step(torch.full((B,), 4) if place else None)
    assert (started, len(calls)) == (1, 1)


class Counted(torch.nn.Linear):
    """A linear map that counts its calls."""

    def __init__(self, calls: list[int]) -> None:
        super().__init__(4, 4)
        self.calls = calls

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """As any; (B, 4) to (B, 4)."""
        self.calls.append(1)
        return super().forward(x)


@pytest.mark.parametrize("name", SPECS)
def test_the_cost_tells_the_bytes_that_are_kept_of_it(name: str) -> None:
    spec = SPECS[name]
    found = cost(spec, batch=BATCH, lengths={"T": 11})
    line = next(line for line in found.lines if line.name == "cache")
    assert found.value(line) == Model(compiler.compile(spec, seed=0), compiler.program(spec)).cache(
        {"T": 11, "S": 64}, 11
    )


def test_behind_what_looks_ahead_it_is_refused_with_its_way() -> None:
    ahead = ALONE.replace("{prepend: cls}, {gru: 4}", "{prepend: cls}, {conv1d: {channels: 4, kernel: 3}}")
    assert ahead != ALONE
    reason = getattr(archgraph.compile(ahead.replace("-[delay]-> enc", "-[delay 3]-> enc")), "reason", "")
    assert "enc -> part.take: 'take' (line 9) takes what stands in front, behind what looks ahead" in reason
