"""Peak memory of a training step and of decoding, each side in a process of its own.

`python -m benchmarks.memory training compiled` prints the bytes of one side, as the section asks for them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn

from benchmarks.handwritten import LanguageModel, Sizes
from benchmarks.table import Row, Section

ROOT = Path(__file__).parent.parent
HOW = (
    "How much more a process holds at its peak than after a first small run of the same work, weights and gradients "
    "included there, the median of three processes, of which some hold more by chance: "
    "a training step of a language model (width 256, 6 layers, 256 symbols of 8,192, batch 8), and "
    "decoding of 512 symbols for 8 rows. One thread. 'predicted' is what `summary --cost` says of activations, "
    "beside which a training step holds the logits and their gradient, and of the cache, before anything runs. "
    "Recompute: blocks are computed again for the gradient; chunks: the cost in pieces of 256 positions; bf16: in "
    "training by autocast, in decoding the weights and the cache."
)
SIZES = Sizes(8192, 256, 8, 6, scale=16.0)
BATCH, LENGTH, STEPS = 8, 256, 512
RECOMPUTE, CHUNK, BOTH, HALF = (f"compiled, {name}" for name in ("recompute", "chunks", "recompute and chunks", "bf16"))
OTHERS = ("hand-written", "GPT-2")
SIDES = {
    "training": ("compiled", RECOMPUTE, CHUNK, BOTH, HALF, *OTHERS),
    "decoding": ("compiled", HALF, *OTHERS),
}
CHUNKED = """archgraph: 1
extends: specs/story/language_model.yaml
name: chunked
nodes: {C: {op: {cross_entropy: {chunk: 256}}}}
"""


def section(*, quick: bool = False) -> Section:
    """Measure each side of both works; in a hurry the compiled one in training."""
    if not Path("/proc/self/clear_refs").exists():
        return Section("Peak memory", HOW, (Row("nothing", "only Linux tells the peak of a process anew"),))
    asked = {"training": ("compiled",)} if quick else SIDES
    rows = []
    for work, sides in asked.items():
        shown = [name for name in sides if name != "GPT-2" or find_spec("transformers")]
        found = {name: median(_process(work, name) for _ in range(1 if quick else 3)) for name in shown}
        rows += [Row(f"{work}: {name}", f"{size / 1e6:.0f} MB") for name, size in found.items()]
        rows.append(Row(f"{work}: predicted", f"{predicted(work) / 1e6:.0f} MB"))
    return Section("Peak memory", HOW, tuple(rows))


def predicted(work: str) -> int:
    """What the summary says: the activations of a training step, or the cache."""
    from archgraph.compiler.costs import cost
    from benchmarks.peers import SPECS

    length = LENGTH if work == "training" else STEPS + 1
    found = cost(SPECS / "language_model.yaml", params=SIZES.params, lengths={"T": length}, batch=BATCH)
    name = "activations" if work == "training" else "cache"
    return next(found.value(line) for line in found.lines if line.name == name)


def _process(work: str, side: str) -> int:
    words = [sys.executable, "-m", "benchmarks.memory", work, side]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return int(done.stdout.split()[-1])


def peak(*, anew: bool = False) -> int:
    """The most bytes that this process held, or `anew` from now on; Linux tells."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def _model(work: str, side: str) -> nn.Module:
    import archgraph
    from benchmarks import rivals
    from benchmarks.peers import SPECS

    if side.startswith("compiled"):
        spec = CHUNKED if side in (CHUNK, BOTH) else SPECS / "language_model.yaml"
        dtype = torch.bfloat16 if (work, side) == ("decoding", HALF) else None
        return archgraph.compile(spec, params=SIZES.params, seed=0, recompute=side in (RECOMPUTE, BOTH), dtype=dtype)
    if side == "hand-written":
        return LanguageModel(SIZES)
    return rivals.Rival(rivals.gpt2(SIZES, STEPS + 2, 4 * SIZES.width), rivals.call_gpt2)


def _training(model: nn.Module, length: int) -> Callable[[], Any]:
    from benchmarks.sides import symbols, training

    return training(model, symbols("y", vocab=SIZES.vocab, batch=BATCH, length=length))


def _decoding(model: Any, length: int) -> Callable[[], Any]:
    from benchmarks.decoding import streamed
    from benchmarks.handwritten_decoding import Decoding
    from benchmarks.rivals import Rival, rival_generation

    prompt = torch.full((BATCH, 1), 5)
    if isinstance(model, LanguageModel):
        return lambda: Decoding(model, BATCH, length + 2).generate(prompt, length)
    if isinstance(model, Rival):
        return lambda: rival_generation(model.model.eval(), prompt, length)
    return lambda: streamed(model.eval(), prompt, length)


def main() -> None:
    """Print how much the peak grows from a small run to the one that is measured."""
    work, side = sys.argv[1:]
    torch.set_num_threads(1)
    make = _training if work == "training" else _decoding
    model = _model(work, side)
    with torch.autocast("cpu", torch.bfloat16) if (work, side) == ("training", HALF) else nullcontext():
        make(model, 2)()
        before = peak(anew=True)
        make(model, LENGTH if work == "training" else STEPS)()
    print(peak() - before)


if __name__ == "__main__":
    main()
