"""Text, pairs and arrays, good and bad."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from archgraph.compiler import program
from archgraph.train.batch import Data
from archgraph.train.codec import Codec
from archgraph.train.config import TrainConfig
from archgraph.train.data import load_data
from archgraph.train.errors import TrainError
from archgraph.train.field import Field
from archgraph.train.text import Windows

PAIRS = "ab\tX Y\nabc\tX Y Z\na\tX\n\nba\tY X\n"


@pytest.fixture
def words(y: Field) -> Field:
    return replace(y, codec="words")


def load(tmp_path: Path, content: bytes, *fields: Field, name: str = "data.tsv", **change: object) -> Data:
    path = tmp_path / name
    path.write_bytes(content)
    return load_data(replace(TrainConfig(str(path), "out", valid_fraction=0.0), **change), fields)


def test_text_windows_lie_in_the_text_and_held_out_ones_apart(tmp_path: Path, y: Field) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(4000))  # Each symbol once, so a window shows its place.
    data = load(tmp_path, text.encode(), y, window=10, valid_fraction=0.2)
    assert isinstance(data.train, Windows)
    assert isinstance(data.valid, Windows)
    seen: set[int] = set()
    for epoch in range(5):
        for items in data.train.plan(8, seed=0, epoch=epoch):
            rows = data.train.batch(items).values["y"]
            assert all(row[1:].tolist() == (row[:-1] + 1).tolist() for row in rows)
            seen.update(rows.flatten().tolist())
    held = {
        i
        for items in data.valid.plan(8, seed=0, epoch=0)
        for i in data.valid.batch(items).values["y"].flatten().tolist()
    }
    assert len(held) >= 400
    assert not seen & held
    assert len(seen) + len(held) > 3800


def test_text_windows_move_between_epochs(tmp_path: Path, y: Field, text_file: Path) -> None:
    data = load(tmp_path, text_file.read_bytes(), y, window=16)
    starts = [{i for items in data.train.plan(4, seed=0, epoch=e) for i in items} for e in (0, 1, 0)]
    assert starts[0] == starts[2] != starts[1]


def test_pairs_are_padded_and_targets_end_with_stop(tmp_path: Path, x: Field, words: Field) -> None:
    data = load(tmp_path, PAIRS.encode(), words, x)
    assert [field.name for field in data.fields] == ["x", "y"]
    batch = data.train.batch([0, 1])
    assert batch.values["x"].tolist() == [[1, 2, 0], [1, 2, 3]]
    assert batch.values["y"].tolist() == [[3, 4, 2, 0], [3, 4, 5, 2]]
    assert batch.weight == 7
    assert data.sizes() == {"letters": 4, "vocab": 6}


def test_variables_of_one_vocabulary_share_it(tmp_path: Path, y: Field) -> None:
    data = load(tmp_path, b"ab\tcd\n", replace(y, name="x", kind="input"), y)
    assert data.codecs["x"] == data.codecs["y"]
    assert data.codecs["x"].symbols == ("a", "b", "c", "d")


def test_classes_are_read_as_labels(tmp_path: Path, x: Field) -> None:
    label = Field("y", "target", "class", 2)
    batch = load(tmp_path, b"ab\tgood one\nb\tbad\n", x, label).train.batch([0, 1])
    assert batch.values["y"].tolist() == [1, 0]
    numbers = load(tmp_path, b"ab\t1\nb\t0\na\t1\n", x, label).train.batch([0, 1])
    assert numbers.values["y"].tolist() == [1, 0]


def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path: Path, x: Field, words: Field) -> None:
    plain = load(tmp_path, PAIRS.encode(), x, words)
    windows = load(tmp_path, b"\xef\xbb\xbf" + PAIRS.replace("\n", "\r\n").encode(), x, words)
    assert plain.train == windows.train


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ab\tX\nab X\n", r"data\.tsv:2: 1 column where the spec has 2"),
        (b"ab\tX\nab\tX\tY\n", r"data\.tsv:2: 3 columns where the spec has 2"),
        (b"ab\tX\n\n\tX\n", r"data\.tsv:3: column 1 is empty"),
        (b"ab\tX\n\xff\tX\n", r"data\.tsv:2: not UTF-8 at byte 5"),
        (b"ab\tX\n" + b"a" * 99 + b"\tX\n", r"data\.tsv:2: x has 99 symbols, the limit is 50"),
        (b"\n\n", r"data\.tsv: no rows"),
        (b"", r"data\.tsv: no rows"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(
    tmp_path: Path, x: Field, words: Field, content: bytes, message: str
) -> None:
    with pytest.raises(TrainError, match=message):
        load(tmp_path, content, x, words, max_length=50)


def test_a_symbol_outside_the_vocabulary_is_named_by_line(tmp_path: Path, x: Field, words: Field) -> None:
    (tmp_path / "data.tsv").write_bytes(b"ab\tX\nac\tX\n")
    codecs = {"x": Codec("chars", ("a", "b"), (1, 2)), "y": Codec("words", ("X",), (3,))}
    with pytest.raises(TrainError, match=r"data\.tsv:2: x: symbol 'c' at position 1"):
        load_data(TrainConfig(str(tmp_path / "data.tsv"), "out"), (x, words), codecs=codecs)


def test_rows_of_different_lengths_need_padding(tmp_path: Path, x: Field, words: Field) -> None:
    with pytest.raises(TrainError, match="x has rows of 1 to 3 symbols and no pad"):
        load(tmp_path, PAIRS.encode(), replace(x, pad=None), words)


def test_rows_fill_the_positions_that_the_spec_fixes(tmp_path: Path, x: Field, words: Field) -> None:
    data = load(tmp_path, PAIRS.encode(), replace(words, length=5), replace(x, length=3))
    batch = data.train.batch([0, 2])
    assert batch.values["x"].tolist() == [[1, 2, 0], [1, 0, 0]]
    assert batch.values["y"].tolist() == [[3, 4, 2, 0, 0], [3, 2, 0, 0, 0]]


def test_rows_that_are_too_long_or_too_short_for_the_spec_are_named(tmp_path: Path, x: Field, words: Field) -> None:
    with pytest.raises(TrainError, match=r"data\.tsv:2: x has 3 symbols, the spec has 2 positions"):
        load(tmp_path, PAIRS.encode(), replace(x, length=2), words)
    with pytest.raises(TrainError, match=r"data\.tsv:1: x has 2 symbols, the spec has 3 positions and no pad"):
        load(tmp_path, PAIRS.encode(), replace(x, length=3, pad=None), words)


def test_a_window_takes_the_positions_that_the_spec_fixes(tmp_path: Path, y: Field) -> None:
    fixed = replace(y, length=4)
    assert load(tmp_path, b"abcdefgh" * 9, fixed, window=4).train.batch([0]).values["y"].shape == (1, 4)
    with pytest.raises(TrainError, match="the spec has 4 positions of y, and a window takes 16 symbols") as told:
        load(tmp_path, b"abcdefgh" * 9, fixed, window=16)
    assert told.value.hint == "give a window of 4"


def test_a_field_knows_the_positions_of_an_axis_that_the_spec_fixes() -> None:
    text = """
