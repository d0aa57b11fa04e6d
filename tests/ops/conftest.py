"""Every test of an operation is seeded, on one thread, in float64."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def _seeded_float64() -> Iterator[None]:
    """Seed, and make float64 the default, so that a change anywhere is seen."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)
