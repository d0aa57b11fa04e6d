"""Bad texts that no fixture can hold: their characters, their size, or what YAML itself would make of them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from archgraph.compiler import check
from tests.bad.reading import mended, places

GOOD = """archgraph: 1
variables:
  y: {kind: target, type: "real[8]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
"""
NAMED_TWICE = GOOD.replace("  C: {", "  encoder: {")
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))

TEXTS = {
    "empty": (b"", ("AG101", 1, 1)),
    "comments_alone": (b"# nothing\n\n# at all\n", ("AG101", 1, 1)),
    "null_document": (b"---\n~\n", ("AG101", 1, 1)),
    "word_at_the_root": (b"archgraph\n", ("AG102", 1, 1)),
    "tab_indent": (GOOD.replace("  C: {", "\tC: {").encode(), ("AG103", 8, 1)),
    "tabs_on_many_lines": (GOOD.replace("  ", "\t").encode(), ("AG103", 3, 1)),
    "tab_after_spaces": (GOOD.replace("  C: {", "  \tC: {").encode(), ("AG103", 8, 3)),
    "unclosed_brace": (GOOD.replace("squared_error}", "squared_error").encode(), ("AG104", 8, 6)),
    "unclosed_quote": (GOOD.replace('"real[8]"', '"real[8]').encode(), ("AG104", 3, 6)),
    "document_after_document": (GOOD.encode() + b"---\na: 1\n", ("AG105", 12, 1)),
    "alias_bomb": (BOMB.encode(), ("AG108", 1, 5)),
    "merge_bomb": (b"a: &a {x: 1}\nb: {<<: *a}\n", ("AG108", 1, 4)),
    "nested_500_deep": (("a: " + "[" * 500 + "]" * 500).encode(), ("AG109", 1, 67)),
    "nested_500_mappings_deep": (("{a: " * 500 + "1" + "}" * 500).encode(), ("AG109", 1, 257)),
    "brackets_100000": (b"[" * 100_000, ("AG109", 1, 65)),
    "digits_5000": (b"archgraph: " + b"7" * 5000 + b"\n", ("AG111", 1, 12)),
    "fraction_of_5000_digits": (b"archgraph: 0." + b"7" * 5000 + b"\n", ("AG111", 1, 12)),
    "nul": (GOOD.replace("C: {", "C\0: {").encode(), ("AG112", 8, 4)),
    "escape_character": (GOOD.replace("C: {", "C\x1b: {").encode(), ("AG112", 8, 4)),
    "latin_1": (GOOD.replace("cost", "coût").encode("latin-1"), ("AG112", 8, 15)),
    "utf_16": (GOOD.encode("utf-16"), ("AG112", 1, 1)),
    "lone_surrogate": (GOOD.replace("cost", "co\ud800t").encode("utf-8", "surrogatepass"), ("AG112", 8, 15)),
    "duplicate_key": (NAMED_TWICE.encode(), ("AG106", 8, 3)),
    "no_break_space": (GOOD.replace("  C: {", "\u00a0 C: {").encode(), ("AG114", 8, 1)),
    "tab_between_words": (GOOD.replace("C: {", "C:\t{").encode(), ("AG103", 8, 5)),
    "tab_before_a_comment": (GOOD.encode() + b"title: a\t# b\n", ("AG103", 12, 9)),
    "tab_inside_a_plain_text": (GOOD.encode() + b"title: a\tb\n", ("AG103", 12, 9)),
    "line_separator": (GOOD.encode() + "title: a\u2028b\n".encode(), ("AG114", 12, 9)),
    "next_line": (GOOD.encode() + "title: 'a\u0085b'\n".encode(), ("AG114", 12, 10)),
    "curly_quotes_around_a_node": (GOOD.replace("C: {", "“C”: {").encode(), ("AG114", 8, 3)),
    "curly_quotes_around_a_section": (GOOD.replace("nodes:", "“nodes”:").encode(), ("AG114", 5, 1)),
    "curly_quotes_around_a_key": (GOOD.replace("{role: cost", "{‘role’: cost").encode(), ("AG114", 8, 7)),
    "curly_quotes_around_a_role": (GOOD.replace("role: cost", "role: “cost”").encode(), ("AG114", 8, 13)),
    "curly_quotes_around_an_operation": (GOOD.replace("squared_error", "“squared_error”").encode(), ("AG114", 8, 23)),
    "guillemets": (GOOD.replace('"real[8]"', "«real[8]»").encode(), ("AG114", 3, 27)),
    "wide_colon": (GOOD.replace("C: {", "C： {").encode(), ("AG114", 8, 4)),
    "no_width": (GOOD.replace("squared_error", "squared\u200b_error").encode(), ("AG114", 8, 30)),
    "curly_quotes": (GOOD.replace('"real[8]"', "“real[8]”").encode(), ("AG114", 3, 27)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_fault_of_the_text_is_told_where_it_stands_and_alone(name: str) -> None:
    data, place = TEXTS[name]
    started = time.perf_counter()
    assert places(check(data).diagnostics) == [place]
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("name", TEXTS)
def test_the_fix_of_a_text_removes_the_fault(name: str) -> None:
    (item,) = check(TEXTS[name][0]).diagnostics
    if item.fixes:
        assert check(mended(item.span.source.text, item.fixes).encode()).diagnostics == ()


def test_tabs_and_pasted_signs_are_text_in_quotes_comments_and_titles() -> None:
    assert check(GOOD + 'title: "a\tb"  # c\td\n').diagnostics == ()
    assert check(GOOD + "title: “h” → T – x × y\n").diagnostics == ()
    assert check(GOOD + "title: |\n  a\tb\n").diagnostics == ()


@pytest.mark.parametrize("arrow", ["→", "⟶", "⇒", "–>", "—>"])
def test_an_arrow_that_was_pasted_in_is_mended(arrow: str) -> None:
    (item,) = check(GOOD.replace("-> C", f"{arrow} C")).diagnostics
    assert item.code == "AG114"
    assert mended(item.span.source.text, item.fixes) == GOOD


def test_a_letter_of_another_script_is_called_by_its_name() -> None:
    (item, *_) = check(GOOD.replace("C: {", "\u0421: {")).diagnostics
    assert (item.code, "U+0421, cyrillic capital letter es" in item.message) == ("AG020", True)


def test_a_duplicate_key_shows_both_places() -> None:
    (item,) = check(NAMED_TWICE.encode()).diagnostics
    assert [(note.span.line, note.span.column) for note in item.notes] == [(6, 3)]


def test_an_offset_of_bytes_is_told_for_what_is_not_utf_8() -> None:
    (item,) = check(b"archgraph: 1\nname: \xff\n").diagnostics
    assert "0xff" in item.message and "offset 19" in item.message


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    assert check(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).diagnostics == ()


def test_positions_do_not_move_with_windows_line_ends() -> None:
    text = GOOD.replace("linear: 4", "linaer: 4")
    assert places(check(text.replace("\n", "\r\n").encode()).diagnostics) == places(check(text.encode()).diagnostics)


def test_a_folder_is_no_spec(tmp_path: Path) -> None:
    assert [item.code for item in check(tmp_path).diagnostics] == ["AG118"]