archgraph: 1
dims: {T: 6}
variables:
  x: {kind: input, type: "tokens(9)[S]"}
  y: {kind: target, type: "tokens(9)[T]"}
  z: {kind: input, type: "tokens(9)[5]"}
  v: {kind: input, type: "real[T, 2]"}
nodes:
  of_x: {role: encoder, op: {embedding: 2}}
  of_y: {role: encoder, op: {embedding: 2}}
  of_z: {role: encoder, op: {embedding: 2}}
  of_v: {role: encoder, op: {linear: 2}}
edges:
  - x -> of_x
  - y -> of_y
  - z -> of_z
  - v -> of_v
"""
    graph = program(text).graph
    fields = {name: Field.of(graph.variables[name], graph.sizes) for name in "xyzv"}
    assert {name: field.length for name, field in fields.items()} == {"x": None, "y": 6, "z": 5, "v": None}
    assert Field.from_json(fields["y"].to_json()) == fields["y"]


def test_a_text_shorter_than_two_windows_is_refused(tmp_path: Path, y: Field) -> None:
    with pytest.raises(TrainError, match="the text has 5 symbols, and must fill two windows of 16"):
        load(tmp_path, b"abcde", y, window=16)


def test_a_missing_file_is_an_error(x: Field, y: Field) -> None:
    for name in ("missing.tsv", "missing.npz"):
        with pytest.raises(TrainError, match="missing"):
            load_data(TrainConfig(name, "out"), (x, y))


def npz(tmp_path: Path, **arrays: object) -> TrainConfig:
    np.savez(tmp_path / "data.npz", **arrays)
    return TrainConfig(str(tmp_path / "data.npz"), "out", valid_fraction=0.25)


def test_arrays_are_split_and_lengths_travel(tmp_path: Path) -> None:
    sounds, label = Field("x", "input", "real", pad="lengths"), Field("y", "target", "class", 3)
    values = np.arange(16, dtype=np.float64).reshape(4, 4, 1)
    data = load_data(npz(tmp_path, x=values, x_lengths=[1, 2, 3, 4], y=[0, 1, 2, 0]), (label, sounds))
    plan = data.train.plan(4, seed=0, epoch=0)
    batch = data.train.batch(plan[0])
    assert len(plan[0]) == 3
    assert data.valid is not None
    assert (batch.lengths["x"] - 1).tolist() == (batch.values["x"][:, 0, 0] / 4).tolist()
    assert set(batch.arguments()) == {"x", "y", "lengths"}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"y": [0, 1]}, "no array 'x'"),
        ({"x": [[1.0], [2.0]], "y": [0, 3]}, "'y' holds 0 to 3, the spec has 3 classes"),
        ({"x": [[1.0], [2.0]], "y": [0.0, 1.0]}, "'y' has dtype float64, the spec says class"),
        ({"x": [[1.0], [np.nan]], "y": [0, 1]}, r"'x' is not finite at \(1, 0\)"),
        ({"x": [[1.0]], "y": [0, 1]}, "the arrays differ in samples: x 1, y 2"),
    ],
)
def test_bad_arrays_are_named(tmp_path: Path, arrays: dict[str, object], message: str) -> None:
    fields = (Field("x", "input", "real"), Field("y", "target", "class", 3))
    with pytest.raises(TrainError, match=message):
        load_data(npz(tmp_path, **arrays), fields)


def test_arrays_of_other_positions_than_the_spec_has_are_named(tmp_path: Path) -> None:
    fields = (Field("y", "target", "tokens", 9, length=4),)
    with pytest.raises(TrainError, match="'y' has 3 positions, the spec has 4"):
        load_data(npz(tmp_path, y=[[1, 2, 3], [4, 5, 6]]), fields)


def test_an_array_file_never_runs_code(tmp_path: Path) -> None:
    fields = (Field("x", "input", "real"),)
    with pytest.raises(TrainError, match="plain arrays"):
        load_data(npz(tmp_path, x=np.array([print], dtype=object)), fields)


@pytest.mark.parametrize(
    ("text", "hint"), [("", "give a longer text"), ("abcd", "give a longer text, or a --window of at most 2")]
)
def test_a_text_that_is_too_short_says_what_would_fit(tmp_path: Path, y: Field, text: str, hint: str) -> None:
    with pytest.raises(TrainError, match=f"{len(text)} symbols, and must fill two windows of 64") as caught:
        load(tmp_path, text.encode(), y)
    assert caught.value.hint == hint


def test_a_file_of_other_things_under_the_name_of_arrays_is_refused_without_advice_to_unpickle(
    tmp_path: Path, x: Field, words: Field
) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(b"no arrays")
    with pytest.raises(TrainError) as caught:
        load_data(TrainConfig(str(path), "out"), (x, words))
    assert caught.value.message == f"{path}: not an .npz file of plain arrays"
