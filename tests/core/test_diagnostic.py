"""Diagnostics: their order, their text, and what is said of words that are near or taken."""

from __future__ import annotations

import pytest

from archgraph.core.diagnostic import Collector, Fault, Note, SpecError, Stop
from archgraph.core.examples import swap
from archgraph.core.names import refusal
from archgraph.core.source import Source, Span
from archgraph.core.suggest import hint, nearest

FAULT = Fault("AG999", "something", story="", bad="", good="")
ROLE = Fault("AG998", "a role", story="", bad="", good="", role=True)
SOURCE = Source("a.yaml", "first: line\nsecond: line\n")
FIRST, SECOND = Span(SOURCE, 0, 5), Span(SOURCE, 12, 18)


def test_errors_come_in_the_order_of_the_file_and_each_once() -> None:
    into = Collector()
    into.add(FAULT, "the second", SECOND)
    into.add(FAULT, "the first", FIRST)
    into.add(FAULT, "the second", SECOND)
    assert [item.message for item in into] == ["the first", "the second"]
    text = str(SpecError(into))
    assert text.index("the first") < text.index("the second")
    assert [item.message for item in SpecError(reversed(list(into))).diagnostics] == ["the first", "the second"]


def test_only_a_fault_of_roles_may_be_allowed() -> None:
    into = Collector(allowed=frozenset({"AG999", "AG998"}))
    into.add(ROLE, "mild", FIRST)
    assert not into.failed
    into.add(FAULT, "hard", SECOND)
    assert into.failed
    assert [item.severity for item in into] == ["warning", "error"]


def test_what_stops_is_recorded_first() -> None:
    into = Collector()
    with pytest.raises(Stop):
        raise into.stop(FAULT, "no more", FIRST)
    assert into.failed


def test_the_text_shows_the_line_a_caret_the_way_the_notes_and_the_hint() -> None:
    into = Collector()
    into.add(FAULT, "it", SECOND, hint="do that", notes=(Note("and here", FIRST),), trail=("a", "b"))
    assert str(next(iter(into))).split("\n") == [
        "a.yaml:2:1: error[AG999]: it",
        "    second: line",
        "    ^^^^^^",
        "    a",
        "    b",
        "  a.yaml:1:1: and here",
        "    first: line",
        "    ^^^^^",
        "  hint: do that",
    ]


def test_as_values_it_holds_every_place() -> None:
    into = Collector()
    into.add(FAULT, "it", SECOND, notes=(Note("and here", FIRST),))
    found = next(iter(into)).as_dict()
    assert (found["code"], found["severity"], found["message"], found["hint"]) == ("AG999", "error", "it", "")
    assert (found["file"], found["line"], found["column"], found["end_column"]) == ("a.yaml", 2, 1, 7)
    assert [(note["line"], note["message"]) for note in found["notes"]] == [(1, "and here")]


def test_a_fault_without_a_text_or_in_a_long_line_is_shown_briefly() -> None:
    into = Collector()
    into.add(FAULT, "nothing to read", Span(Source("gone.yaml", ""), 0, 0))
    assert str(next(iter(into))) == "gone.yaml:1:1: error[AG999]: nothing to read"
    long = Source("long.yaml", "x" * 300 + "y" + "x" * 300)
    other = Collector()
    other.add(FAULT, "far", Span(long, 300, 301))
    _, line, caret = str(next(iter(other))).split("\n")
    assert len(line) < 110
    assert line[caret.index("^")] == "y"


@pytest.mark.parametrize(
    ("name", "observed", "words"),
    [
        ("h1", False, ""),
        ("2h", False, "a letter"),
        ("h" * 101, False, "100 characters"),
        ("class", False, "Python"),
        ("forward", False, "torch modules"),
        ("energy", False, "output"),
        ("context", False, "word of the language"),
        ("count", False, "tuples"),
        ("corrupt", True, "source"),
        ("corrupt", False, ""),
    ],
)
def test_a_name_is_refused_with_the_reason(name: str, observed: bool, words: str) -> None:
    found = refusal(name, observed)
    assert words in found
    assert bool(found) == bool(words)


def test_a_near_word_is_found_by_its_letters_or_by_what_others_call_it() -> None:
    assert nearest("n_head", ["heads", "width"]) == "heads"
    assert nearest("widht", ["heads", "width"]) == "width"
    assert nearest("w" * 65, ["w" * 64]) is None
    assert hint("quite_other", ["heads", "width"]) == "legal here: heads, width"
    assert hint("zzz", [f"a{i}" for i in range(50)]).endswith("a39, ...")


def test_an_example_is_varied_only_where_the_old_text_stands_once() -> None:
    assert swap("a b", ("a", "c")) == "c b"
    with pytest.raises(ValueError, match="does not stand once"):
        swap("a a", ("a", "c"))


def test_what_does_not_show_or_steers_a_terminal_is_written_as_an_escape() -> None:
    into = Collector()
    into.add(FAULT, "'a\x1b[31m\u200b\n' is ζ⁻¹", FIRST)
    assert [item.message for item in into] == ["'a\\x1b[31m\\u200b\\n' is ζ⁻¹"]
