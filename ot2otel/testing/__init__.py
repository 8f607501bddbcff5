"""The spans of the code under test, in tests: captured in process, and held against snapshots."""

from ot2otel.testing.in_process import LeftoverWarning, captured
from ot2otel.testing.spans import CapturedSpan, Spans, SpansError

__all__ = ["CapturedSpan", "LeftoverWarning", "Spans", "SpansError", "captured"]
