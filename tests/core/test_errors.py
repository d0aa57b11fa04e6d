"""Errors of users outside of specs: the fact, and what to do."""

from __future__ import annotations

from archgraph.core.errors import UserError


def test_an_error_prints_the_fact_and_the_action_where_there_is_one() -> None:
    assert str(UserError("no file 'a'")) == "error: no file 'a'"
    assert str(UserError("no file 'a'", "check the path")) == "error: no file 'a'\nhint: check the path"
