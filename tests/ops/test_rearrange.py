"""Rearranging: padding is never lost on the way."""

from __future__ import annotations

import pytest

from archgraph.graph.masks import Given
from archgraph.graph.operation import Mismatch
from tests.ops.cases import make
from tests.ops.site import types


@pytest.mark.parametrize("pattern", ["(t p) d -> (p t) d", "(t p) d -> d (p t)"])
def test_padded_positions_that_are_mixed_up_are_refused(pattern: str) -> None:
    op, given = make("rearrange", pattern=pattern, sizes={"p": 2}), types(x="real[12, 8]")
    assert op.mask({"in": ((None, None),)}, given)["out"].count(None) == len(op.shape(given)["out"].axes)
    with pytest.raises(Mismatch, match="mixes up the positions of which some are padding"):
        op.mask({"in": ((Given("x"), None),)}, given)


def test_equal_operations_with_mappings_as_arguments_have_one_hash() -> None:
    one, two = (make("rearrange", pattern="(t p) d -> t (p d)", sizes={"p": size}) for size in (2, 3))
    again = make("rearrange", pattern="(t p) d -> t (p d)", sizes={"p": 2})
    assert {one, again, two} == {one, two}
