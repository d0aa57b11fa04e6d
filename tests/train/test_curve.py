"""The loss curve as a table and as pictures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from archgraph.train.curve import Point, draw, write_table
from archgraph.train.errors import TrainError

POINTS = [
    Point(20, 0, 0.5, 1e-3, 2.5),
    Point(1_234_567, 1, 1.25, 5e-4, 1.5, 1.75),
    Point(60, 1, 2.0, 1e-4, None, 1.5),
]


def test_the_table_has_a_line_a_point_and_blanks_for_what_was_not_measured(tmp_path: Path) -> None:
    write_table(POINTS, tmp_path / "curve.csv")
    assert (tmp_path / "curve.csv").read_bytes().decode() == (
        "step,epoch,seconds,rate,train,valid\n"
        "20,0,0.5,0.001,2.5,\n1234567,1,1.25,0.0005,1.5,1.75\n60,1,2.0,0.0001,,1.5\n"
    )


def test_the_same_points_give_the_same_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    first = [path.read_bytes() for path in draw(POINTS, tmp_path)]
    second = [path.read_bytes() for path in draw(POINTS, tmp_path)]
    other = [path.read_bytes() for path in draw(POINTS[:2], tmp_path)]
    assert first == second
    assert first[0] != other[0]
    assert first[1] != other[1]
    assert first[0].startswith(b"<?xml")
    assert first[1].startswith(b"\x89PNG")


def test_no_points_give_an_empty_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    assert all(path.stat().st_size for path in draw([], tmp_path))


def test_says_what_the_picture_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(TrainError, match="needs matplotlib"):
        draw(POINTS, tmp_path)
