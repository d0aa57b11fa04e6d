"""Check, draw, emit and train two specs of the story on real text, and show what came of it.

    python examples/demo.py            # under 6 minutes on 2 cores
    python examples/demo.py --quick    # the same, hardly trained: seconds, to see that it runs

The language model learns nine plays letter by letter; the transformer learns to say words from their
spelling.  Every command is printed as it runs, so that each can be repeated by hand.  Everything is written
to `runs/demo`, which each run empties first.
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
OUT = Path("runs/demo")
STORY = Path("specs/story")
NAMES = ("language_model", "transformer", "pronunciation")
SPECS = tuple((STORY / f"{name}.yaml").as_posix() for name in NAMES)
PROMPT = "ROMEO. "
BARE = "\033[{}m{}\033[0m"


@dataclass(frozen=True)
class Lesson:
    """One training run.

    Attributes:
        name: of the spec in the story.
        data: the file it learns from.
        seconds: of training.
        options: further words of the command.
    """

    name: str
    data: str
    seconds: int
    options: tuple[str, ...]

    @property
    def run(self) -> str:
        """The folder of checkpoints and curves."""
        return (OUT / self.name).as_posix()

    def command(self, quick: bool) -> list[str]:
        """Return the words of its command."""
        words = ["archgraph", "train", (STORY / f"{self.name}.yaml").as_posix()]
        words += ["--data", self.data, "--out", self.run, *self.options]
        return [*words, "--max-steps", "4"] if quick else [*words, "--max-seconds", str(self.seconds)]


LANGUAGE = Lesson(
    name="language_model",
    data="examples/data/shakespeare.txt",
    seconds=90,
    options=("--batch", "16", "--lr", "3e-3", "--precision", "bf16"),
)
WORDS = Lesson(
    name="pronunciation",
    data=(OUT / "words" / "train.tsv").as_posix(),
    seconds=120,
    options=("--batch", "64", "--lr", "2e-3", "--precision", "bf16"),
)


def heading(text: str) -> None:
    """Print what comes next."""
    print("\n" + (BARE.format(1, text) if sys.stdout.isatty() else text), flush=True)


def call(words: Sequence[str]) -> None:
    """Print a command and run it with this Python; leave the demo if it fails."""
    print("$ " + shlex.join(words), flush=True)
    program = ["-m", "archgraph"] if words[0] == "archgraph" else [words[1]]
    rest = words[1:] if words[0] == "archgraph" else words[2:]
    # A terminal of a foreign code page would otherwise refuse letters that a model may well write.
    world = {**os.environ, "PYTHONIOENCODING": "utf-8:replace"}
    code = subprocess.run([sys.executable, *program, *rest], cwd=HOME, env=world, check=False).returncode
    if code:
        sys.exit(code)


def prepare() -> None:
    """Check the specs, draw them and write their source."""
    heading("1  Check: shapes, time and roles, before anything is computed")
    call(["archgraph", "check", *SPECS])
    heading("2  Draw, and write the source")
    for name in ("language_model", "transformer"):
        spec, picture = (STORY / f"{name}.yaml").as_posix(), (OUT / "pictures" / name).as_posix()
        call(["archgraph", "render", spec, "-o", f"{picture}.svg", "-o", f"{picture}.png"])
        size = ("--set", "vocab=96") if name == "language_model" else ()
        call(["archgraph", "emit", spec, *size, "-o", (OUT / "source" / f"{name}.py").as_posix()])


def learn_language(quick: bool) -> None:
    """Train the language model and let it write."""
    heading("3  Train the language model on nine plays, letter by letter")
    call(LANGUAGE.command(quick))
    length = "20" if quick else "400"
    heading("   What it writes:")
    words = ["archgraph", "generate", LANGUAGE.run, "--prompt", PROMPT, "--max-length", length]
    call([*words, "--temperature", "0.7"])


def learn_words(quick: bool) -> None:
    """Train the transformer from spelling to phonemes, and try it on words that it has not seen."""
    heading("4  Train the transformer: the spelling of a word to its phonemes")
    call(["python", "examples/cmudict_pairs.py", (OUT / "words").as_posix()])
    call(WORDS.command(quick))
    heading("   Words that it has not seen, and the dictionary where it says otherwise:")
    held_out = (OUT / "words" / "held_out.tsv").as_posix()
    number = "16" if quick else "500"
    call(["python", "examples/evaluate_phonemes.py", WORDS.run, held_out, "--words", number])


def show() -> None:
    """Say where everything is."""
    heading("5  Where to look")
    shown = [("pictures", OUT / "pictures"), ("emitted source", OUT / "source")]
    shown += [(f"loss curve, {lesson.name}", Path(lesson.run) / "curve.png") for lesson in (LANGUAGE, WORDS)]
    for what, place in shown:
        inside = sorted(file.name for file in place.iterdir()) if place.is_dir() else []
        print(f"   {what:<28} {place.as_posix()}" + (f"  ({', '.join(inside)})" if inside else ""))


def main() -> None:
    """Run the demo from the beginning."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few steps of training only")
    quick = parser.parse_args().quick
    begun = time.monotonic()
    os.chdir(HOME)
    shutil.rmtree(OUT, ignore_errors=True)
    for folder in ("pictures", "source"):
        (OUT / folder).mkdir(parents=True)
    prepare()
    learn_language(quick)
    learn_words(quick)
    show()
    print(f"\n{time.monotonic() - begun:.0f} seconds in all")


if __name__ == "__main__":
    main()
