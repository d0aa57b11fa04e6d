"""The errors that an export raises for what the user can mend."""

from __future__ import annotations

from archgraph.core.errors import UserError


class ExportError(UserError):
    """A model, a length or a place that does not allow the export."""


class RequestError(ExportError):
    """A request that names what the model does not have."""
