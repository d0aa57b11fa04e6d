"""Text to ids and back.

A codec knows its symbols and the ids they take.  Ids that the variable keeps for padding, start and stop
are left out of the count; everything else takes the free ids in order.  The state is plain JSON, which is
how a checkpoint carries it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from typing import Any

from archgraph.train.errors import TrainError
from archgraph.train.field import Field

KINDS = ("chars", "bytes", "words", "labels")
BYTES = 256


@dataclass(frozen=True)
class Codec:
    """A vocabulary, and the way text falls apart into its symbols.

    Attributes:
        kind: `chars`, `bytes`, `words` (split at white space) or `labels` (the whole text is one symbol).
        symbols: the symbols with an id, in the order of `ids`.
        ids: their ids.
        special: ids that stand for no text (padding, start, stop).
        unknown: the id of whatever has none of its own, or None where that is an error.
    """

    kind: str
    symbols: tuple[str, ...]
    ids: tuple[int, ...]
    special: frozenset[int] = frozenset()
    unknown: int | None = None

    @property
    def size(self) -> int:
        """The number of classes a model needs: one more than the largest id."""
        taken = [*self.ids, *self.special, *(() if self.unknown is None else (self.unknown,))]
        return max(taken, default=-1) + 1

    def split(self, text: str) -> list[str]:
        """Return the symbols of a text, known or not."""
        return _split(self.kind, text)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text, without start or stop.

        Raises:
            TrainError: a symbol has no id, and the codec no id for unknown ones.
        """
        found = [self.table.get(symbol, self.unknown) for symbol in self.split(text)]
        if None in found:
            raise self._no_id(found.index(None), text)
        return [i for i in found if i is not None]

    def only_id(self, text: str) -> int:
        """Return the id of a text of one symbol.

        Raises:
            TrainError: there is not one symbol, or it has no id.
        """
        ids = self.encode(text)
        if len(ids) != 1:
            raise TrainError(f"{text!a} has {len(ids)} symbols, and must be one", "give one of the text's own")
        return ids[0]

    @cached_property
    def table(self) -> dict[str, int]:
        """The id of each symbol."""
        return dict(zip(self.symbols, self.ids, strict=True))

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids; special ones vanish, an unknown one reads as U+FFFD."""
        names = dict(zip(self.ids, self.symbols, strict=True))
        parts = [names.get(i, "\ufffd") for i in ids if i not in self.special]
        if self.kind == "bytes":
            known = bytes(ord(part) for part in parts if part != "\ufffd")
            return known.decode("utf-8", errors="replace")
        return (" " if self.kind == "words" else "").join(parts)

    def to_json(self) -> dict[str, Any]:
        """Return the state as a mapping that JSON can hold."""
        return {
            "kind": self.kind,
            "symbols": list(self.symbols),
            "ids": list(self.ids),
            "special": sorted(self.special),
            "unknown": self.unknown,
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Codec:
        """Rebuild the codec whose `to_json` returned `state`.

        Raises:
            TrainError: the state is not one that `to_json` returns.
        """
        try:
            kind, unknown = str(state["kind"]), state["unknown"]
            symbols, ids = tuple(state["symbols"]), tuple(state["ids"])
            special = frozenset(state["special"])
        except (KeyError, TypeError) as fault:
            raise TrainError(f"the checkpoint's codec is unreadable: {fault}") from fault
        return cls(kind=kind, symbols=symbols, ids=ids, special=special, unknown=unknown)

    def _no_id(self, position: int, text: str) -> TrainError:
        symbol = self.split(text)[position]
        return TrainError(
            f"symbol {symbol!a} at position {position} is not in the vocabulary of {len(self.symbols)}",
            "use symbols of the training text, or train with a text that holds this one",
        )


def build_codec(field: Field, texts: Iterable[str], *, root: Path | None = None) -> Codec:
    """Return the codec of a variable, its vocabulary taken from the training texts.

    Args:
        field: the variable; without a codec, tokens are `chars` and classes `labels`.
        texts: the training texts of this variable, read once.
        root: the folder that holds a vocabulary file, and out of which none is read.

    Raises:
        TrainError: the vocabulary does not fit the variable's classes, or its file is not to be had.
    """
    kind = field.codec or ("labels" if field.element == "class" else "chars")
    if kind == "bytes":
        codec = _assign("bytes", [chr(i) for i in range(BYTES)], special=field.special)
    elif kind in KINDS:
        codec = _from_texts(kind, texts, field)
    else:
        codec = read_vocabulary(kind, field=field, root=root or Path())
    _require_fit(codec, field)
    return codec


def read_vocabulary(name: str, *, field: Field, root: Path) -> Codec:
    """Read a vocabulary file: UTF-8, one symbol a line, the line's number (from 0) its id.

    Text is split at white space if a symbol has several characters, else into characters.  The lines of
    padding, start and stop name no text.

    Raises:
        TrainError: the file lies outside `root`, cannot be read, or holds an empty or repeated line.
    """
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise TrainError(f"{field.name}: the codec '{name}' lies outside the spec's folder", "move it there")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        hint = "name chars, bytes, words, or a UTF-8 file with one symbol a line"
        raise TrainError(f"{field.name}: no codec '{name}': {fault}", hint) from fault
    first: dict[str, int] = {}
    for number, line in enumerate(lines):
        if not line or line in first:
            fact = f"repeats line {first[line] + 1}" if line else "is empty"
            raise TrainError(f"{name}:{number + 1}: this line {fact}", "keep one symbol a line, each once")
        first[line] = number
    kept = {symbol: i for symbol, i in first.items() if i not in field.special}
    kind = "words" if any(len(symbol) > 1 for symbol in kept) else "chars"
    return Codec(kind, tuple(kept), tuple(kept.values()), field.special)


def _split(kind: str, text: str) -> list[str]:
    if kind == "words":
        return text.split()
    if kind == "bytes":
        return [chr(i) for i in text.encode("utf-8")]
    return [text] if kind == "labels" else list(text)


def _assign(kind: str, symbols: Sequence[str], *, special: frozenset[int], unknown: bool = False) -> Codec:
    wanted = len(symbols) + unknown
    free = list(islice((i for i in count() if i not in special), wanted))
    return Codec(kind, tuple(symbols), tuple(free[unknown:]), special, free[0] if unknown else None)


def _from_texts(kind: str, texts: Iterable[str], field: Field) -> Codec:
    seen = Counter(symbol for text in texts for symbol in _split(kind, text))
    room = None if field.classes is None else field.classes - len(field.special)
    if kind == "words" and room is not None and len(seen) > room > 0:
        # A vocabulary of a stated size keeps the commonest words; the rest share one id.
        common = sorted(seen, key=lambda word: (-seen[word], word))[: room - 1]
        return _assign(kind, sorted(common), special=field.special, unknown=True)
    if kind == "labels" and all(symbol.isdecimal() for symbol in seen):
        # Labels that are numbers already keep them, whatever order they come in.
        return _assign(kind, [str(i) for i in range(max(map(int, seen), default=-1) + 1)], special=field.special)
    return _assign(kind, sorted(seen), special=field.special)


def _require_fit(codec: Codec, field: Field) -> None:
    if field.classes is not None and codec.size > field.classes:
        raise TrainError(
            f"{field.name} has {field.classes} classes, its {codec.kind} need {codec.size}",
            f"give {field.name} {codec.size} classes, or a param that is `auto`",
        )
