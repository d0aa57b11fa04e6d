"""What docs/language.md lists is what the code has: kinds, roles, limits, refused and reserved words, cases."""

from __future__ import annotations

import re

import pytest

from archgraph.check.classify import NOTHING, TABLE
from archgraph.core import limits, names
from archgraph.graph.module import KINDS, ROLES
from archgraph.lang import models
from archgraph.lang.chains import KINDS as EDGES
from tests.docs.pages import ROOT, text_of

PAGE = text_of(ROOT / "docs" / "language.md")
CODE = frozenset(re.findall(r"`([^`\n]+)`", PAGE))


@pytest.mark.parametrize(
    "words",
    [
        KINDS,
        ROLES,
        names.OUTPUT_FIELDS,
        names.TUPLE_ATTRIBUTES,
        names.PORT_WORDS,
        names.SOURCE_NAMES,
        models.RESERVED_NODE,
        models.RESERVED_VARIABLE,
        models.RESERVED_TOP,
        models.RESERVED_OPERATIONS,
        [f"-[{kind}]->" for kind in EDGES],
    ],
)
def test_words_are_named(words: frozenset[str]) -> None:
    assert sorted(set(words) - CODE) == []


@pytest.mark.parametrize("model", [models.VariableModel, models.NodeModel, models.SpecModel, models.EdgeModel])
def test_keys_are_named(model: type[models.SpecModel]) -> None:
    keys = {info.alias or name for name, info in model.model_fields.items()}
    missing = {key for key in keys if not re.search(rf"[`{{ ,]{key}[`:]", PAGE)}
    assert sorted(missing) == []


def test_cases_are_named_in_their_order() -> None:
    start = PAGE.index("The first that holds:")
    listed = " ".join(PAGE[start : PAGE.index(".", start)].split())
    cases, last = listed.removeprefix("The first that holds: ").split("; or a ")
    assert cases.split(", ") == [row.name for row in TABLE]
    assert last == NOTHING


@pytest.mark.parametrize(
    "shown",
    [
        f"{limits.BYTES // 1024**2} MiB",
        f"{limits.NODES:,} values",
        f"{limits.DEPTH} levels",
        f"{limits.DIGITS} digits",
        f"{limits.SIZE:,}",
        f"{limits.EXPANDED:,}",
        f"{limits.PARAMETERS:,}",
        f"| {limits.FILES} |",
        f"{limits.POWER:,} bits",
    ],
)
def test_limits_are_those_of_the_code(shown: str) -> None:
    assert shown in PAGE
