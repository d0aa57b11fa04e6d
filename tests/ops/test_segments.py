"""What cannot be put in front, taken, picked out or put back is refused with both offending values."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from archgraph.graph.masks import Both, Given, Mask, Prefixed, both, stretch
from archgraph.graph.operation import Mismatch
from tests.ops.cases import make
from tests.ops.site import dims, types

X, Y = Given("x"), Given("y")
SEQUENCE = {"x": "real[T, 8]"}
TWELVE = {"x": "real[12, 8]"}
INDEX = {"index": "tokens(12)[5]"}
ROWS: list[tuple[str, dict[str, Any], dict[str, str], tuple[str, ...]]] = [
    ("prepend", {"segment": "cls"}, {"x": "tokens(5)[T]"}, ("tokens(5)[T]", "embedding")),
    ("prepend", {"segment": "cls"}, {"x": "real[3, T, 8]"}, ("real[3, T, 8]",)),
    ("prepend", {"segment": "cls"}, {"x": "real[cls | T, 8]"}, ("cls", "real[cls | T, 8]", "another name")),
    ("prepend", {"segment": "T"}, SEQUENCE, ("'T'", "real[T, 8]")),
    ("prepend", {"segment": "m"}, SEQUENCE | {"front": "real[S, 4]"}, ("real[T, 8]", "real[S, 4]", "linear: 8")),
    ("prepend", {"segment": "m"}, SEQUENCE | {"front": "tokens(5)[S]"}, ("real[T, 8]", "tokens(5)[S]")),
    ("prepend", {"segment": "m"}, SEQUENCE | {"front": "real[a | S, 8]"}, ("real[a | S, 8]", "take one")),
    ("prepend", {"segment": "m"}, SEQUENCE | {"front": "real[S/2, 8]"}, ("S/2",)),
    ("prepend", {"segment": "m", "count": 2}, SEQUENCE | {"front": "real[S, 8]"}, ("count: 2", "real[S, 8]")),
    ("take", {"segment": "cls"}, SEQUENCE, ("take: cls", "real[T, 8]", "prepend")),
    ("take", {"segment": "cls"}, {"x": "real[3, cls | T, 8]"}, ("real[3, cls | T, 8]",)),
    ("take", {"segment": "clz"}, {"x": "real[cls | T, 8]"}, ("clz", "real[cls | T, 8]", "did you mean 'cls'")),
    ("gather", {}, SEQUENCE | INDEX, ("12", "real[T, 8]", "T")),
    ("gather", {}, {"x": "real[3, 12, 8]"} | INDEX, ("real[3, 12, 8]",)),
    ("gather", {}, TWELVE | {"index": "real[5, 1]"}, ("tokens(12)[K]", "real[5, 1]")),
    ("scatter", {}, {"x": "real[4, 8]"} | INDEX, ("real[4, 8]", "tokens(12)[5]")),
    ("scatter", {}, {"x": "real[5, 8]", "index": "real[5, 1]"}, ("tokens(T)[K]", "real[5, 1]")),
    ("scatter", {}, {"x": "real[5, 8]", "into": "real[12, 4]"} | INDEX, ("real[12, 8]", "real[12, 4]")),
    ("scatter", {}, {"x": "real[5, 8]", "into": "real[11, 8]"} | INDEX, ("12", "real[11, 8]")),
    ("token_subset", {"keep": 13}, TWELVE, ("13", "real[12, 8]", "fewer")),
    ("token_subset", {"keep": 3}, SEQUENCE, ("3", "real[T, 8]", "fixed length")),
    ("token_subset", {"keep": 3}, {"x": "real[2, 12, 8]"}, ("real[2, 12, 8]",)),
]


@pytest.mark.parametrize(("name", "arguments", "given", "parts"), ROWS)
def test_says_what_does_not_fit(name: str, arguments: dict[str, Any], given: dict[str, str], parts: tuple[str]) -> None:
    with pytest.raises(Mismatch) as caught:
        make(name, **arguments).shape(types(**given))
    text = f"{caught.value.message} | {caught.value.hint}"
    assert [part for part in parts if part not in text] == []
    assert caught.value.port == "" or caught.value.port in given


@pytest.mark.parametrize("word", ["rest", "class", "2", "a b", "", "forward"])
def test_a_segment_is_called_as_anything_else(word: str) -> None:
    with pytest.raises(ValidationError):
        make("prepend", segment=word)


@pytest.mark.parametrize(
    ("name", "arguments", "given", "padded"),
    [
        ("prepend", {"segment": "m"}, SEQUENCE | {"front": "real[S, 8]"}, "front"),
        ("gather", {}, TWELVE | INDEX, "in"),
        ("scatter", {}, {"x": "real[5, 8]"} | INDEX, "in"),
        ("scatter", {}, {"x": "real[5, 8]"} | INDEX, "index"),
        ("token_subset", {"keep": 3}, TWELVE, "in"),
    ],
)
def test_padding_where_it_would_stand_inside_is_refused(
    name: str, arguments: dict[str, Any], given: dict[str, str], padded: str
) -> None:
    found = types(**given)
    masks = {port: tuple((None,) * len(each.axes) for each in each_port) for port, each_port in found.items()}
    op = make(name, **arguments)
    op.mask(masks, found)
    with pytest.raises(Mismatch, match="pad"):
        op.mask({**masks, padded: tuple((X, *mask[1:]) for mask in masks[padded])}, found)


@pytest.mark.parametrize(
    ("given", "taken", "mask", "expected"),
    [
        ("real[cls | T, 8]", "rest", Prefixed(X, dims("1")), X),
        ("real[cls | T, 8]", "rest", None, None),
        ("real[r(4) | cls | T, 8]", "T", Prefixed(Prefixed(X, dims("1")), dims("4")), X),
        ("real[r(4) | cls | T, 8]", "r", Prefixed(Prefixed(X, dims("1")), dims("4")), None),
    ],
)
def test_a_segment_has_its_own_padding(given: str, taken: str, mask: Mask | None, expected: Mask | None) -> None:
    assert make("take", segment=taken).mask({"in": ((mask, None),)}, types(x=given))["out"] == (expected, None)


def test_masks_with_the_same_in_front_meet_behind_it() -> None:
    one, two = Prefixed(X, dims("2")), Prefixed(Y, dims("2"))
    assert both(one, two) == Prefixed(Both(X, Y), dims("2"))
    assert stretch(both(one, two), 1) == Both(X, Y)
    assert both(one, Prefixed(Y, dims("3"))) == Both(one, Prefixed(Y, dims("3")))
