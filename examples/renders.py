"""Draw every spec into `renders/`: dark and light, SVG and PNG, sheets with all of them, and what each step adds.

python examples/renders.py            # writes what has changed, removes what no spec stands behind
python examples/renders.py --check    # writes nothing; lists what is out of date, and exits 1 if anything is
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import resvg_py

from archgraph.compiler import draw_diff, program
from archgraph.compiler.picture import scene_of
from archgraph.draw import Options, Scene, built, draw, write

HOME = Path(__file__).parents[1]
SPECS = HOME / "specs"
FOLDER = HOME / "renders"
THEMES = ("dark", "light")
PIXELS = 1280
# The sheet: this many slides in a row, each so many points wide, with a gap between them.
COLUMNS, TILE, GAP = 4, 480, 12
SLIDE = 960
ENDINGS = (".svg", ".png")
# The order in which the specs tell the story, as the gallery has it; others come after them.
ORDER = (
    *("autoencoder", "sparse_autoencoder", "denoising_autoencoder", "sequence_autoencoder"),
    *("language_model", "self_attention", "rnn"),
    *("conditional_predictive", "cross_attention", "rnn_seq2seq", "bag_of_words"),
    *("transformer", "transformer_interleaved", "pronunciation"),
    *("latent_predictive", "variational_autoencoder"),
)
# What the second spec of each pair has that the first has not, drawn as a difference.
STEPS = (
    ("autoencoder", "sparse_autoencoder"),
    ("autoencoder", "denoising_autoencoder"),
    ("sequence_autoencoder", "language_model"),
    ("language_model", "conditional_predictive"),
)
# Other looks at specs, each drawn dark.
LOOKS: dict[str, tuple[str, dict[str, object]]] = {
    "in_use": ("transformer", {"use": "generate"}),
    "way_of_y": ("transformer", {"highlight": "y"}),
    "unrolled": ("rnn", {"unroll": 3}),
    "unrolled_in_use": ("transformer", {"use": "generate", "unroll": 3}),
    "with_equations": ("variational_autoencoder", {"equations": True}),
    "inside_attention": ("llama3", {"depth": 3}),
}


def specs() -> list[Path]:
    """Return the files of all specs, by family and name."""
    return sorted(SPECS.glob("*/*.yaml"))


def scene(spec: Path, theme: str) -> Scene:
    """Return the picture of a spec."""
    return draw(program(spec).graph, theme=theme)


def files(spec: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the pictures of a spec: their path under `renders/` and their bytes."""
    for theme in THEMES:
        drawn = scene(spec, theme)
        place = Path(spec.parent.name) / theme / spec.stem
        yield place.with_suffix(".svg"), write(drawn, "svg")
        yield place.with_suffix(".png"), write(drawn, "png", Options(width=PIXELS))


def sheet(scenes: Sequence[Scene]) -> str:
    """Return an SVG of slides side by side."""
    rows = -(-len(scenes) // COLUMNS)
    height = round(max(drawn.height for drawn in scenes) * TILE / SLIDE)
    size = (COLUMNS * (TILE + GAP) + GAP, rows * (height + GAP) + GAP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}">']
    parts.append(f'<rect width="{size[0]}" height="{size[1]}" fill="#404040"/>')
    for number, drawn in enumerate(scenes):
        x, y = GAP + number % COLUMNS * (TILE + GAP), GAP + number // COLUMNS * (height + GAP)
        text = write(drawn, "svg", Options(prefix=f"s{number}-")).decode("utf-8")
        placed = f'<svg x="{x}" y="{y}" width="{TILE}" height="{height}"'
        parts.append(re.sub(r'<svg xmlns="[^"]*" width="[^"]*" height="[^"]*"', placed, text, count=1))
    return "\n".join([*parts, "</svg>", ""])


def sheets() -> Iterator[tuple[Path, bytes]]:
    """Yield the sheets of every family of specs, dark and light, as PNG; the story in its order."""
    for family in sorted({spec.parent.name for spec in specs()}):
        for theme, name in zip(THEMES, ("sheet.png", "sheet-light.png"), strict=True):
            members = sorted((spec for spec in specs() if spec.parent.name == family), key=_place)
            drawn = sheet([scene(spec, theme) for spec in members])
            yield Path(family) / name, bytes(resvg_py.svg_to_bytes(svg_string=drawn, dpi=72))


def _place(spec: Path) -> tuple[int, str]:
    return (ORDER.index(spec.stem) if spec.stem in ORDER else len(ORDER), spec.stem)


def steps() -> Iterator[tuple[Path, bytes]]:
    """Yield what each step of the story adds, named after the spec that it leads to."""
    files = {spec.stem: spec for spec in specs() if spec.parent.name == "story"}
    for before, after in STEPS:
        if before not in files or after not in files:
            continue
        for theme in THEMES:
            place = Path("steps") / theme / after
            yield place.with_suffix(".svg"), draw_diff(files[before], files[after], "svg", theme=theme)
            yield place.with_suffix(".png"), draw_diff(files[before], files[after], "png", theme=theme, width=PIXELS)


def looks() -> Iterator[tuple[Path, bytes]]:
    """Yield the other looks at the specs that there are, and the sheet of a build."""
    wanted = {"transformer", *(spec for spec, _ in LOOKS.values())}
    programs = {spec.stem: program(spec) for spec in specs() if spec.stem in wanted}
    for name, (spec, look) in LOOKS.items():
        if spec not in programs:
            continue
        drawn = scene_of(programs[spec], **look)  # type: ignore[arg-type]
        place = Path("looks") / name
        yield place.with_suffix(".svg"), write(drawn, "svg")
        yield place.with_suffix(".png"), write(drawn, "png", Options(width=PIXELS))
    if "transformer" in programs:
        graph = programs["transformer"].graph
        frames = sheet(built(draw(graph), graph))
        yield Path("looks") / "built.png", bytes(resvg_py.svg_to_bytes(svg_string=frames, dpi=72))


def pictures() -> Iterator[tuple[Path, bytes]]:
    """Yield every file that belongs under `renders/`."""
    for spec in specs():
        yield from files(spec)
    yield from sheets()
    yield from steps()
    yield from looks()


def replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def strangers(known: set[Path]) -> list[Path]:
    """Return pictures under `renders/` that no spec stands behind."""
    found = (path.relative_to(FOLDER) for path in FOLDER.rglob("*") if path.suffix in ENDINGS)
    return sorted(set(found) - known)


def main() -> None:
    """Write the pictures, or say which are out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if anything is out of date")
    check = parser.parse_args().check
    made = dict(pictures())
    changed = [
        path for path, data in made.items() if not (FOLDER / path).is_file() or (FOLDER / path).read_bytes() != data
    ]
    extra = strangers(set(made))
    for path in (*changed, *extra):
        print(f"{'out of date' if check else 'written' if path in made else 'removed'}: {path.as_posix()}")
    if check:
        sys.exit(1 if changed or extra else 0)
    for path in changed:
        replace(FOLDER / path, made[path])
    for path in extra:
        (FOLDER / path).unlink()


if __name__ == "__main__":
    main()
