"""The table of peers on a GPU, which kernels attention takes there, and decoding in CUDA graphs.

`python -m benchmarks.gpu` writes GPU.md beside this file; `--quick` takes few rounds and writes nothing. Without a GPU
it says so, and measures nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

import archgraph
from benchmarks import decoding, peers
from benchmarks.handwritten import LanguageModel
from benchmarks.handwritten_decoding import Decoding
from benchmarks.sides import Case, Claim, compare, symbols
from benchmarks.table import Row, Section, page

PAGE = Path(__file__).with_name("GPU.md")
HOW = (
    "As on a CPU, each call up to the end of what it started on the GPU. The figures to reach are those of a CPU, and "
    "stand here for comparison."
)
CAPTURED = (Claim("captured steps", "stream"), Claim("captured steps", "hand-written"))
REDUCED = Claim("step compiled with reduce-overhead", "stream")
Work = Callable[[], "float | None"]


def main(words: list[str] | None = None) -> None:
    """Measure and write the page, where there is a GPU."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: whether it runs at all")
    given = parser.parse_args(words)
    if not torch.cuda.is_available():
        sys.exit(f"torch {torch.__version__} finds no GPU here, so there is nothing to measure")
    text = page(sections(quick=given.quick), command="python -m benchmarks.gpu")
    print(text)
    if not given.quick:
        PAGE.write_text(text, encoding="utf-8", newline="\n")


def sections(*, quick: bool) -> list[Section]:
    """All tables."""
    name, version = torch.cuda.get_device_name(), torch.version.cuda
    rows = peers.small(quick, "cuda") + peers.gpt(quick, "cuda") + peers.seq2seq(quick, "cuda")
    for batch in (1, 8):
        rows += decoding.decoded(batch, quick, "cuda")
    kernels = "Whether torch's flash kernel alone will do for the compiled models, in bf16, with and without gradients."
    graphs = "Greedy decoding where one CUDA graph is replayed for each symbol, and where torch compiles the step."
    return [
        Section(f"Peers on {name}, CUDA {version}", HOW, tuple(rows)),
        Section("Kernels of attention", kernels, tuple(flash())),
        Section("CUDA graphs", graphs, tuple(captured(quick))),
    ]


def flash() -> list[Row]:
    """Run the compiled models with every kernel forbidden but flash: torch raises where it does not apply."""
    found = []
    for name, data in (("language_model", ("y",)), ("transformer", ("x", "y"))):
        model = archgraph.compile(peers.SPECS / f"{name}.yaml", params=peers.PAIR_SIZES.params, seed=0)
        model = model.to("cuda", torch.bfloat16)
        given = symbols(data, vocab=peers.PAIR_SIZES.vocab, batch=8, length=64)
        given = {key: x.to("cuda") for key, x in given.items()}
        for kind, kernels in (("flash", [SDPBackend.FLASH_ATTENTION]), ("fused", FUSED)):
            told = _only(model, given, kernels)
            asked = kind == "fused" or name == "language_model"  # flash takes no mask, which a padded source needs
            met = told == "yes" if asked else None
            found.append(Row(f"{name}: {kind} kernels alone, forward and backward", told, "yes" * asked, met))
    return found


FUSED = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.CUDNN_ATTENTION]


def _only(model: Any, given: dict[str, Tensor], kernels: list[SDPBackend]) -> str:
    try:
        with sdpa_kernel(kernels):
            model(**given).loss.backward()
    except RuntimeError as error:  # "No available kernel"
        return f"no: {str(error).splitlines()[0]}"
    return "yes"


