"""The base of all errors that a user can mend, outside of specs, whose faults are diagnostics."""

from __future__ import annotations


class UserError(Exception):
    """A fact that stops the work, and what to do about it.

    Args:
        message: the fact, in lower case, with the file and the part of it where there is one.
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
