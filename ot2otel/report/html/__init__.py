"""Verdicts as a page: one file for a browser."""

from ot2otel.report.html.maker import Judged, of_recordings
from ot2otel.report.html.page import page
from ot2otel.report.html.shell import render

__all__ = ["Judged", "of_recordings", "page", "render"]
