from __future__ import annotations

import pytest
import torch

from benchmarks.choices import CHOICES, SIZES, Choice, models
from benchmarks.sides import symbols


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_undoing_a_choice_changes_no_result(choice: Choice) -> None:
    data = symbols("xy" if choice.spec == "rnn_seq2seq" else "y", vocab=256, batch=2, length=8)
    with models(choice.sources(SIZES[0])) as (kept, undone), torch.no_grad():
        undone.load_state_dict(kept.state_dict())
        torch.testing.assert_close(undone(**data).energy, kept(**data).energy)


@pytest.mark.parametrize("choice", CHOICES[1:], ids=lambda choice: choice.name)
def test_a_choice_stands_in_the_source(choice: Choice) -> None:
    kept, undone = choice.sources(SIZES[0])
    assert kept != undone


def test_what_cannot_be_undone_is_said() -> None:
    with pytest.raises(ValueError, match="no longer says 'import tensorflow'"):
        Choice("a jest", {"import tensorflow": ""}).sources(SIZES[0])
