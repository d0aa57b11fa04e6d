"""The one error that a user's mistake in training raises."""

from __future__ import annotations


class TrainError(Exception):
    """A fault of the data, the checkpoint or the run that the user can mend.

    Args:
        message: the fact, in lower case, with the file and line where there is one.
        hint: what to do about it, an action; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep both texts."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return the two lines that a command prints: `error: ...` and `hint: ...`."""
        lines = f"error: {self.message}"
        return f"{lines}\nhint: {self.hint}" if self.hint else lines
