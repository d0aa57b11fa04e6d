"""A stream that is read more than once."""

from __future__ import annotations

import io
from typing import Any


class Reread(io.BytesIO):
    """All of a stream, under its name for messages; whoever reads it begins at its beginning.

    Args:
        stream: of bytes or text; `name`, if it has one, is what messages call it.
    """

    def __init__(self, stream: Any) -> None:
        data = stream.read()
        super().__init__(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
        self.name = str(getattr(stream, "name", "<stream>"))

    def read(self, size: int | None = -1, /) -> bytes:
        """Return what was given, from its first byte on."""
        self.seek(0)
        return super().read(size)
