"""Text to ids and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgraph.train.codec import Codec, build_codec
from archgraph.train.errors import TrainError
from archgraph.train.field import Field

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
SPECIAL = st.tuples(*[st.none() | st.integers(0, 9)] * 3)


def field(codec: str | None, *, classes: int | None = None, special: tuple[int | None, ...] = ()) -> Field:
    pad, start, stop = special or (0, 1, 2)
    return Field("y", "target", "tokens", classes, pad, start, stop, codec)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["chars", "bytes", "labels"]), TEXT, SPECIAL)
def test_text_survives_the_way_through_ids_and_json(kind: str, text: str, special: tuple[int | None, ...]) -> None:
    made = build_codec(field(kind, special=special), [text])
    codec = Codec.from_json(json.loads(json.dumps(made.to_json())))
    ids = codec.encode(text)
    assert codec == made
    assert codec.decode(ids) == text
    assert not set(ids) & {i for i in special if i is not None}
    assert max(ids, default=-1) < codec.size


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(categories=("L", "N")), min_size=1), max_size=8))
def test_words_survive_with_single_blanks(words: list[str]) -> None:
    codec = build_codec(field("words"), [" ".join(words)])
    assert codec.decode(codec.encode("  ".join(words))) == " ".join(words)


def test_ids_do_not_depend_on_the_order_of_the_texts() -> None:
    assert build_codec(field("chars"), ["ab", "ca"]) == build_codec(field("chars"), ["cb", "aa"])


def test_special_ids_are_not_decoded() -> None:
    codec = build_codec(field("chars"), ["ab"])
    assert codec.decode([1, *codec.encode("ab"), 2, 0, 0]) == "ab"


def test_names_the_symbol_without_an_id() -> None:
    codec = build_codec(field("chars"), ["abc"])
    with pytest.raises(TrainError, match=r"symbol 'z' at position 2"):
        codec.encode("abz")


def test_a_stated_size_keeps_the_commonest_words() -> None:
    codec = build_codec(field("words", classes=6), ["a a b b b c d"])
    assert codec.size == 6
    assert codec.symbols == ("a", "b")
    assert codec.decode(codec.encode("a b zzz")) == "a b \ufffd"


def test_refuses_more_characters_than_classes() -> None:
    with pytest.raises(TrainError, match="y has 5 classes, its chars need 6"):
        build_codec(field("chars", classes=5), ["abc"])


def test_a_file_numbers_symbols_by_line(tmp_path: Path) -> None:
    (tmp_path / "phones.txt").write_text("<pad>\n<s>\n</s>\nAH\nB\n", encoding="utf-8", newline="\n")
    codec = build_codec(field("phones.txt"), [], root=tmp_path)
    assert codec.encode("B AH") == [4, 3]
    assert codec.decode([1, 4, 3, 2, 0]) == "B AH"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\nb\na\n", "phones.txt:3: this line repeats line 1"),
        ("a\n\nb\n", "phones.txt:2: this line is empty"),
    ],
)
def test_a_bad_vocabulary_line_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "phones.txt").write_text(text, encoding="utf-8", newline="\n")
    with pytest.raises(TrainError, match=message):
        build_codec(field("phones.txt"), [], root=tmp_path)


@pytest.mark.parametrize("name", ["../secret.txt", "missing.txt"])
def test_reads_no_vocabulary_from_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("a\n", encoding="utf-8", newline="\n")
    (tmp_path / "in").mkdir()
    with pytest.raises(TrainError, match="y: "):
        build_codec(field(name), [], root=tmp_path / "in")
