"""`archgraph diff -o`: the difference as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archgraph.cli.diff import COMMAND

STORY = Path(__file__).parents[2] / "specs" / "story"
PAIR = (str(STORY / "sequence_autoencoder.yaml"), str(STORY / "language_model.yaml"))


def diff(*words: str | Path) -> Result:
    return CliRunner().invoke(COMMAND, [*PAIR, *map(str, words)])


@pytest.mark.parametrize(("name", "start"), [("d.svg", b"<svg"), ("d.png", b"\x89PNG"), ("d.pdf", b"%PDF")])
def test_difference_is_drawn_in_the_format_of_the_ending(name: str, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    result = diff("-o", path)
    assert (result.exit_code, result.output) == (0, f"{path.as_posix()}\n")
    assert path.read_bytes().startswith(start)


def test_predictor_and_delay_are_told_to_be_added(tmp_path: Path) -> None:
    diff("-o", tmp_path / "d.svg", "--theme", "light", "--title", "What is new")
    text = (tmp_path / "d.svg").read_text(encoding="utf-8")
    for word in ('"predictor: added"', "delay of y by one step: added", "What is new", "#ffffff"):
        assert word in text


def test_params_and_layers_that_differ_are_changes_in_place(tmp_path: Path) -> None:
    words = [str(STORY / "conditional_predictive.yaml"), "-o", str(tmp_path / "d.svg")]
    assert CliRunner().invoke(COMMAND, [PAIR[1], *words]).exit_code == 0
    assert '"predictor: changed"' in (tmp_path / "d.svg").read_text(encoding="utf-8")


def test_unknown_format_and_theme_are_wrong_usage(tmp_path: Path) -> None:
    for words, told in (
        (("-o", "d.bmp"), "ends in none of"),
        (("-o", "d.svg", "--theme", "pink"), "'pink' is not one"),
    ):
        result = diff(*words)
        assert result.exit_code == 2
        assert told in result.output


def test_unwritable_place_is_told(tmp_path: Path) -> None:
    result = diff("-o", tmp_path / "none" / "d.svg")
    assert result.exit_code == 2
    assert "cannot write" in result.output


def test_looks_of_a_picture_that_nothing_asked_for_are_wrong_usage() -> None:
    result = diff("--theme", "light")
    assert result.exit_code == 2 and "--output" in result.output
