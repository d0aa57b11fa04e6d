from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.compiler import check
from tests.bad.reading import FIXTURES, expected, mended, places

NAMES = [path.stem for path in FIXTURES]


@pytest.mark.parametrize("path", FIXTURES, ids=NAMES)
def test_reports_exactly_this_fault_at_this_place(path: Path) -> None:
    assert expected(path), "the fixture says what it expects"
    assert places(check(path).diagnostics) == expected(path)


@pytest.mark.parametrize("path", FIXTURES, ids=NAMES)
def test_says_the_fact_in_lower_case_and_what_to_do(path: Path) -> None:
    for item in check(path).diagnostics:
        assert item.hint
        assert item.message[0] == item.message[0].lower()
        assert not item.message.endswith(".")
        assert "Traceback" not in str(item)


@pytest.mark.parametrize("path", FIXTURES, ids=NAMES)
def test_a_fix_removes_its_code_and_adds_none(path: Path) -> None:
    before = check(path).diagnostics
    for item in before:
        if item.fixes:
            text = mended(item.span.source.text, item.fixes)
            codes = [other.code for other in check(text.encode()).diagnostics]
            left = [other.code for other in before if other is not item]
            assert sorted(codes) == sorted(left)


def test_many_fixtures_carry_a_fix() -> None:
    fixed = [path for path in FIXTURES if any(item.fixes for item in check(path).diagnostics)]
    assert len(fixed) >= 18


SEVERAL = """archgraph: 1
params: {width: 8}
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  enc: {role: encodr, layers: [{linear: width}]}
  predictor: {role: predictor, layers: [{self_attention: {heads: 0, causal: "true"}}]}
  decoder: {role: decoder, layers: [{linaer: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay 0]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> D
"""


def test_reports_all_faults_of_meaning_in_one_go() -> None:
    assert places(check(SEVERAL).diagnostics) == [
        ("AG010", 7, 15),
        ("AG031", 8, 66),
        ("AG030", 8, 77),
        ("AG011", 9, 38),
        ("AG045", 12, 5),
        ("AG040", 13, 19),
    ]


def test_a_fault_of_the_text_stands_alone() -> None:
    assert [item.code for item in check(SEVERAL + "  - a: 1\n    a: 2\n").diagnostics] == ["AG106"]
