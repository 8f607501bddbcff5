"""The error of this package."""

from ot2otel.errors import Ot2OtelError


class AcceptanceError(Ot2OtelError):
    """An accept file, a setting or an entry can't be used; the text names the place."""
