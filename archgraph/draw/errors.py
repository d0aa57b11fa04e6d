"""What a user can get wrong in a picture: one class for all of it."""

from __future__ import annotations


class PictureError(ValueError):
    """A picture that cannot be drawn as asked; the message says why, in the user's terms."""
