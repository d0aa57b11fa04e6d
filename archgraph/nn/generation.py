"""Generation: symbol after symbol by a stream, the likeliest, drawn, or searched for."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from archgraph.nn.asked import Asked
from archgraph.nn.choice import Choice, choose
from archgraph.nn.given import check_helpers, check_options, check_samples, check_search
from archgraph.nn.layout import reader
from archgraph.nn.room import check_room
from archgraph.nn.states import copied
from archgraph.nn.streaming import Step, Stream, Streaming

PATIENCE, LEFT, FEW = 8, 16, 2  # steps taken, steps to come, and rows, from and up to which a twin to read by pays


class Causal(Streaming):
    """A model that can run one step at a time, and so generate."""

    def generate(
        self,
        *,
        max_length: int,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        beams: int = 1,
        stop: int | None = None,
        generator: torch.Generator | None = None,
        compiled: Step | None = None,
        **given: Any,
    ) -> Tensor:
        """Symbols (B, T) int64: the prompt, given under the target's name, then at most `max_length` more a row.

        Without a temperature, the likeliest symbol each time (top_k or top_p alone: temperature 1); with beams, the
        likeliest sequence that a search so wide finds. A row ends with `stop`, the model's own if None, none for -1;
        what stands behind it, and behind a shorter row, is padding. `compiled` is as in `stream`.
        """
        check_options({"stop": stop, "temperature": temperature, "top_k": top_k, "top_p": top_p})
        check_search(max_length, beams, self.target.symbols)
        check_helpers(generator, compiled, self)
        if beams > 1 and (temperature or top_k or top_p):
            raise ValueError("beams search for the likeliest sequence: leave temperature, top_k and top_p out")
        if temperature is None and (top_k or top_p):
            temperature = 1.0
        prompt = given.pop(self.target.name, None)
        job = Generation(self, prompt, max_length, self.target.stop if stop is None else stop, given)
        job.compiled = compiled
        training = self.training
        self.eval()
        try:
            with torch.inference_mode():
                found = job.beam(beams) if beams > 1 else job.sample(Choice(temperature, top_k, top_p, generator))
        finally:
            self.train(training)
        return found.clone()  # what inference mode made may take no part in training


class Refusing(Asked):
    """A model that cannot run step by step, and says why."""

    reason: str

    def stream(self, **given: Any) -> Stream:
        """Refuse, with the reason."""
        raise ValueError(f"{type(self).__name__} cannot go step by step: {self.reason}")

    def generate(self, **given: Any) -> Tensor:
        """Refuse, with the reason."""
        raise ValueError(f"{type(self).__name__} cannot generate: {self.reason}")


class Generation:
    """One call of `generate`: rows with prompts of different lengths, which go on where their own ends."""

    def __init__(
        self, model: Streaming, prompt: Tensor | None, max_length: int, stop: int | None, given: dict[str, Any]
    ) -> None:
        self.model, self.stop, self.given = model, stop, given
        self.compiled: Step | None = None
        name, symbols = model.target.name, model.target.symbols
        if not symbols:
            raise ValueError(f"{name} holds real numbers, of which none is the likeliest: use stream() and step()")
        model._check_given(given, prompt)
        if stop is not None and not -1 <= stop < symbols:
            raise ValueError(f"stop is {stop}, and there are {symbols} symbols")
        self.batch = check_samples({**given, name: prompt}, None)
        device = next((value.device for value in given.values() if isinstance(value, Tensor)), None)
        device = next(model.parameters()).device if device is None else device
        self.prompt = torch.zeros(self.batch, 0, dtype=torch.int64, device=device) if prompt is None else prompt
        self.lengths = self.prompt_lengths()
        self.shortest, self.read_to = int(self.lengths.min()), int(self.lengths.max())
        self.capacity = self.read_to + max_length
        # Whether rows end, or begin to be generated, each at a place of its own.
        self.uneven = stop is not None or self.shortest < self.read_to
        self.never = self.never_chosen()
        self.ends = self.lengths + max_length  # where each row ends at the latest
        longest = model._positions(given)
        if longest is not None and self.capacity > longest:
            raise ValueError(
                f"{name} would reach {self.capacity} symbols, and {model._limit(given)} has positions for {longest}"
            )

    def prompt_lengths(self) -> Tensor:
        """The lengths (B,) of the prompts: as given, or up to the padding."""
        lengths: dict[str, Tensor] = self.given.get("lengths") or {}
        if self.model.target.name in lengths:
            return lengths[self.model.target.name]
        size, pad = self.prompt.shape[1], self.model.target.pad
        if pad is None or not size:
            return self.prompt.new_full((self.batch,), size)
        return (self.prompt != pad).flip(1).cummax(1).values.sum(1)

    def never_chosen(self) -> Tensor | None:
        """What to add to logits (symbols,), so that nothing starts or pads; None where nothing could."""
        target = self.model.target
        found = [symbol for symbol in (target.start, target.pad) if symbol is not None and symbol != self.stop]
        if not found:
            return None
        row = torch.zeros(target.symbols, device=self.prompt.device)
        row[found] = -torch.inf
        return row

    def begin(self) -> tuple[Stream, Tensor, Tensor]:
        """A stream that has read what all prompts have; its symbols and its prediction."""
        given = dict(self.given)
        if given.get("lengths"):
            kept = {name: value for name, value in given.pop("lengths").items() if name != self.model.target.name}
            given |= {"lengths": kept} if kept else {}
        stream = self.model.stream(batch=self.batch, capacity=self.capacity, compiled=self.compiled, **given)
        y = self.prompt[:, : self.shortest]
        return stream, y, stream.read(y)

    def forced(self, place: int, copies: int) -> tuple[Tensor, Tensor]:
        """Which rows (B,) still read their prompt at a place, and the symbols that stand there."""
        forced = copied(self.lengths > place, copies)
        if place >= self.prompt.shape[1]:
            return forced, torch.zeros_like(forced, dtype=torch.int64)
        return forced, copied(self.prompt[:, place], copies)

    def logits(self, prediction: Tensor, place: int) -> Tensor:
        """The logits (B, symbols) of a place in float32; nothing starts or pads there."""
        if not all(math.isfinite(bound) for bound in prediction.aminmax()):
            row = int((~prediction.isfinite().all(-1)).nonzero()[0])
            raise ValueError(f"the prediction of symbol {place + 1} in sample {row} is not finite")
        found = prediction.float()
        return found if self.never is None else found + self.never

    @property
    def fill(self) -> int:
        """What stands behind the end of a row."""
        pad = self.model.target.pad
        return pad if pad is not None else max(self.stop or 0, 0)

    def ended(self, y: Tensor, place: int, copies: int = 1) -> Tensor:
        """Which rows (B,) of y (B, T), T > place, end with the symbol at `place`, if they have not before."""
        last = copied(self.ends <= place + 1, copies)
        if self.stop is None:
            return last
        free = copied(self.lengths <= place, copies)
        return last | (free & (y[:, place] == self.stop))

    def sample(self, choice: Choice) -> Tensor:
        """Choose symbol after symbol."""
        stream, given, prediction = self.begin()
        y = given.new_full((self.batch, self.capacity), self.fill)
        y[:, : given.shape[1]] = given
        done = torch.zeros(self.batch, dtype=torch.bool, device=y.device)
        for place in range(given.shape[1], self.capacity):
            symbol = choose(self.logits(prediction, place), choice)
            y[:, place] = self.settled(symbol, place, done) if self.uneven else symbol
            if self.uneven:
                done = done | self.ended(y, place)
                if bool(done.all()):
                    return y[:, : place + 1]
            if place + 1 < self.capacity:
                self.settle_in(stream, place)
                prediction = stream.advance(y[:, place : place + 1])
        return y

    def settle_in(self, stream: Stream, place: int) -> None:
        """Go on by a twin of the model that reads a few rows quicker, where many steps are still to come.

        Copying its weights takes about as long as the first steps did, so a row that ends early loses nothing.
        """
        taken, left = place - self.shortest, self.capacity - place
        if taken == PATIENCE and left > LEFT and stream.batch <= FEW and self.compiled is None:
            stream.model = reader(self.model)

    def settled(self, symbol: Tensor, place: int, done: Tensor) -> Tensor:
        """The symbols (B,) of a place: padding behind an end, and in a prompt what stands there."""
        symbol = torch.where(done, self.fill, symbol)
        return torch.where(*self.forced(place, 1), symbol) if place < self.read_to else symbol

    def beam(self, beams: int) -> Tensor:
        """The sequence with the largest sum of log-probabilities among those that a search over beams meets."""
        stream, y, prediction = self.begin()
        check_room(beams, self.model.target.symbols, stream.state)
        copies = torch.arange(self.batch, device=y.device).repeat_interleave(beams)
        stream.choose_rows(copies)
        y, prediction = y[copies], prediction[copies]
        rows = torch.arange(self.batch, device=y.device).unsqueeze(1) * beams
        done = torch.zeros(self.batch * beams, dtype=torch.bool, device=y.device)
        scores = torch.zeros(self.batch, beams, device=y.device)
        scores[:, 1:] = -torch.inf  # at first all beams of a row are the same
        for place in range(y.shape[1], self.capacity):
            forced, given = self.forced(place, beams)
            chances = self.logits(prediction, place).log_softmax(-1)
            kept = torch.where(forced, given, self.fill).unsqueeze(1)
            only = torch.full_like(chances, -torch.inf).scatter(1, kept, 0.0)
            chances = torch.where((forced | done).unsqueeze(1), only, chances)
            ranked = (scores.unsqueeze(2) + chances.view(self.batch, beams, -1)).flatten(1).topk(beams)
            scores = ranked.values
            origin = (rows + ranked.indices // chances.shape[1]).flatten()
            symbol = (ranked.indices % chances.shape[1]).flatten()
            y, done = torch.cat((y[origin], symbol.unsqueeze(1)), 1), done[origin]
            done = done | self.ended(y, place, beams)
            if bool(done.all()):
                break
            if place + 1 < self.capacity:
                stream.choose_rows(origin)
                self.settle_in(stream, place)
                prediction = stream.advance(symbol.unsqueeze(1))
        best = y.view(self.batch, beams, -1)[:, 0]
        return best[:, : self.longest(best)]

    def longest(self, y: Tensor) -> int:
        """The length of the longest row of y (B, T), up to its end."""
        places = torch.arange(y.shape[1], device=y.device)
        ends = self.ends.clamp(max=y.shape[1])
        if self.stop is not None:
            stopped = (y == self.stop) & (places >= self.lengths.unsqueeze(1))
            first = torch.where(stopped, places + 1, y.shape[1]).min(1).values
            ends = torch.minimum(ends, first)
        return int(ends.max())
