from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from archgraph.nn.attention import AdditiveAttention, AlignedAttention, Attention, CrossAttention, SelfAttention
from archgraph.nn.padding import real_lengths

B, T, D, H = 3, 6, 8, 2


def torch_attention(layer: Attention, context: int) -> nn.MultiheadAttention:
    """Torch's own layer with the weights of ours."""
    reference = nn.MultiheadAttention(D, H, batch_first=True, kdim=context, vdim=context)
    state = layer.state_dict()
    weights = [state[f"{part}.weight"] for part in "qkv"]
    with torch.no_grad():
        if reference.in_proj_weight is not None:
            reference.in_proj_weight.copy_(torch.cat(weights))
        else:
            for name, weight in zip("qkv", weights, strict=True):
                getattr(reference, f"{name}_proj_weight").copy_(weight)
        reference.in_proj_bias.copy_(torch.cat([state[f"{part}.bias"] for part in "qkv"]))
        reference.out_proj.load_state_dict(layer.out.state_dict())
    return reference


def later(queries: int, keys: int) -> Tensor:
    """Mask of the keys later than each query."""
    return torch.ones(queries, keys, dtype=torch.bool).triu(1)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_self_attention_equals_torch(causal: bool, masked: bool) -> None:
    layer, x = SelfAttention(D, H, causal=causal), torch.randn(B, T, D)
    real = real_lengths(torch.tensor([6, 4, 1]), T) if masked else None
    expected, _ = torch_attention(layer, D)(
        x, x, x, None if real is None else ~real, attn_mask=later(T, T) if causal else None
    )
    torch.testing.assert_close(layer(x, real), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("masked", [False, True])
def test_cross_attention_equals_torch(masked: bool) -> None:
    layer, x, context = CrossAttention(D, H, context=5), torch.randn(B, T, D), torch.randn(B, T + 1, 5)
    real = real_lengths(torch.tensor([7, 4, 1]), T + 1) if masked else None
    expected, _ = torch_attention(layer, 5)(x, context, context, None if real is None else ~real)
    torch.testing.assert_close(layer(x, context, real), expected, rtol=0, atol=1e-12)


def test_aligned_attention_equals_torch() -> None:
    layer, x, context = AlignedAttention(D, H, context=5, causal=True), torch.randn(B, T, D), torch.randn(B, T, 5)
    expected, _ = torch_attention(layer, 5)(x, context, context, attn_mask=later(T, T))
    torch.testing.assert_close(layer(x, context), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("masked", [False, True])
def test_additive_attention_equals_a_loop(masked: bool) -> None:
    layer = AdditiveAttention(D, context=5, hidden=7)
    x, context = torch.randn(B, T, D), torch.randn(B, 4, 5)
    lengths = torch.tensor([4, 2, 1]) if masked else torch.tensor([4, 4, 4])
    out = layer(x, context, real_lengths(lengths, 4) if masked else None)
    for b in range(B):
        read = context[b, : lengths[b]]
        for t in range(T):
            scores = torch.stack([layer.score(torch.tanh(layer.q(x[b, t]) + layer.k(c))) for c in read])
            expected = (scores.softmax(0) * read).sum(0)
            torch.testing.assert_close(out[b, t], expected, rtol=0, atol=1e-12)


def test_nothing_to_read_gives_zeros_before_the_output_projection() -> None:
    x, context = torch.randn(B, T, D), torch.randn(B, 4, 5)
    real = real_lengths(torch.tensor([0, 2, 4]), 4)
    cross, additive = CrossAttention(D, H, context=5), AdditiveAttention(D, context=5, hidden=7)
    torch.testing.assert_close(cross(x, context, real)[0], cross.out.bias.expand(T, D))
    assert additive(x, context, real)[0].abs().max() == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("kind", ["self", "causal", "cross", "additive"])
def test_nothing_to_read_gives_finite_gradients(kind: str, dtype: torch.dtype) -> None:
    torch.set_default_dtype(dtype)
    x = torch.randn(B, T, D, requires_grad=True)
    context = torch.randn(B, T, D, requires_grad=True)
    real = real_lengths(torch.tensor([0, 2, 6]), T)
    layer: nn.Module
    if kind in ("self", "causal"):
        layer = SelfAttention(D, H, causal=kind == "causal")
        out = layer(x, real)
    else:
        layer = CrossAttention(D, H) if kind == "cross" else AdditiveAttention(D, context=D, hidden=7)
        out = layer(x, context, real)
    out.square().sum().backward()
    grads = [x.grad, context.grad, *(p.grad for p in layer.parameters())]
    assert out.isfinite().all()
    assert all(grad.isfinite().all() for grad in grads if grad is not None)
    assert sum(grad is not None for grad in grads) >= len(grads) - 1


@pytest.mark.parametrize("causal", [False, True])
def test_padding_never_changes_real_positions(causal: bool) -> None:
    layer, x = SelfAttention(D, H, causal=causal), torch.randn(B, T, D)
    real = real_lengths(torch.tensor([6, 4, 2]), T)
    other = torch.where(real.unsqueeze(-1), x, torch.full_like(x, 1e3))
    torch.testing.assert_close(layer(x, real)[real], layer(other, real)[real], rtol=0, atol=1e-12)
    alone = layer(x[1:2, :4])
    torch.testing.assert_close(layer(x, real)[1:2, :4], alone, rtol=0, atol=1e-12)


def test_causal_attention_needs_no_mask_for_a_padded_suffix() -> None:
    layer, x = SelfAttention(D, H, causal=True), torch.randn(B, T, D)
    real = real_lengths(torch.tensor([6, 4, 2]), T)
    torch.testing.assert_close(layer(x)[real], layer(x, real)[real], rtol=0, atol=1e-12)


def test_dropout_acts_in_training_only() -> None:
    x = torch.randn(B, T, D)
    for layer, inputs in (
        (SelfAttention(D, H, dropout=0.5), (x,)),
        (CrossAttention(D, H, dropout=0.5), (x, x)),
    ):
        assert not torch.equal(layer(*inputs), layer(*inputs))
        layer.eval()
        assert torch.equal(layer(*inputs), layer(*inputs))


SPLITS = pytest.mark.parametrize("sizes", [(1,) * T, (3, 1, 2), (1, 3, 2), (T,)], ids=str)


@SPLITS
def test_self_attention_steps_equal_the_whole(sizes: tuple[int, ...]) -> None:
    layer, x = SelfAttention(D, H, causal=True), torch.randn(B, T, D)
    with torch.no_grad():
        state, outs, first = layer.start(B, T), [], 0
        for part in x.split(sizes, 1):
            outs.append(layer.step(part, first, state))
            first += part.shape[1]
        torch.testing.assert_close(torch.cat(outs, 1), layer(x), rtol=0, atol=1e-12)
        with pytest.raises(ValueError, match="capacity of 6"):
            layer.step(x[:, :1], T, state)


@SPLITS
def test_cross_attention_steps_equal_the_whole(sizes: tuple[int, ...]) -> None:
    layer = CrossAttention(D, H, context=5)
    x, context, real = torch.randn(B, T, D), torch.randn(B, T, 5), real_lengths(torch.tensor([6, 4, 0]), T)
    with torch.no_grad():
        for mask in (None, real):
            state = layer.start(context, mask)
            outs = [layer.step(part, state) for part in x.split(sizes, 1)]
            torch.testing.assert_close(torch.cat(outs, 1), layer(x, context, mask), rtol=0, atol=1e-12)


@SPLITS
def test_aligned_attention_steps_equal_the_whole(sizes: tuple[int, ...]) -> None:
    layer, x, context = AlignedAttention(D, H, context=5, causal=True), torch.randn(B, T, D), torch.randn(B, T, 5)
    with torch.no_grad():
        state, outs, first = layer.start(B, T), [], 0
        for part, seen in zip(x.split(sizes, 1), context.split(sizes, 1), strict=True):
            outs.append(layer.step(part, seen, first, state))
            first += part.shape[1]
        torch.testing.assert_close(torch.cat(outs, 1), layer(x, context), rtol=0, atol=1e-12)


@SPLITS
def test_additive_attention_steps_equal_the_whole(sizes: tuple[int, ...]) -> None:
    layer = AdditiveAttention(D, context=5, hidden=7)
    x, context, real = torch.randn(B, T, D), torch.randn(B, T, 5), real_lengths(torch.tensor([6, 4, 0]), T)
    for mask in (None, real):
        state = layer.start(context, mask)
        outs = [layer.step(part, state) for part in x.split(sizes, 1)]
        torch.testing.assert_close(torch.cat(outs, 1), layer(x, context, mask), rtol=0, atol=1e-12)


@pytest.mark.parametrize("causal", [False, True])
def test_compiles_in_one_graph_and_exports_with_dynamic_axes(causal: bool) -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.own = SelfAttention(D, H, causal=causal)
            self.cross = CrossAttention(D, H)
            self.additive = AdditiveAttention(D, context=D, hidden=4)

        def forward(self, x: Tensor, real: Tensor) -> Tensor:
            y = self.cross(self.own(x, real), x, real)
            both: Tensor = y + self.additive(x, x, real)
            return both

    model, x = Both().eval(), torch.randn(B, T, D)
    real = real_lengths(torch.tensor([6, 4, 0]), T)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x, real), model(x, real))
    axes = {0: torch.export.Dim("B"), 1: torch.export.Dim("T")}
    exported = torch.export.export(model, (x, real), dynamic_shapes=(axes, axes)).module()
    x, real = torch.randn(2, 9, D), real_lengths(torch.tensor([9, 0]), 9)
    torch.testing.assert_close(exported(x, real), model(x, real))
