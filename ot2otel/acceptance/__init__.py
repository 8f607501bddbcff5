"""Accepted findings: which ones a team has agreed to, with a reason each, and what still fails."""

from ot2otel.acceptance.accept_file import AcceptFile, read, read_if_there
from ot2otel.acceptance.entry import Entry
from ot2otel.acceptance.errors import AcceptanceError
from ot2otel.acceptance.fail_on import FailOn
from ot2otel.acceptance.marking import Marked, mark
from ot2otel.acceptance.settings import Settings, settings

__all__ = [
    "AcceptFile",
    "AcceptanceError",
    "Entry",
    "FailOn",
    "Marked",
    "Settings",
    "mark",
    "read",
    "read_if_there",
    "settings",
]
