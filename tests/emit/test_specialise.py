"""Options that are settled because all uses agree: two layers in one file compute what each does alone."""

from __future__ import annotations

from itertools import combinations

import pytest

from archgraph.compiler import compile

torch = pytest.importorskip("torch", reason="torch is not installed")

SPEC = """
archgraph: 1
variables: {{x: {{kind: input, type: "{type}"}}, {hidden}}}
nodes: {{{nodes}}}
edges: [{edges}]
"""
REAL, TOKENS = "real[T, 16]", "tokens(9)[T]"
FORMS = {
    "self_attention": (
        "heads: 2, causal: true",
        "heads: 2, causal: true, softcap: 0.5",
        "heads: 2, causal: true, softcap: 0.5, window: 3",
        "heads: 2, softcap: 0.5, window: 2",
        "heads: 2, causal: true, positions: alibi",
        "heads: 2, causal: true, positions: relative",
        "heads: 2, positions: rotary, turned: 0.5",
        "heads: 2, kv_heads: 1, value_width: 4, qk_norm: rms, bias: false",
    ),
    "feed_forward": ("hidden: 8", "hidden: 8, gated: true", "hidden: 9, activation: silu", "hidden: 8, bias: false"),
    "conv1d": (
        "channels: 4, kernel: 3",
        "channels: 4, kernel: 3, padding: causal, bias: false",
        "channels: 5, kernel: 2, stride: 2, padding: valid",
    ),
    "transposed_conv1d": ("channels: 4, kernel: 4", "channels: 4, kernel: 4, padding: causal"),
    "gru": ("width: 4", "width: 4, bidirectional: true"),
    "lstm": ("width: 4", "width: 4, bidirectional: true"),
    "positions": ("kind: learned, length: 12", "offset: 2", "order: halves, theta: 50", "columns: 4"),
    "embedding": (
        "width: 4, scale: true",
        "width: 4, positions: sinusoidal",
        "width: 5, positions: learned, length: 12",
    ),
}
PAIRS = [(name, pair) for name, forms in FORMS.items() for pair in combinations(forms, 2)]


def spec(name: str, forms: tuple[str, ...]) -> str:
    places = range(len(forms))
    hidden = ", ".join(f"h_{place}: hidden" for place in places)
    nodes = ", ".join(f"n{place}: {{op: {{{name}: {{{forms[place]}}}}}}}" for place in places)
    edges = ", ".join(f"x -> n{place} -> h_{place}" for place in places)
    return SPEC.format(type=TOKENS if name == "embedding" else REAL, hidden=hidden, nodes=nodes, edges=edges)


@pytest.mark.parametrize(("name", "pair"), PAIRS, ids=[" | ".join((name, *pair)) for name, pair in PAIRS])
def test_a_layer_computes_beside_another_what_it_does_alone(name: str, pair: tuple[str, str]) -> None:
    chance = torch.Generator().manual_seed(0)
    x = torch.randint(9, (2, 12), generator=chance) if name == "embedding" else torch.randn(2, 12, 16, generator=chance)
    both = compile(spec(name, pair), seed=0).eval()
    weights, together = both.state_dict(), both(x=x)
    for place, form in enumerate(pair):
        alone, own = compile(spec(name, (form,))).eval(), f"n{place}."
        alone.load_state_dict({key.replace(own, "n0."): weights[key] for key in weights if key.startswith(own)})
        assert torch.equal(alone(x=x).h_0, together[place]), form
