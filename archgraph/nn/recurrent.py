"""Recurrent layers over a whole sequence, and their cells. Both have the weights of torch's cells."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def reverse_time(x: Tensor, real: Tensor | None = None) -> Tensor:
    """Reverse x (B, T, D) in time, where `real` (B, T) if given: the padded suffix stays in place."""
    if real is None:
        return x.flip(1)
    time, lengths = torch.arange(x.shape[1], device=x.device), real.sum(1, keepdim=True)
    order = torch.where(time < lengths, lengths - 1 - time, time)
    return x.gather(1, order.unsqueeze(-1).expand(x.shape))


def unroll_lstm(
    x: Tensor, memory: tuple[Tensor, ...], weights: tuple[Tensor, Tensor, Tensor, Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """States (B, T, hidden) of an LSTM, step by step over x (B, T, width), and its last state and memory cell."""
    state, cell, states = memory[0], memory[1], []
    for now in x.unbind(1):
        state, cell = torch.lstm_cell(now, (state, cell), *weights)
        states.append(state)
    return torch.stack(states, 1), (state, cell)


class Recurrent(nn.RNNCellBase):
    """A recurrent layer: x (B, T, width) to (B, T, hidden), twice that with a layer for the reverse direction."""

    gates = 1
    kept: tuple[str, ...] = ("h",)  # what it carries from step to step, each (B, hidden)

    def __init__(self, width: int, hidden: int, *, reverse: Recurrent | None = None) -> None:
        super().__init__(width, hidden, True, num_chunks=self.gates)
        self.reverse = reverse

    def run(self, x: Tensor, memory: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The states (B, T, hidden) over x (B, T, width), and what it carries on."""
        raise NotImplementedError

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Run over time; the reverse direction starts at the last position that is `real` (B, T)."""
        y, _ = self.run(x, (x.new_zeros(x.shape[0], self.hidden_size),) * len(self.kept))
        if self.reverse is None:
            return y
        return torch.cat((y, reverse_time(self.reverse(reverse_time(x, real)), real)), -1)

    def start(self, batch: int) -> dict[str, Tensor]:
        """What it carries before the first step: zeros."""
        return {name: self.weight_hh.new_zeros(batch, self.hidden_size) for name in self.kept}

    def step(self, x: Tensor, state: dict[str, Tensor]) -> Tensor:
        """The next steps: x (B, n, width) to (B, n, hidden)."""
        y, memory = self.run(x, tuple(state[name] for name in self.kept))
        state.update(zip(self.kept, memory, strict=True))
        return y


class GRU(Recurrent):
    """Gated recurrent units (Cho et al. 2014): x (B, T, width) to (B, T, hidden)."""

    gates = 3

    def run(self, x: Tensor, memory: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The states over x, from `memory` on."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        y, last = torch.gru(x, memory[0].unsqueeze(0), weights, True, 1, 0.0, self.training, False, True)
        return y, (last[0],)


class LSTM(Recurrent):
    """Long short-term memory (1997): x (B, T, width) to (B, T, hidden)."""

    gates = 4
    kept = ("h", "c")

    def run(self, x: Tensor, memory: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The states over x, from the state and the memory cell on."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        if torch.compiler.is_compiling():
            # On a CPU in float32 torch.lstm has no gradient under torch.compile (torch 2.13).
            return unroll_lstm(x, memory, weights)
        first = (memory[0].unsqueeze(0), memory[1].unsqueeze(0))
        y, last, cell = torch.lstm(x, first, weights, True, 1, 0.0, self.training, False, True)
        return y, (last[0], cell[0])


class RNN(Recurrent):
    """Recurrent units with tanh (Elman 1990): x (B, T, width) to (B, T, hidden)."""

    def run(self, x: Tensor, memory: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The states over x, from `memory` on."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        y, last = torch.rnn_tanh(x, memory[0].unsqueeze(0), weights, True, 1, 0.0, self.training, False, True)
        return y, (last[0],)


class GRUCell(nn.RNNCellBase):
    """One step of gated recurrent units: x (..., width) and state (..., hidden) to the next state."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__(width, hidden, True, num_chunks=3)

    def forward(self, x: Tensor, state: Tensor) -> Tensor:
        """Update the state, the same at each leading index."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return torch.gru_cell(x.flatten(0, -2), state.flatten(0, -2), *weights).view(state.shape)


class LSTMCell(nn.RNNCellBase):
    """One step of long short-term memory: x (..., width), state and cell (..., hidden) to the next ones."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__(width, hidden, True, num_chunks=4)

    def forward(self, x: Tensor, state: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """Update the state and the memory cell, the same at each leading index."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        before = (state.flatten(0, -2), cell.flatten(0, -2))
        new_state, new_cell = torch.lstm_cell(x.flatten(0, -2), before, *weights)
        return new_state.view(state.shape), new_cell.view(cell.shape)


class RNNCell(nn.RNNCellBase):
    """One step of recurrent units with tanh: x (..., width) and state (..., hidden) to the next state."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__(width, hidden, True, num_chunks=1)

    def forward(self, x: Tensor, state: Tensor) -> Tensor:
        """Update the state, the same at each leading index."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return torch.rnn_tanh_cell(x.flatten(0, -2), state.flatten(0, -2), *weights).view(state.shape)
