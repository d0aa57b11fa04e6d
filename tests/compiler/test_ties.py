"""Embeddings that use another one's table."""

from __future__ import annotations

import pytest
import torch

import archgraph

SPEC = """\
archgraph: 1
name: tied
params: {width: 16, vocab: 20}
variables:
  x: {kind: input, type: "tokens(vocab)[S]", pad: 0}
  y: {kind: target, type: "tokens(vocab)[T]", pad: 0, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  encoder:
    role: encoder
    layers: [{embedding: {width: width, positions: POSITIONS, scale: true}}, {self_attention: 2}]
  enc: {role: encoder, layers: [{embedding: {width: width, positions: sinusoidal, scale: true}}]}
  predictor: {role: predictor, layers: [{cross_attention: 2}]}
  decoder: {role: decoder, layers: [{linear: vocab}]}
  C: {role: cost, op: cross_entropy}
edges:
  - x -> encoder -[context]-> predictor
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""
TIE = "tie: [[enc.embedding.tokens, encoder.embedding.tokens, decoder.linear.weight]]\n"


@pytest.mark.parametrize("positions", ["none", "sinusoidal", "learned"])
def test_a_tied_table_is_the_owners_everywhere(positions: str) -> None:
    text = SPEC.replace("POSITIONS", positions)
    tied, plain = archgraph.compile(text + TIE, seed=0).eval(), archgraph.compile(text, seed=1).eval()
    state = tied.state_dict()
    assert state.keys() == plain.state_dict().keys() - {"encoder.embedding.tokens", "decoder.linear.weight"}
    table = state["enc.embedding.tokens"]
    plain.load_state_dict({**state, "encoder.embedding.tokens": table, "decoder.linear.weight": table})
    x, y = torch.randint(3, 20, (2, 5)), torch.randint(3, 20, (2, 4))
    assert torch.allclose(tied(x, y).y_tilde, plain(x, y).y_tilde, atol=1e-6)
    for model in (tied, plain):
        model(x, y).loss.backward()
    parts = [plain.enc.embedding.tokens, plain.encoder.embedding.tokens, plain.decoder.linear.weight]
    assert torch.allclose(tied.enc.embedding.tokens.grad, sum(part.grad for part in parts), atol=1e-6)


def test_what_cannot_be_tied_is_refused() -> None:
    text = (
        SPEC.replace("POSITIONS", "none")
        + "tie: [[encoder.self_attention.q.weight, predictor.cross_attention.q.weight]]\n"
    )
    assert [item.code for item in archgraph.check(text)] == ["AG057"]
