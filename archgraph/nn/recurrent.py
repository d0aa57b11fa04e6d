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


def unroll_lstm(x: Tensor, first: Tensor, weights: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
    """States (B, T, hidden) of an LSTM, step by step over x (B, T, width), from `first` (B, hidden)."""
    state, cell, states = first, first, []
    for now in x.unbind(1):
        state, cell = torch.lstm_cell(now, (state, cell), *weights)
        states.append(state)
    return torch.stack(states, 1)


class GRU(nn.RNNCellBase):
    """Gated recurrent units (Cho et al. 2014): x (B, T, width) to (B, T, hidden), twice if bidirectional."""

    def __init__(self, width: int, hidden: int, *, bidirectional: bool = False) -> None:
        super().__init__(width, hidden, True, num_chunks=3)
        self.reverse = GRU(width, hidden) if bidirectional else None

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Run over time; the reverse direction starts at the last position that is `real` (B, T)."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        first = x.new_zeros(1, x.shape[0], self.hidden_size)
        y = torch.gru(x, first, weights, True, 1, 0.0, self.training, False, True)[0]
        if self.reverse is None:
            return y
        return torch.cat((y, reverse_time(self.reverse(reverse_time(x, real)), real)), -1)

    def start(self, x: Tensor, capacity: int) -> Tensor:
        """The state (B, hidden) before the first step: zeros."""
        return x.new_zeros(x.shape[0], self.hidden_size)

    def step(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """One step: x (B, 1, width) to (B, 1, hidden), and the next state."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        state = torch.gru_cell(x[:, 0], state, *weights)
        return state.unsqueeze(1), state


class LSTM(nn.RNNCellBase):
    """Long short-term memory (1997): x (B, T, width) to (B, T, hidden), twice that if bidirectional."""

    def __init__(self, width: int, hidden: int, *, bidirectional: bool = False) -> None:
        super().__init__(width, hidden, True, num_chunks=4)
        self.reverse = LSTM(width, hidden) if bidirectional else None

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Run over time; the reverse direction starts at the last position that is `real` (B, T)."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        first = x.new_zeros(1, x.shape[0], self.hidden_size)
        if torch.compiler.is_compiling():
            # On a CPU in float32 torch.lstm has no gradient under torch.compile (torch 2.13).
            y = unroll_lstm(x, first[0], weights)
        else:
            y = torch.lstm(x, (first, first), weights, True, 1, 0.0, self.training, False, True)[0]
        if self.reverse is None:
            return y
        return torch.cat((y, reverse_time(self.reverse(reverse_time(x, real)), real)), -1)

    def start(self, x: Tensor, capacity: int) -> tuple[Tensor, Tensor]:
        """The state and the memory cell (B, hidden) before the first step: zeros."""
        first = x.new_zeros(x.shape[0], self.hidden_size)
        return first, first

    def step(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """One step: x (B, 1, width) to (B, 1, hidden), and the next state and memory cell."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        state = torch.lstm_cell(x[:, 0], state, *weights)
        return state[0].unsqueeze(1), state


class RNN(nn.RNNCellBase):
    """Recurrent units with tanh (Elman 1990): x (B, T, width) to (B, T, hidden), twice if bidirectional."""

    def __init__(self, width: int, hidden: int, *, bidirectional: bool = False) -> None:
        super().__init__(width, hidden, True, num_chunks=1)
        self.reverse = RNN(width, hidden) if bidirectional else None

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Run over time; the reverse direction starts at the last position that is `real` (B, T)."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        first = x.new_zeros(1, x.shape[0], self.hidden_size)
        y = torch.rnn_tanh(x, first, weights, True, 1, 0.0, self.training, False, True)[0]
        if self.reverse is None:
            return y
        return torch.cat((y, reverse_time(self.reverse(reverse_time(x, real)), real)), -1)

    def start(self, x: Tensor, capacity: int) -> Tensor:
        """The state (B, hidden) before the first step: zeros."""
        return x.new_zeros(x.shape[0], self.hidden_size)

    def step(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """One step: x (B, 1, width) to (B, 1, hidden), and the next state."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        state = torch.rnn_tanh_cell(x[:, 0], state, *weights)
        return state.unsqueeze(1), state


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
