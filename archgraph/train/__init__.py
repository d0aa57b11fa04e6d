"""Training and sampling: data, the loop, checkpoints, the loss curve.

This package file imports no torch, so that a command line may read its configuration and its error
type to show help.  `archgraph.train.trainer.train` is the way in, `archgraph.train.restore.restore` the
way back from a checkpoint.
"""

from __future__ import annotations

from archgraph.train.config import TrainConfig
from archgraph.train.errors import TrainError

__all__ = ["TrainConfig", "TrainError"]
