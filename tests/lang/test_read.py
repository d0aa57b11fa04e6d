"""The reader: positions on everything, the core schema, and comments kept."""

from __future__ import annotations

import math

import pytest

from archgraph.core.diagnostic import Collector
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Source, Tree
from archgraph.lang.read import describe, read, resolve

TEXT = """# a model
a: 1            # the first
'b': [x, "y # no comment", {c: 2.5}]
d: |
  # text
  more
e:
  - f
"""


def _document():
    return read(Source("t", TEXT), Collector())


def _walk(tree: Tree):
    yield tree
    children = tree.items if isinstance(tree, Sequence) else ()
    if isinstance(tree, Mapping):
        children = [part for entry in tree.entries for part in (entry.key, entry.value)]
    for child in children:
        yield from _walk(child)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-4", 1e-4), ("1E5", 1e5), (".5", 0.5), ("5.", 5.0), ("+3", 3), ("010", 10), ("0o17", 15), ("0xff", 255),
        ("on", "on"), ("off", "off"), ("yes", "yes"), ("no", "no"), ("12:30:45", "12:30:45"), ("1_000", "1_000"),
        ("true", True), ("False", False), ("~", None), ("", None), ("null", None),
        (".inf", math.inf), ("-.INF", -math.inf),
        ("2001-01-01", "2001-01-01"), ("=", "="), ("1.2.3", "1.2.3"), ("e5", "e5"),
    ],
)  # fmt: skip
def test_a_scalar_is_what_it_looks_like(written: str, value: object) -> None:
    found = resolve(written)
    assert found == value and type(found) is type(value)


def test_not_a_number_is_read_as_one() -> None:
    assert math.isnan(resolve(".nan"))  # type: ignore[arg-type]


def test_every_scalar_knows_its_slice_of_the_source() -> None:
    scalars = [tree for tree in _walk(_document().root) if isinstance(tree, Scalar)]
    assert [s.span.text for s in scalars[:8]] == ["a", "1", "'b'", "x", '"y # no comment"', "c", "2.5", "d"]
    assert [(s.span.line, s.span.column) for s in scalars[:3]] == [(2, 1), (2, 4), (3, 1)]


def test_comments_are_kept_and_text_is_none() -> None:
    assert [comment.text for comment in _document().comments] == ["# a model", "# the first"]


def test_a_mapping_finds_its_entries() -> None:
    root = _document().root
    assert isinstance(root.find("a"), Entry)
    assert root.find("z") is None and root.get("z") is None


@pytest.mark.parametrize(
    ("key", "words"),
    [("a", "the number 1"), ("b", "a list"), ("d", "the text '# text\nmore\n'")],
)
def test_a_value_is_described(key: str, words: str) -> None:
    value = _document().root.get(key)
    assert value is not None and describe(value) == words


def test_a_root_of_a_mapping_of_mappings_is_described() -> None:
    assert describe(_document().root) == "a mapping"


def test_a_fault_where_a_text_stands_without_a_mark_is_told() -> None:
    into = Collector()
    with pytest.raises(Exception, match="not YAML"):
        read(Source("t", "a: 'b\n"), into)
    assert [item.code for item in into.items] == ["AG104"]
