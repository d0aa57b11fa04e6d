from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from archgraph.nn.padding import real_lengths
from archgraph.nn.recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell

B, T, D, H = 3, 5, 4, 6
Layer = GRU | LSTM | RNN
PAIRS = [(GRU, nn.GRU), (LSTM, nn.LSTM), (RNN, nn.RNN)]


def torch_layer(layer: Layer, kind: Callable[..., nn.RNNBase]) -> nn.RNNBase:
    """Torch's layer, with the weights of ours."""
    reference: nn.RNNBase = kind(D, H, batch_first=True, bidirectional=layer.reverse is not None)
    weights = {}
    for name, weight in layer.state_dict().items():
        key = name.removeprefix("reverse.") + "_l0"
        weights[key + "_reverse" if name.startswith("reverse.") else key] = weight
    reference.load_state_dict(weights)
    return reference


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("ours", "torchs"), PAIRS)
def test_layer_equals_torch(ours: type[Layer], torchs: Callable[..., nn.RNNBase], bidirectional: bool) -> None:
    layer, x = ours(D, H, reverse=ours(D, H) if bidirectional else None), torch.randn(B, T, D)
    torch.testing.assert_close(layer(x), torch_layer(layer, torchs)(x)[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("ours", "torchs"), PAIRS)
def test_both_directions_equal_torch_on_each_sequence_alone(
    ours: type[Layer], torchs: Callable[..., nn.RNNBase]
) -> None:
    layer, x = ours(D, H, reverse=ours(D, H)), torch.randn(B, T, D)
    out = layer(x, real_lengths(torch.tensor([5, 3, 0]), T))
    for b, size in ((0, 5), (1, 3)):
        expected = torch_layer(layer, torchs)(x[b : b + 1, :size])[0][0]
        torch.testing.assert_close(out[b, :size], expected, rtol=0, atol=1e-12)
    assert out.isfinite().all()


@pytest.mark.parametrize("kind", [GRU, LSTM, RNN])
def test_steps_equal_the_whole(kind: type[Layer]) -> None:
    layer, x = kind(D, H), torch.randn(B, T, D)
    for sizes in ((1,) * T, (2, 1, T - 3)):
        state = layer.start(B)
        outs = [layer.step(part, state) for part in x.split(sizes, 1)]
        torch.testing.assert_close(torch.cat(outs, 1), layer(x), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("cell_kind", "kind"), [(GRUCell, GRU), (RNNCell, RNN)])
def test_cell_with_the_layers_weights_is_one_of_its_steps(
    cell_kind: type[GRUCell | RNNCell], kind: type[GRU | RNN]
) -> None:
    layer, cell, x = kind(D, H), cell_kind(D, H), torch.randn(B, T, D)
    cell.load_state_dict(layer.state_dict())
    whole = layer(x)
    before = torch.cat((torch.zeros(B, 1, H), whole[:, :-1]), 1)
    torch.testing.assert_close(cell(x, before), whole, rtol=0, atol=1e-12)
    torch.testing.assert_close(cell(x[:, 0], before[:, 0]), whole[:, 0], rtol=0, atol=1e-12)


def test_lstm_cell_with_the_layers_weights_is_one_of_its_steps() -> None:
    layer, cell, x = LSTM(D, H), LSTMCell(D, H), torch.randn(B, T, 2, D)
    cell.load_state_dict(layer.state_dict())
    state = memory = torch.zeros(B, 2, H)
    states = []
    for t in range(T):
        state, memory = cell(x[:, t], state, memory)
        states.append(state)
    for k in range(2):
        expected = layer(x[:, :, k])
        torch.testing.assert_close(torch.stack(states, 1)[:, :, k], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [GRU, LSTM, RNN])
def test_compiles_in_one_graph_with_gradients_in_float32(kind: type[Layer]) -> None:
    layer, x = kind(D, H, reverse=kind(D, H)).float(), torch.randn(B, T, D, dtype=torch.float32)
    real = real_lengths(torch.tensor([5, 3, 0]), T)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    gradients: list[Tensor | None] = []
    for model in (layer, compiled):
        layer.zero_grad()
        model(x, real).square().sum().backward()
        gradients += [layer.weight_ih.grad]
    torch.testing.assert_close(gradients[1], gradients[0])
    torch.testing.assert_close(compiled(x, real), layer(x, real))


@pytest.mark.parametrize("kind", [GRU, LSTM, RNN])
def test_exports_with_a_static_length(kind: type[Layer]) -> None:
    layer, x = kind(D, H, reverse=kind(D, H)), torch.randn(B, T, D)
    real = real_lengths(torch.tensor([5, 3, 0]), T)
    axes = {0: torch.export.Dim("B")}
    exported = torch.export.export(layer, (x, real), dynamic_shapes=(axes, axes)).module()
    torch.testing.assert_close(exported(x[:2], real[:2]), layer(x[:2], real[:2]))