def captured(quick: bool) -> list[Row]:
    """Decoding by replayed steps, against the eager stream and against the one by hand."""
    sizes, length = decoding.SIZES, 4 if quick else decoding.LENGTH
    name, pairs = f"greedy decoding of {length} symbols, batch 1", 3 if quick else 100
    hand = LanguageModel(sizes).to("cuda").eval()
    with torch.no_grad():
        hand.head.bias[:3] = -1e4
    model = decoding.same(hand, sizes).to("cuda")
    prompt = torch.randint(3, sizes.vocab, (1, decoding.PROMPT), device="cuda")
    by_hand = Decoding(hand, 1, decoding.PROMPT + length + 1)
    works: dict[str, Callable[[], Tensor]] = {
        "hand-written": lambda: by_hand.generate(prompt, length),
        "stream": lambda: decoding.streamed(model, prompt, length),
        "captured steps": Captured(model, prompt, length).generate,
    }
    decoding.agree({name: work() for name, work in works.items()})
    sides = {name: _quiet(work) for name, work in works.items()}
    try:
        reduced = Reduced(model, prompt, length)
        reduced.generate()
    except Exception as error:  # torch's compiler raises many kinds; the row tells which
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        return [*compare(Case(name, CAPTURED, pairs, 2, device="cuda"), sides), Row(REDUCED.side, told)]
    sides[REDUCED.side] = _quiet(reduced.generate)
    return compare(Case(name, (*CAPTURED, REDUCED), pairs, 2, device="cuda"), sides)


def _quiet(work: Callable[[], Tensor]) -> Work:
    def run() -> None:
        work()

    return run


class Captured:
    """A compiled model whose step is one CUDA graph for every place: its place and its state stay where they are."""

    def __init__(self, model: Any, prompt: Tensor, length: int) -> None:
        self.model, self.prompt, self.length = model, prompt, length
        self.symbol = prompt[:, 0].clone()
        self.place = torch.zeros((), dtype=torch.int64, device=prompt.device)
        self.state = model.start(len(prompt), prompt.shape[1] + length + 1)
        self.graph = torch.cuda.CUDAGraph()
        self.capture()

    @torch.no_grad()
    def capture(self) -> None:
        """Record the step, after it ran once on a stream of its own."""
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            self.read()
            self.step()
        torch.cuda.current_stream().wait_stream(aside)
        with torch.cuda.graph(self.graph):
            self.step()

    def read(self) -> None:
        """Read the start symbol and the prompt in one pass."""
        given = torch.cat((self.state["before"], self.prompt), 1)
        self.symbol.copy_(self.model.step(given, 0, self.state)[:, -1].argmax(-1))
        self.place.fill_(given.shape[1])

    def step(self) -> None:
        """Read the last symbol at its place, and make the next one."""
        self.symbol.copy_(self.model.static_step(self.symbol.unsqueeze(1), self.place, self.state)[:, -1].argmax(-1))
        self.place.add_(1)

    @torch.no_grad()
    def generate(self) -> Tensor:
        """The prompt and what follows it: (B, T + length)."""
        self.read()
        made = [self.symbol.clone()]
        for _ in range(1, self.length):
            self.graph.replay()
            made.append(self.symbol.clone())
        return torch.cat((self.prompt, torch.stack(made, 1)), 1)


class Reduced:
    """A compiled model whose step torch compiles with mode="reduce-overhead"."""

    def __init__(self, model: Any, prompt: Tensor, length: int) -> None:
        self.model, self.prompt, self.length = model, prompt, length
        self.step = torch.compile(model.static_step, fullgraph=True, mode="reduce-overhead")

    @torch.no_grad()
    def generate(self) -> Tensor:
        """The prompt and what follows it: (B, T + length)."""
        capacity = self.prompt.shape[1] + self.length + 1
        stream = self.model.stream(batch=len(self.prompt), capacity=capacity, compiled=self.step)
        symbol = stream.read(self.prompt).argmax(-1)
        made = [symbol]
        for _ in range(1, self.length):
            torch.compiler.cudagraph_mark_step_begin()
            symbol = stream.step(symbol).argmax(-1)
            made.append(symbol)
        return torch.cat((self.prompt, torch.stack(made, 1)), 1)


if __name__ == "__main__":
    main()
