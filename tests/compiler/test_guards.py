from __future__ import annotations

from pathlib import Path

import pytest

import archgraph

STORY = Path(__file__).parents[2] / "specs" / "story"


def test_a_param_that_waits_for_data_is_shown_where_it_says_so() -> None:
    with pytest.raises(archgraph.SpecError) as caught:
        archgraph.emit(STORY / "language_model.yaml")
    (item,) = caught.value.diagnostics
    assert (item.code, item.span.text) == ("AG037", "auto")
    assert item.span.source.name == (STORY / "sequence_autoencoder.yaml").as_posix()
