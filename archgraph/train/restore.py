"""From a checkpoint back to a model that works on text."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from archgraph.nn.generation import Causal
from archgraph.nn.layout import lay_out
from archgraph.train.codec import Codec
from archgraph.train.errors import TrainError
from archgraph.train.field import Field
from archgraph.train.pairs import encode_cell, encoded
from archgraph.train.record import Record, read
from archgraph.train.sample import GREEDY, Sampling, until_stop


@dataclass(frozen=True)
class Rows:
    """What a generation starts from: texts of the inputs by name, and prompts of the target."""

    inputs: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    prompts: Sequence[str] = ()


@dataclass(frozen=True)
class Trained:
    """A model with its codecs.

    Attributes:
        model: the module, in `eval` mode.
        record: what the checkpoint says.
    """

    model: nn.Module
    record: Record

    def field(self, name: str) -> Field:
        """Return an observed variable.

        Raises:
            TrainError: there is none of that name.
        """
        for field in self.record.fields:
            if field.name == name:
                return field
        names = ", ".join(field.name for field in self.record.fields)
        raise TrainError(f"no observed variable '{name}'", f"choose among {names}")

    def codec(self, name: str) -> Codec:
        """Return the codec of a variable.

        Raises:
            TrainError: the variable is not text.
        """
        if name not in self.record.codecs:
            raise TrainError(f"'{name}' has no codec: it was trained on numbers", "give it as an array")
        return self.record.codecs[name]

    def encode(self, name: str, texts: Sequence[str]) -> Tensor:
        """Return texts as the model takes them: padded `(B, T)`, or `(B,)` for a class."""
        field, codec = self.field(name), self.codec(name)
        with _given(name):
            return encoded(field, [encode_cell(field, codec, text) for text in texts])

    @property
    def target(self) -> str:
        """The name of the variable that the model generates.

        Raises:
            TrainError: it cannot go step by step; the message says why.
        """
        if not isinstance(self.model, Causal):
            reason = getattr(type(self.model), "reason", "a node is called as something that a stream needs itself")
            raise TrainError(f"the model cannot generate: {reason}", "call it instead")
        return self.model.target.name

    def generate(self, *, rows: Rows | None = None, sampling: Sampling = GREEDY) -> list[str]:
        """Return generated texts of the model's target.

        Args:
            rows: the inputs, and prompts of any lengths; one empty row for a language model without them.
            sampling: how symbols are chosen.

        Raises:
            TrainError: the model cannot generate, or not so; the message says why.
        """
        rows, name = rows or Rows(), self.target
        field, codec = self.field(name), self.codec(name)
        given: dict[str, Any] = {key: self.encode(key, texts) for key, texts in rows.inputs.items()}
        with _given("prompt"):
            prompts = [torch.tensor(codec.encode(text), dtype=torch.int64) for text in rows.prompts]
        if prompts:
            given[name] = nn.utils.rnn.pad_sequence(prompts, batch_first=True)
            given["lengths"] = {name: torch.tensor([len(prompt) for prompt in prompts])}
        with _given("stop"):
            stop = field.stop if sampling.stop is None else codec.only_id(sampling.stop)
        lay_out(self.model)  # a few rows at a time are what it is read for from here on
        try:
            made: Tensor = self.model.generate(**given, stop=stop, **sampling.options())  # type: ignore[operator]
        except ValueError as fault:
            raise TrainError(str(fault), "change the option or the input that it names") from fault
        starts = [len(prompt) for prompt in prompts] or [0] * len(made)
        found = zip(made.tolist(), starts, strict=True)
        return [codec.decode(until_stop(row, stop, start=start)) for row, start in found]

    def energy(self, texts: Mapping[str, Sequence[str]]) -> Tensor:
        """Return the energy of each row of texts, `(B,)`; compatible ones are low."""
        values = {name: self.encode(name, column) for name, column in texts.items()}
        with torch.no_grad():
            energy: Tensor = self.model.energy(**values)  # type: ignore[operator]
        return energy


@contextmanager
def _given(name: str) -> Iterator[None]:
    """Let a fault of a text name the argument that gave it."""
    try:
        yield
    except TrainError as fault:
        raise TrainError(f"{name}: {fault.message}", fault.hint) from None


def restore(path: Path, build: Callable[[Record], nn.Module]) -> Trained:
    """Return the model of a checkpoint.

    Args:
        path: the checkpoint, or the folder of a run, whose newest one is taken.
        build: makes the module from the record's `spec` and `sizes`.

    Raises:
        TrainError: there is no checkpoint, or it is damaged, or its weights fit another model.
    """
    record, checkpoint = read(path)
    model = build(record)
    try:
        model.load_state_dict(dict(checkpoint.tensors["model"]))
    except RuntimeError as fault:
        first = str(fault).strip().partition("\n")[0]
        raise TrainError(f"{record.path}: the weights fit another model: {first}", "use its own spec") from fault
    return Trained(model.eval(), record)
