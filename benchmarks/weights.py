"""What loading a published checkpoint costs over reading its file once, in time and in memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.pairs import Ratio, ratio
from benchmarks.table import Row, Section

SPEC = Path(__file__).parent.parent / "specs" / "models" / "gpt2.yaml"
GPT2 = {"vocab_size": 50257, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024}
SMALL = {"vocab_size": 64, "n_embd": 32, "n_head": 4, "n_layer": 2, "n_positions": 32}
ROUNDS = 4  # in each process
HOW = (
    "A checkpoint of GPT-2 (124 M parameters in float32, its matrices stored the other way round, q, k and v in one) "
    "in the cache of the system. In turn, in an order that is drawn anew: reading the file into fresh memory, and "
    "`archgraph.compile(spec, weights=...)`, of which checking and emitting the spec, that is the same call without "
    "weights on torch's meta device, are shown apart. Seconds of the processor, one thread, after a first small model; "
    "memory of that size was taken and given back before, so that neither waits for the host of a virtual machine to "
    f"find it; {ROUNDS} rounds in each process. Memory: how much more a process holds at its peak than before it loads."
)
TIMES = """
import gc, random, sys, torch
from pathlib import Path
from time import process_time
import archgraph

spec, folder, small, seed, rounds = sys.argv[1:]
torch.set_num_threads(1)
archgraph.compile(spec, weights=small)
path = Path(folder) / 'model.safetensors'
size = path.stat().st_size

def read():
    memory = torch.empty(size, dtype=torch.uint8)
    with path.open('rb', buffering=0) as file:
        assert file.readinto(memory.numpy().data) == size

def load():
    archgraph.compile(spec, weights=folder)

def apart():
    with torch.device('meta'):
        archgraph.compile(spec, params={'layers': layers})

def timed(work):
    gc.collect()
    start = process_time()
    work()
    return process_time() - start

layers = len(archgraph.compile(spec, weights=folder).predictor)
read()
order, draw = [read, load, apart], random.Random(int(seed))
for _ in range(int(rounds)):
    draw.shuffle(order)
    found = {work: timed(work) for work in order}
    print(found[read], found[load], found[apart])
"""
MEMORY = """
import os, sys
from pathlib import Path
import archgraph

def peak():
    with open('/proc/self/status') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('VmHWM'))

spec, folder, small = sys.argv[1:]
archgraph.compile(spec, weights=small)
if os.path.exists('/proc/self/clear_refs'):
    Path('/proc/self/clear_refs').write_text('5')
    before = peak()
    model = archgraph.compile(spec, weights=folder)
    print((peak() - before) * 1024 / (Path(folder) / 'model.safetensors').stat().st_size)
"""


def section(*, quick: bool = False) -> Section:
    """Measure in so many processes."""
    with tempfile.TemporaryDirectory() as place:
        folder, small = Path(place) / "large", Path(place) / "small"
        _publish(folder, SMALL if quick else GPT2)
        _publish(small, SMALL)
        places = [str(SPEC), str(folder), str(small)]
        runs = [_ran(TIMES, *places, str(seed), str(ROUNDS)) for seed in range(1 if quick else 10)]
        grown = _ran(MEMORY, *places)
    read, whole, apart = zip(*(line for run in runs for line in run), strict=True)
    found = ratio([one - other for one, other in zip(whole, apart, strict=True)], read)
    rows = [
        Row("loading / reading the file once", _shown(found), "≤ 1.3 ×", found.high <= 1.3),
        Row("the whole call / reading the file once", _shown(ratio(whole, read))),
    ]
    for (size,) in grown:
        rows.append(Row("memory / size of the file", f"{size:.2f} ×", "< 1.5 ×, no second copy", size < 1.5))
    return Section("Published weights", HOW, tuple(rows))


def _ran(script: str, *given: str) -> list[list[float]]:
    """The numbers that a script prints, line by line, in a process of its own."""
    words = [sys.executable, "-c", script, *given]
    done = subprocess.run(words, capture_output=True, check=True, text=True, cwd=SPEC.parents[2])
    return [[float(word) for word in line.split()] for line in done.stdout.splitlines()]


def _shown(found: Ratio) -> str:
    return f"{found} ×, reading {found.seconds:.3f} s, {found.pairs} rounds"


def _publish(folder: Path, config: dict[str, int]) -> None:
    """Write a checkpoint of GPT-2 as the hubs have it."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2", **config}), encoding="utf-8")
    torch.manual_seed(0)
    width = config["n_embd"]
    found = {"wte.weight": torch.randn(config["vocab_size"], width), "ln_f.weight": torch.randn(width)}
    found |= {"wpe.weight": torch.randn(config["n_positions"], width), "ln_f.bias": torch.randn(width)}
    sizes = {"attn.c_attn": (1, 3), "attn.c_proj": (1, 1), "mlp.c_fc": (1, 4), "mlp.c_proj": (4, 1)}
    for layer in range(config["n_layer"]):
        for name, (rows, columns) in sizes.items():
            found[f"h.{layer}.{name}.weight"] = torch.randn(rows * width, columns * width)
            found[f"h.{layer}.{name}.bias"] = torch.randn(columns * width)
        for name in ("ln_1.weight", "ln_1.bias", "ln_2.weight", "ln_2.bias"):
            found[f"h.{layer}.{name}"] = torch.randn(width)
    save_file(found, folder / "model.safetensors")
