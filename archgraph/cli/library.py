"""The specs that ship with the package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archgraph.core.source import Mapping

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Shipped:
    """A spec of the library.

    Attributes:
        name: what `new` calls it: the file's name without its ending.
        path: its file.
        teaches: its first line, which says what it is there for.
    """

    name: str
    path: Path
    teaches: str


@cache
def library() -> dict[str, Shipped]:
    """Return the specs by name: beside the code in a wheel, beside the package in a checkout."""
    places = (PACKAGE / "specs", PACKAGE.parent / "specs")
    root = next((place for place in places if place.is_dir()), places[0])
    paths = sorted(root.glob("**/*.yaml"), key=lambda path: path.stem)
    return {path.stem: Shipped(path.stem, path, _teaches(path)) for path in paths}


def family(spec: Shipped) -> list[Path]:
    """Return a spec's file and, behind it, every file that it names, each once."""
    found, ahead = [], [spec.path]
    while ahead:
        path = ahead.pop(0)
        if path not in found:
            found.append(path)
            ahead += [path.parent / name for name in _named(path)]
    return found


def families() -> dict[str, Shipped]:
    """Return the specs that published checkpoints fit, by the `model_type` of their configs."""
    from archgraph.core.source import Mapping, plain

    found: dict[str, Shipped] = {}
    for spec in library().values():
        section = _tree(spec.path).get("weights")
        names = _words(section) if section is not None else []
        section = _tree(spec.path.parent / names[0]) if names else section
        listed = section.get("family") if isinstance(section, Mapping) else None
        known = plain(listed) if listed is not None else []
        for name in [known] if isinstance(known, str) else known if isinstance(known, list) else []:
            found.setdefault(str(name), spec)
    return dict(sorted(found.items()))


def _teaches(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def _named(path: Path) -> list[str]:
    """The files that a spec names, in its own order."""
    tree = _tree(path)
    names: list[str] = []
    for key in ("extends", "include", "weights"):
        entry = tree.get(key)
        if entry is not None:
            names += _words(entry)
    return names


def _words(tree: object) -> list[str]:
    from archgraph.core.source import Scalar, Sequence

    if isinstance(tree, Scalar):
        return [str(tree.value)]
    return [str(item.value) for item in tree.items if isinstance(item, Scalar)] if isinstance(tree, Sequence) else []


def _tree(path: Path) -> Mapping:
    from archgraph.core.diagnostic import Collector
    from archgraph.lang.read import read
    from archgraph.lang.screen import decode_text

    into = Collector()
    return read(decode_text(path.read_bytes(), path.name, into), into).root
