"""Words fitted into boxes: on one line, wrapped, smaller, and at last cut."""

from __future__ import annotations

import pytest

from archgraph.draw.letters.lettering import SMALLEST, TooLongError, block


def lines(text: str, across: float, down: float) -> list[str]:
    return [line.text for line in block("a", text, (0.0, 0.0, across, down), size=26.0, colour="#ffffff")]


def test_word_too_long_for_its_shape_is_cut_with_a_hyphen_at_each_cut() -> None:
    found = lines("Pneumonoultramicroscopic", 60.0, 60.0)
    assert len(found) > 1
    assert all(line.endswith("-") for line in found[:-1]) and not found[-1].endswith("-")
    assert "".join(line.removesuffix("-") for line in found) == "Pneumonoultramicroscopic"


def test_cut_at_a_hyphen_has_no_second_one() -> None:
    assert not any(line.endswith("--") for line in lines("auto-encoder-decoder-encoder", 30.0, 90.0))


def test_pieces_stay_inside_their_box() -> None:
    for line in block("a", "Electroencephalographically", (0.0, 0.0, 50.0, 60.0), size=26.0, colour="#ffffff"):
        assert line.size == SMALLEST
        assert line.box[0] >= 0.0 and line.box[2] <= 50.0


def test_spaces_are_preferred_to_cuts() -> None:
    assert " ".join(lines("mean of codes", 60.0, 60.0)) == "mean of codes"


def test_what_does_not_fit_at_the_smallest_type_is_reported() -> None:
    with pytest.raises(TooLongError, match="does not fit its shape at 9 pt"):
        lines("word " * 50, 40.0, 20.0)
