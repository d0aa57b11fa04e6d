"""The one error that a user's mistake in training raises."""

from __future__ import annotations

from archgraph.core.errors import UserError


class TrainError(UserError):
    """A fault of the data, the checkpoint or the run that the user can mend."""
