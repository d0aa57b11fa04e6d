"""Check, draw, emit and train two specs of the story on real text, and show what came of it.

    python examples/demo.py            # under 6 minutes on 2 cores
    python examples/demo.py --quick    # the same, hardly trained: to see that it runs

The language model learns nine plays letter by letter; the transformer learns to say words from their
spelling.  Every command is printed as it runs, so that each can be repeated by hand.  Everything is written
to `runs/demo` (`runs/demo-quick`), which each run empties first.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[1]
STORY = "specs/story/{}.yaml"
LANGUAGE, TRANSFORMER, WORDS = "language_model", "transformer", "pronunciation"
SECONDS = {LANGUAGE: 90, WORDS: 120}
PLAYS = "examples/data/shakespeare.txt"
PROMPTS = ("ROMEO. ", "MACBETH. ")
BOLD = "\033[1m{}\033[0m"


@dataclass(frozen=True)
class Demo:
    """One run of the demo: where it writes, and whether it hardly trains."""

    out: Path
    quick: bool

    def path(self, *parts: str) -> str:
        """Return a path below the folder that it writes to."""
        return self.out.joinpath(*parts).as_posix()

    def train(self, name: str, data: str, *options: str) -> None:
        """Train a spec of the story for its time."""
        limit = ("--max-steps", "4") if self.quick else ("--max-seconds", str(SECONDS[name]))
        words = ["archgraph", "train", STORY.format(name), "--data", data, "--out", self.path(name)]
        call([*words, *options, *limit])


def heading(text: str) -> None:
    """Print what comes next."""
    print("\n" + (BOLD.format(text) if sys.stdout.isatty() else text), flush=True)


def call(words: Sequence[str]) -> None:
    """Print a command and run it with this Python; leave the demo if it fails."""
    print("$ " + shlex.join(words), flush=True)
    program = ["-m", "archgraph"] if words[0] == "archgraph" else []
    # A terminal of a foreign code page would otherwise refuse letters that a model may well write.
    world = {**os.environ, "PYTHONIOENCODING": "utf-8:replace"}
    command = [sys.executable, *program, *words[1:]]
    code = subprocess.run(command, cwd=HOME, env=world, check=False).returncode
    if code:
        sys.exit(code)


def prepare(demo: Demo) -> None:
    """Check the specs, draw them and write their source."""
    heading("1  Check: shapes, time and roles, before anything is computed")
    call(["archgraph", "check", *map(STORY.format, (LANGUAGE, TRANSFORMER, WORDS))])
    heading("2  Draw, and write the source")
    for name, size in ((LANGUAGE, ["--set", "vocab=96"]), (TRANSFORMER, [])):
        picture = demo.path("pictures", name)
        call(["archgraph", "render", STORY.format(name), "-o", f"{picture}.svg", "-o", f"{picture}.png"])
        call(["archgraph", "emit", STORY.format(name), *size, "-o", demo.path("source", f"{name}.py")])


def learn_language(demo: Demo) -> None:
    """Train the language model and let it write."""
    heading("3  Train the language model on nine plays, letter by letter")
    window = 128
    demo.train(LANGUAGE, PLAYS, "--window", str(window), "--batch", "8", "--lr", "4e-3")
    heading("   What it writes:")
    for prompt in PROMPTS:
        # It has met no place beyond its window, and would babble there.
        length = 4 if demo.quick else window - len(prompt)
        words = ["archgraph", "generate", demo.path(LANGUAGE), "--prompt", prompt]
        call([*words, "--max-length", str(length), "--temperature", "0.7"])


def learn_words(demo: Demo) -> None:
    """Train the transformer from spelling to phonemes, and try it on words that it has not seen."""
    heading("4  Train the transformer: the spelling of a word to its phonemes")
    call(["python", "examples/cmudict_pairs.py", demo.path("words")])
    lesson = "held_out.tsv" if demo.quick else "train.tsv"  # the short list reads faster
    demo.train(WORDS, demo.path("words", lesson), "--batch", "64", "--lr", "2e-3")
    heading("   Words that it has not seen, and the dictionary where it says otherwise:")
    number = "16" if demo.quick else "500"
    held_out = demo.path("words", "held_out.tsv")
    call(["python", "examples/evaluate_phonemes.py", demo.path(WORDS), held_out, "--words", number])


def show(demo: Demo) -> None:
    """Say where everything is."""
    heading("5  Where to look")
    shown = {
        "pictures": sorted((demo.out / "pictures").iterdir()),
        "emitted source": sorted((demo.out / "source").iterdir()),
        "loss curves": [demo.out / name / "curve.png" for name in (LANGUAGE, WORDS)],
    }
    for what, paths in shown.items():
        for path in paths:
            print(f"   {what:<16} {path.as_posix()}")


def main() -> None:
    """Run the demo from the beginning."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few steps of training only")
    quick = parser.parse_args().quick
    begun = time.monotonic()
    os.chdir(HOME)
    demo = Demo(Path("runs/demo-quick" if quick else "runs/demo"), quick)
    shutil.rmtree(demo.out, ignore_errors=True)
    for folder in ("pictures", "source"):
        (demo.out / folder).mkdir(parents=True)
    for part in (prepare, learn_language, learn_words, show):
        part(demo)
    print(f"\n{time.monotonic() - begun:.0f} seconds in all")


if __name__ == "__main__":
    main()
