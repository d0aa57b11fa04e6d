"""Train the language model and the transformer for a fixed time, and measure both on held-out text.

    python benchmarks/training.py             # about 7 minutes on 2 cores
    python benchmarks/training.py --steps 1000     # on a machine that others use as well

Three runs, each by the command line, as a user would: the language model for 90 seconds, the same without
attention, and the transformer from spelling to phonemes for 120 seconds.  The numbers of `training.md` are
the last lines of this script's output.  Wall-clock limits make them depend on the machine and its load; with
`--steps` they do not, and the processor time of each run says how long it would have taken alone.
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
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Trained:
    """The held-out loss of a run, its steps, and the processor time that it took in seconds."""

    loss: float
    steps: int
    seconds: float

    def told(self, name: str) -> dict[str, float]:
        """Return the effort under its name."""
        return {f"steps, {name}": self.steps, f"processor seconds, {name}": self.seconds}


def spent() -> float:
    """Return the processor time of all finished children, in seconds; 0 where the system does not tell."""
    times = os.times()
    return times.children_user + times.children_system


def train(spec: str, data: str, *, kind: str, limit: int | None) -> Trained:
    """Train for the kind's time, or for `limit` steps."""
    before, name = spent(), Path(spec).stem
    limits = ("--max-steps", str(limit)) if limit else ("--max-seconds", str(SECONDS[kind]))
    run = (OUT / name).as_posix()
    told = call(["-m", "archgraph", "train", spec, "--data", data, "--out", run, *limits, *OPTIONS[kind], *WHOLE])
    loss = re.search(r"held-out loss ([\d.]+)", told)
    steps = re.search(r"step-(\d+)", told)
    assert loss is not None
    assert steps is not None
    return Trained(float(loss[1]), int(steps[1]), round(spent() - before))


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


def language(limit: int | None) -> dict[str, float]:
    """Measure the language model, with attention and without."""
    with_it = train(LANGUAGE, TEXT, kind="language", limit=limit)
    without = train(without_attention(), TEXT, kind="language", limit=limit)
    first, second, *_ = GOALS
    effort = {**with_it.told("language model"), **without.told("without attention")}
    return {first: with_it.loss, second: round(without.loss - with_it.loss, 4), **effort}


def words(limit: int | None) -> dict[str, float]:
    """Measure the transformer on the words of a dictionary that it has not seen."""
    folder = OUT / "words"
    call(["examples/cmudict_pairs.py", folder.as_posix()])
    trained = train(WORDS, (folder / "train.tsv").as_posix(), kind="words", limit=limit)
    run, held_out = (OUT / "pronunciation").as_posix(), (folder / "held_out.tsv").as_posix()
    told = call(["examples/evaluate_phonemes.py", run, held_out])
    report = json.loads(told.strip().split("\n")[-1])
    *_, third, fourth = GOALS
    return {third: report["phoneme_error"], fourth: report["lower_energy"], **trained.told("transformer")}


def main() -> None:
    """Train, measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=["language", "words"])
    parser.add_argument("--steps", type=int, help="of each run, in place of its time")
    given = parser.parse_args()
    os.chdir(HOME)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    before = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    measured: dict[str, float] = {}
    for part in (language, words):
        if given.only in (None, part.__name__):
            measured |= part(given.steps)
    print(f"{date.today()}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"load {before:.1f} before the first run, OMP_NUM_THREADS {os.environ.get('OMP_NUM_THREADS', 'unset')}")
    for name, value in measured.items():
        print(f"| {name} | {value:g} | {GOALS.get(name, '')} |")


if __name__ == "__main__":
    main()
