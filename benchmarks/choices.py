"""What each choice of how a model is written brings: its source as it is against the same with that choice undone."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import torch
from torch import nn

import archgraph
from benchmarks.pairs import interleave, ratio
from benchmarks.sides import forward, symbols, threads, training
from benchmarks.table import Row, Section

SPECS = Path(__file__).parent.parent / "specs" / "story"
HOW = (
    "The emitted source as it is, over the same source with one choice undone, the weights drawn alike; in turn, in so "
    "many rounds or in some seconds; ratios of medians with 95 % bounds by a bootstrap over rounds. Each side has two "
    "models, the first and the last made, and the two between: where a model lies in memory makes a few per cent. "
    "'small' is one row of 16 symbols at width 64 on one thread, 'real' 8 rows of 64 at width 256 on two. 'nothing' "
    "undoes nothing."
)
ROUNDS, SECONDS = 200, 8.0


@dataclass(frozen=True)
class Size:
    """How large a model is, and what it is given."""

    name: str
    params: Mapping[str, float]
    batch: int
    length: int
    threads: int


SIZES = (
    Size("small", {"width": 64}, 1, 16, 1),
    Size("real", {"width": 256}, 8, 64, 2),
)


@dataclass(frozen=True)
class Choice:
    """A choice and what stands in the source in its place without it."""

    name: str
    undone: Mapping[str, str] = field(default_factory=dict)
    spec: str = "language_model"
    params: Mapping[str, float] = field(default_factory=lambda: {"vocab": 256, "heads": 4, "layers": 4})

    def sources(self, size: Size) -> tuple[str, str]:
        """The source as it is, and without the choice.

        Raises:
            ValueError: the source no longer says what is to be undone.
        """
        kept = archgraph.emit(SPECS / f"{self.spec}.yaml", params={**self.params, **size.params})
        source = kept
        for said, instead in self.undone.items():
            if said not in source:
                raise ValueError(f"{self.name}: the source of {self.spec} no longer says {said!r}")
            source = source.replace(said, instead)
        return kept, source


CHOICES = (
    Choice("nothing"),
    Choice(
        "queries, keys and values are one product",
        {
            "self.join(dict.fromkeys(self.joins, width), width)": "self.k = nn.Linear(width, width)\n"
            "        self.v = nn.Linear(width, width)",
            "class Attention(Joined):": "class Attention(nn.Module):",
            'if "q" not in self.joins:': "if True:",
            "project_joined(x, self, self.heads)": "(split(each(x), self.heads) for each in (self.q, self.k, self.v))",
            "class SelfAttention(": "def split(y: Tensor, heads: int) -> Tensor:\n"
            "    return y.view(*y.shape[:2], heads, -1).transpose(1, 2)\n\n\nclass SelfAttention(",
        },
    ),
    Choice(
        "maps and norms are called as functions",
        {
            "return F.linear(x, linear.weight, linear.bias)": "return linear(x)",
            "return torch.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)": "return norm(x)",
        },
    ),
    Choice(
        "relu writes into its argument",
        {
            "affine(x.flatten(0, -2), self.inner)": "affine(x, self.inner)",
            "F.relu_(rows)": "F.relu(rows)",
            "affine(rows, self.outer).view_as(x)": "affine(rows, self.outer)",
        },
    ),
    Choice(
        "causality is a flag of the attention",
        {
            "mask = None if real is None else real.unsqueeze(1).unsqueeze(1)": "n = q.shape[2]\n"
            "        mask = torch.ones(n, n, dtype=torch.bool, device=q.device).tril()",
            "k, v, mask, is_causal=True)": "k, v, mask)",
        },
    ),
    Choice(
        "positions are read off a table",
        {
            "place_rows(self.table,": "place_rows(sines(x.shape[1], self.tokens),",
            "class SinusoidalEmbedding(": "def sines(length: int, tokens: Tensor) -> Tensor:\n"
            "    width = tokens.shape[1]\n"
            "    powers = torch.arange(0, width, 2, device=tokens.device) / width\n"
            "    angles = torch.arange(length, device=tokens.device).unsqueeze(1) / 10000**powers\n"
            "    return torch.stack((angles.sin(), angles.cos()), -1).flatten(1)\n\n\nclass SinusoidalEmbedding(",
        },
    ),
    Choice(
        "a context is mapped once, before the loop",
        {"self.attention(state, context, context_real, keys=keys)": "self.attention(state, context, context_real)"},
        "rnn_seq2seq",
        {"vocab": 256},
    ),
)


def section(*, quick: bool = False) -> Section:
    """Measure every choice at every size, or in a hurry at the small one in few rounds."""
    rounds, sizes = (3, SIZES[:1]) if quick else (ROUNDS, SIZES)
    rows = tuple(row for choice in CHOICES for size in sizes for row in _rows(choice, size, rounds))
    return Section("Choices of emission", HOW, rows)


def _rows(choice: Choice, size: Size, rounds: int) -> Iterator[Row]:
    """Forward and training step of one choice at one size."""
    sources = choice.sources(size)
    data = symbols("xy" if choice.spec == "rnn_seq2seq" else "y", vocab=256, batch=size.batch, length=size.length)
    for name, work in (("forward", forward), ("training step", training)):
        with threads(size.threads), models((*sources, *reversed(sources))) as sides:
            times = interleave([work(model, data) for model in sides], rounds, seconds=SECONDS)
        found = ratio(times[0] + times[3], times[1] + times[2])
        yield Row(f"{choice.name}; {size.name}, {name}: with / without", str(found))


@contextmanager
def models(sources: Sequence[str]) -> Iterator[list[nn.Module]]:
    """The models of the sources, with weights of one seed."""
    with tempfile.TemporaryDirectory() as folder:
        modules = [_module(Path(folder) / f"choice_{number}.py", text) for number, text in enumerate(sources)]
        yield [_model(module) for module in modules]
        for module in modules:
            del sys.modules[module.__name__]


def _module(path: Path, text: str) -> ModuleType:
    path.write_text(text, encoding="utf-8", newline="\n")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _model(module: ModuleType) -> nn.Module:
    """The model of a module: the last class that it defines."""
    torch.manual_seed(0)
    found = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
    model: nn.Module = found[-1]()
    return model
