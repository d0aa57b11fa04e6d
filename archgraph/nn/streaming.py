"""Causal models one step at a time: the stream that a model runs in.

The emitted source of such a model has, beside `forward`, `start`, which makes the state before the first step, and
`step`, which takes the symbols before the next n positions, predicts the symbols there, and updates the state. What
drives these two is no part of an architecture: it is here and in `generation`, and a compiled model inherits it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch import Tensor

from archgraph.nn.asked import Asked
from archgraph.nn.given import (
    Target,
    check_a_tensor,
    check_all_lengths,
    check_flags,
    check_helpers,
    check_inputs,
    check_like,
    check_options,
    check_rows,
    check_samples,
    check_static,
    check_tensor,
    check_values,
)
from archgraph.nn.lengths import check_made
from archgraph.nn.shapes import check_symbols
from archgraph.nn.states import opened, put_back, select_rows, settled

Step = Callable[[Tensor, Tensor, "dict[str, Any]"], Tensor]  # as a model's own, by a place that is a tensor


class Stream:
    """A model on its way through sequences of at most `capacity` steps, the keys, values and states so far kept.

    Single steps are taken by `compiled`, if given: by the model's `static_step` in some form, from the place on from
    which all shapes are the same.
    """

    def __init__(
        self, model: Streaming, state: dict[str, Any], *, batch: int, capacity: int, compiled: Step | None = None
    ) -> None:
        self.model, self.state, self.batch, self.capacity, self.first = model, state, batch, capacity, 0
        self.compiled, self.fixed = compiled, False  # whether the state is where `compiled` writes it in place
        self.place = torch.zeros((), dtype=torch.int64, device=state["before"].device)

    def step(self, y: Tensor | None = None) -> Tensor:
        """Predict the first symbol; or read the symbols y (B,) (real: (B, n)), and predict the next: (B, ...)."""
        if y is None and self.first:
            raise ValueError("step() without a symbol stands at the beginning; give the one just read")
        if y is not None:
            check_a_tensor(self.model.target.name, y)
        return self.read(self.state["before"][:, :0] if y is None else y.unsqueeze(1))

    def read(self, y: Tensor) -> Tensor:
        """Read a piece y (B, n) (real: (B, n, ...)) in one pass, and predict the symbol after it: (B, ...)."""
        self.check(y)
        return self.advance(y)

    def advance(self, y: Tensor) -> Tensor:
        """The same for symbols that need no check, since the model itself predicted them."""
        before = y if self.first else torch.cat((self.state["before"], y), 1)
        if before.shape[1] == 0:
            raise ValueError("there is nothing to read: y has no positions")
        if self.compiled is not None and before.shape[1] == 1 and self.first >= self.model.settled:
            self.state = self.state if self.fixed else settled(self.state)
            self.fixed = True
            prediction = self.compiled(before, self.place.fill_(self.first), self.state)
        else:
            self.fixed = False
            prediction = self.model.step(before, self.first, self.state)
        self.first += before.shape[1]
        return prediction[:, -1]

    def check(self, y: Tensor) -> None:
        """Refuse what the stream cannot read, before any work."""
        name = self.model.target.name
        check_tensor(self.model.target.observed, y)
        check_like(name, y, self.state["before"])
        check_symbols(name, y, self.model.target.symbols)
        if y.shape[0] != self.batch:
            raise ValueError(f"{name} has {y.shape[0]} samples, and the stream {self.batch}")
        if max(self.first, 1) + y.shape[1] > self.capacity:
            raise ValueError(
                f"{name} would reach step {max(self.first, 1) + y.shape[1]}, past the capacity of {self.capacity}"
            )

    def select(self, rows: Tensor) -> None:
        """Go on with the samples `rows` (B,) in the place of the present ones, as a search over beams does."""
        check_rows(rows, self.batch, self.place)
        self.choose_rows(rows)

    def choose_rows(self, rows: Tensor) -> None:
        """The same for rows that need no check."""
        self.state, self.batch = select_rows(self.state, rows), rows.shape[0]


class Streaming(Asked):
    """A model that can run one step at a time."""

    target: Target
    settled = 1  # the place from which on all steps have the same shapes

    def start(self, batch: int, capacity: int, **given: Any) -> dict[str, Any]:
        """The state before the first step; what does not depend on the target is computed here."""
        raise NotImplementedError

    def step(self, y: Tensor, first: int | Tensor, state: dict[str, Any]) -> Tensor:
        """The predictions at the n positions from `first` on, by what stands before each: y (B, n).

        Where `first` is a tensor () int64, at least `settled`, no shape depends on it.
        """
        raise NotImplementedError

    @torch.no_grad()
    def static_step(self, y: Tensor, first: Tensor, state: dict[str, Any]) -> Tensor:
        """As `step`, by a place that is a tensor (), and with the state written where it is.

        Neither shapes nor addresses depend on the place, so that a CUDA graph can be captured and replayed.
        """
        if not torch.compiler.is_compiling():
            check_static(self.target, y, first, state, self.settled)
        found = opened(state)
        prediction = self.step(y, first, found)
        put_back(state, found)
        return prediction

    def stream(
        self, *, batch: int | None = None, capacity: int | None = None, compiled: Step | None = None, **given: Any
    ) -> Stream:
        """A stream of so many samples, by the observed variables `given`, for at most `capacity` steps.

        Without a capacity there is room for 1,024 steps, or for as many as the model has positions. `compiled` takes
        single steps: `torch.compile(model.static_step, fullgraph=True)` is one graph for all places.
        """
        if self.training:
            raise ValueError("a stream gives what the model gives in use: call eval() first")
        check_helpers(None, compiled, self)
        check_options({"batch": batch, "capacity": capacity})
        self._check_given(given)
        batch = check_samples(given, batch)
        longest = self._positions(given)
        capacity = min(1024, longest or 1024) if capacity is None else capacity
        if longest is not None and capacity > longest:
            raise ValueError(f"capacity is {capacity}, and {self._limit(given)} has positions for {longest}")
        given = {name: value for name, value in given.items() if value is not None}
        try:
            state = self.start(batch, capacity, **given)
        except Exception:
            check_made(self._made, self._observed, given)
            raise
        return Stream(self, state, batch=batch, capacity=capacity, compiled=compiled)

    def _check_given(self, given: dict[str, Any], prompt: Tensor | None = None) -> None:
        """Refuse what a prediction cannot be computed from, before any work; and a prompt that is none."""
        own, inputs = self.target.name, self.target.inputs
        asked = None if inputs is None else [variable for variable in self._observed if variable.name in inputs]
        check_inputs(asked, given, self)
        if prompt is not None:
            check_values((self.target.observed,), {own: prompt}, self)
        check_flags(self.start, given)
        check_all_lengths(self._observed, {**given, own: prompt}, own=own)

    def _positions(self, given: dict[str, Any]) -> int | None:
        """For how many steps there are positions: in tables, and in an input that goes along; None for any."""
        along = self.target.along
        sizes = [self.target.longest, given[along[0]].shape[along[1] + 1] if along and along[0] in given else None]
        return min((size for size in sizes if size is not None), default=None)

    def _limit(self, given: dict[str, Any]) -> str:
        """What there are no more positions in."""
        along = self.target.along
        return "the model" if along is None or self._positions(given) == self.target.longest else along[0]


def roomy(start: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A model's `start` whose state tells for how many steps it has room, by a tensor (B, capacity, 0)."""

    @wraps(start)
    def found(model: Streaming, batch: int, capacity: int, *args: Any, **given: Any) -> dict[str, Any]:
        state = start(model, batch, capacity, *args, **given)
        return {**state, "room": state["before"].new_empty(batch, capacity, 0)}

    return found
