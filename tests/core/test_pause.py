"""The collector of garbage stands still during a check, and is afterwards as it was before."""

from __future__ import annotations

import gc

import pytest

import archgraph
from archgraph.core.pause import collector_paused
from benchmarks.growth import row


def test_the_collector_is_off_inside_and_on_again_afterwards() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_on_again_after_an_exception() -> None:
    with pytest.raises(KeyError), collector_paused():
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_its_user_turned_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_check_is_not_interrupted_by_the_collector() -> None:
    before = [generation["collections"] for generation in gc.get_stats()]
    assert archgraph.check(row(500)).ok
    after = [generation["collections"] for generation in gc.get_stats()]
    assert after[2] == before[2]
    assert after[0] - before[0] <= 2
