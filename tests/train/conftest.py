"""A hand-made stand-in for a compiled model, so that these tests need no compiler."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.nn.generation import Causal
from archgraph.nn.given import Target
from archgraph.train.config import TrainConfig
from archgraph.train.field import Field
from archgraph.train.trainer import Job

SPEC = "archgraph: 1\nname: stand_in\n"


class Output(NamedTuple):
    """What a compiled model returns."""

    y_tilde: Tensor
    C: Tensor
    energy: Tensor
    loss: Tensor
    losses: dict[str, Tensor]


class StandIn(Causal):
    """Embedding, optional encoding of x, a GRU over the delayed target, dropout, a linear decoder."""

    def __init__(self, symbols: int, sources: int = 0, width: int = 16) -> None:
        super().__init__()
        self.enc = nn.Embedding(symbols, width)
        self.encoder = nn.Embedding(sources, width) if sources else None
        self.predictor = nn.GRU(width, width, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.decoder = nn.Linear(width, symbols)
        self.target = Target("y", symbols, start=1, stop=2, pad=0)

    def forward(self, y: Tensor, x: Tensor | None = None) -> Output:
        """Predict each symbol of y `(B, T)` from those before it."""
        delayed = F.pad(y, (1, 0), value=1)[:, :-1]
        h = self.enc(delayed)
        if self.encoder is not None and x is not None:
            h = h + self.encoder(x).mean(1, keepdim=True)
        logits = self.decoder(self.dropout(self.predictor(h)[0]))
        energy = F.cross_entropy(logits.transpose(1, 2), y, ignore_index=0, reduction="none").sum(1)
        loss = energy.sum() / (y != 0).sum().clamp(min=1)
        return Output(logits, energy, energy, loss, {"C": loss})

    def start(self, batch: int, capacity: int, x: Tensor | None = None) -> dict[str, Any]:
        """No state of the GRU, and the source."""
        state = {"before": torch.ones(batch, 1, dtype=torch.int64), "h": torch.zeros(batch, self.decoder.in_features)}
        return state if x is None or self.encoder is None else {**state, "x": self.encoder(x).mean(1, keepdim=True)}

    def step(self, y: Tensor, first: int, state: dict[str, Any]) -> Tensor:
        """The next predictions."""
        out, last = self.predictor(self.enc(y) + state.get("x", 0), state["h"].unsqueeze(0))
        state["h"] = last[0]
        found: Tensor = self.decoder(out)
        return found

    def energy(self, y: Tensor, x: Tensor | None = None) -> Tensor:
        """Return the energy of each sample, `(B,)`."""
        return self(y=y, x=x).energy


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def y() -> Field:
    """A target of characters whose number the data decides."""
    return Field("y", "target", "tokens", None, 0, 1, 2, "chars", "vocab")


@pytest.fixture
def x() -> Field:
    """An input of characters."""
    return Field("x", "input", "tokens", None, 0, None, None, "chars", "letters")


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """Some text that is easy to learn."""
    path = tmp_path / "text.txt"
    path.write_text("the quick brown fox jumps over the lazy dog\n" * 40, encoding="utf-8", newline="\n")
    return path


@pytest.fixture
def language_model(y: Field) -> Job:
    """A language model over `text_file`."""
    return Job(SPEC, (y,), lambda sizes: StandIn(sizes["vocab"]))


@pytest.fixture
def config(text_file: Path, tmp_path: Path) -> TrainConfig:
    """A run of twenty small steps."""
    return TrainConfig(
        str(text_file),
        str(tmp_path / "run"),
        batch=4,
        window=16,
        max_steps=20,
        log_every=3,
        valid_every=7,
        save_every=6,
        lr=1e-2,
        accelerator="cpu",
    )


@pytest.fixture
def pairs_model(x: Field, y: Field, tmp_path: Path) -> tuple[Job, TrainConfig]:
    """A conditional model that copies one letter, and its run."""
    path = tmp_path / "pairs.tsv"
    path.write_text("a\tA\nb\tB\nc\tC\n" * 20, encoding="utf-8", newline="\n")
    job = Job(SPEC, (x, y), lambda sizes: StandIn(sizes["vocab"], sizes["letters"]))
    return job, TrainConfig(str(path), str(tmp_path / "pairs"), batch=8, max_steps=120, lr=2e-2, accelerator="cpu")
