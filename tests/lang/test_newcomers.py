"""Mistakes of newcomers: one cause is told once, at its word, with what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from archgraph.compiler import check

TABLE = yaml.safe_load(Path(__file__).with_name("newcomers.yaml").read_text(encoding="utf-8"))
SPECS: dict[str, str] = TABLE["specs"]


@pytest.mark.parametrize("spec", SPECS)
def test_the_specs_themselves_are_fine(spec: str) -> None:
    assert check(SPECS[spec]).diagnostics == ()


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: str(row["new"]).strip().replace("\n", " ")[:60])
def test_tells_the_cause_and_what_to_write(row: dict[str, Any]) -> None:
    text = SPECS[row["spec"]]
    assert row["old"] in text
    found = check(text.replace(row["old"], row["new"], 1)).diagnostics
    assert [[item.code, item.span.text.splitlines()[0] if item.span.text else "", item.hint] for item in found] == [
        told for told in row["told"]
    ]


def test_an_unknown_call_of_nothing_near_lists_what_there_is() -> None:
    (item,) = check(SPECS["classifier"].replace("linear: width", "einsum(2, 3)")).diagnostics
    assert (item.code, item.hint[:33]) == ("AG011", "legal here: absolute_error, add, ")
