"""Train the language model and the transformer for a fixed time, and measure both on held-out text.

    python benchmarks/training.py             # about 7 minutes on 2 cores
    python benchmarks/training.py --only words

Three runs, each by the command line, as a user would: the language model for 90 seconds, the same without
attention, and the transformer from spelling to phonemes for 120 seconds.  The numbers of `training.md` are
the last lines of this script's output.  Wall-clock limits make them depend on the machine and its load.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import yaml

from archgraph.compiler import resolved

HOME = Path(__file__).parents[1]
OUT = Path("runs/benchmarks")
LANGUAGE = "specs/story/language_model.yaml"
WORDS = "specs/story/pronunciation.yaml"
TEXT = "examples/data/shakespeare.txt"
SECONDS = {"language": 90, "words": 120}
OPTIONS = {"language": ("--batch", "16", "--lr", "4e-3"), "words": ("--batch", "64", "--lr", "2e-3")}
# More batches than there are: the held-out loss is that of the whole held-out text.
WHOLE = ("--valid-batches", "100000", "--valid-every", "1000")
GOALS = {
    "nats per character": "at most 1.95",
    "nats without attention, less those with": "at least 0.15",
    "phoneme error": "at most 0.18",
    "true pairs of lower energy": "at least 0.95",
}


def call(words: Sequence[str]) -> str:
    """Run a script or a module with this Python; return what it printed.

    Raises:
        CalledProcessError: it failed.
    """
    print("$ python " + " ".join(words), flush=True)
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=HOME, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    print(done.stdout, flush=True)
    return done.stdout


def train(spec: str, data: str, *, kind: str, name: str) -> tuple[float, int]:
    """Train for the kind's time; return the held-out loss and the number of steps."""
    limits = ("--max-seconds", str(SECONDS[kind]))
    run = (OUT / name).as_posix()
    told = call(["-m", "archgraph", "train", spec, "--data", data, "--out", run, *limits, *OPTIONS[kind], *WHOLE])
    loss = re.search(r"held-out loss ([\d.]+)", told)
    steps = re.search(r"step-(\d+)", told)
    assert loss is not None
    assert steps is not None
    return float(loss[1]), int(steps[1])


def without_attention() -> str:
    """Write the language model without its attention; return the path."""
    spec = yaml.safe_load(resolved(HOME / LANGUAGE))
    layers = spec["nodes"]["predictor"]["layers"][0]["layers"]
    kept = [layer for layer in layers if "self_attention" not in str(layer)]
    assert len(kept) == len(layers) - 1
    spec["nodes"]["predictor"]["layers"][0]["layers"] = kept
    path = OUT / "without_attention.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8", newline="\n")
    return path.as_posix()


def language() -> dict[str, float]:
    """Measure the language model, with attention and without."""
    loss, steps = train(LANGUAGE, TEXT, kind="language", name="language_model")
    other, _ = train(without_attention(), TEXT, kind="language", name="without_attention")
    margin = round(other - loss, 4)
    names = list(GOALS)
    return {names[0]: loss, names[1]: margin, "steps of the language model": steps}


def words() -> dict[str, float]:
    """Measure the transformer on the words of a dictionary that it has not seen."""
    folder = OUT / "words"
    call(["examples/cmudict_pairs.py", folder.as_posix()])
    _, steps = train(WORDS, (folder / "train.tsv").as_posix(), kind="words", name="pronunciation")
    run, held_out = (OUT / "pronunciation").as_posix(), (folder / "held_out.tsv").as_posix()
    told = call(["examples/evaluate_phonemes.py", run, held_out])
    report = json.loads(told.strip().split("\n")[-1])
    names = list(GOALS)
    measured = {names[2]: report["phoneme_error"], names[3]: report["lower_energy"]}
    return {**measured, "steps of the transformer": steps}


def main() -> None:
    """Train, measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=["language", "words"])
    only = parser.parse_args().only
    os.chdir(HOME)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    before = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    measured: dict[str, float] = {}
    for part in (language, words):
        if only in (None, part.__name__):
            measured |= part()
    print(f"{date.today()}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"load {before:.1f} before the first run, OMP_NUM_THREADS {os.environ.get('OMP_NUM_THREADS', 'unset')}")
    for name, value in measured.items():
        print(f"| {name} | {value:g} | {GOALS.get(name, '')} |")


if __name__ == "__main__":
    main()
