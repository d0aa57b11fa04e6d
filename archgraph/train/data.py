"""Load the data of a run: find its form, build codecs, split, encode."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch

from archgraph.train.arrays import Arrays, read_arrays
from archgraph.train.batch import Data
from archgraph.train.codec import Codec, build_codec
from archgraph.train.config import TrainConfig
from archgraph.train.errors import TrainError
from archgraph.train.field import Field, in_columns
from archgraph.train.order import split
from archgraph.train.pairs import Encoding, read_rows
from archgraph.train.text import windows


def load_data(
    config: TrainConfig,
    fields: tuple[Field, ...],
    *,
    codecs: Mapping[str, Codec] | None = None,
    root: Path | None = None,
) -> Data:
    """Read the data that `config` names.

    Args:
        config: the run.
        fields: the observed variables.
        codecs: those of a checkpoint; without them, vocabularies come from the whole file.
        root: the spec's folder, for vocabulary files.

    Raises:
        TrainError: the data cannot be read or does not fit the variables.
    """
    ordered = in_columns(fields)
    path = Path(config.data)
    if not ordered:
        raise TrainError("the spec has no observed variable", "add an input or a target to learn from")
    form = _form(config, ordered)
    if form == "arrays":
        return _arrays(config, ordered, path)
    text = _read_text(path)
    loader = _text if form == "text" else _pairs
    return loader(config, ordered, text=text, codecs=codecs, root=root)


def _form(config: TrainConfig, fields: tuple[Field, ...]) -> str:
    form = config.format
    if form == "auto":
        form = "arrays" if config.data.endswith(".npz") else "text" if len(fields) == 1 else "pairs"
    if form == "text" and (len(fields) > 1 or fields[0].element != "tokens"):
        names = ", ".join(field.name for field in fields)
        raise TrainError(f"running text needs one observed variable of tokens, the spec has {names}", "use pairs")
    unfit = [field for field in fields if not field.symbolic]
    if form != "arrays" and unfit:
        fact = f"{unfit[0].name} is {unfit[0].element}, which text cannot give"
        raise TrainError(fact, "give an .npz file with one array per variable")
    return form


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise TrainError(f"{path}:{line}: not UTF-8 at byte {fault.start}", "save the file as UTF-8") from fault


def digest(path: Path) -> str:
    """Return the SHA-256 of a data file, by which a resumed run knows it.

    Raises:
        TrainError: the file cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as fault:
        raise _unreadable(path, fault) from fault


def _unreadable(path: Path, fault: OSError) -> TrainError:
    return TrainError(f"{path}: {(fault.strerror or str(fault)).lower()}", "give a file that can be read")


def _text(
    config: TrainConfig,
    fields: tuple[Field, ...],
    *,
    text: str,
    codecs: Mapping[str, Codec] | None,
    root: Path | None,
) -> Data:
    path = Path(config.data)
    (field,) = fields
    if field.length not in (None, config.window):
        fact = f"the spec has {field.length} positions of {field.name}, and a window takes {config.window} symbols"
        raise TrainError(fact, f"give a window of {field.length}")
    codec = codecs[field.name] if codecs else build_codec(field, [text], root=root)
    try:
        ids = torch.tensor(codec.encode(text), dtype=torch.int64)
    except TrainError as fault:
        raise TrainError(f"{path}: {fault.message}", fault.hint) from fault
    train, valid = windows(field.name, ids, window=config.window, fraction=config.valid_fraction, seed=config.seed)
    return Data(fields, {field.name: codec}, train, valid, digest(path))


def _pairs(
    config: TrainConfig,
    fields: tuple[Field, ...],
    *,
    text: str,
    codecs: Mapping[str, Codec] | None,
    root: Path | None,
) -> Data:
    path = Path(config.data)
    rows = read_rows(text, name=str(path), columns=len(fields))
    train, held = split(len(rows), fraction=config.valid_fraction, seed=config.seed)
    found = codecs or _shared_codecs(fields, [row.cells for row in rows], root)
    encoding = Encoding(str(path), fields, found, config.max_length)
    valid = encoding.encode([rows[i] for i in held]) if held else None
    return Data(fields, found, encoding.encode([rows[i] for i in train]), valid, digest(path))


def _shared_codecs(fields: tuple[Field, ...], cells: list[tuple[str, ...]], root: Path | None) -> dict[str, Codec]:
    """Build the codecs; variables whose types name one vocabulary, read alike, share it."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for column, field in enumerate(fields):
        size = field.symbol or field.classes or field.name
        groups.setdefault((size, field.codec, field.element, field.special), []).append(column)
    found: dict[str, Codec] = {}
    for columns in groups.values():
        texts = (row[column] for column in columns for row in cells)
        codec = build_codec(fields[columns[0]], texts, root=root)
        found.update({fields[column].name: codec for column in columns})
    return {field.name: found[field.name] for field in fields}


def _arrays(config: TrainConfig, fields: tuple[Field, ...], path: Path) -> Data:
    if not path.is_file():
        raise TrainError(f"{path}: no such file", "give an .npz file with one array per variable")
    values, lengths = read_arrays(path, fields)
    count = len(next(iter(values.values())))
    train, held = split(count, fraction=config.valid_fraction, seed=config.seed)
    valid = Arrays(values, lengths, tuple(held)) if held else None
    return Data(fields, {}, Arrays(values, lengths, tuple(train)), valid, digest(path))
