from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.weights.checkpoints import publish


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with the config and the tensors of a small model."""
    return publish(tmp_path / "published")
