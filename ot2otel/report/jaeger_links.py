"""Where to look at the judged traces in Jaeger's own UI, and what that cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ot2otel.recording import Recording
from ot2otel.verdict import Verdict

_CANNOT = (
    "Jaeger's compare page counts spans by service and operation: it shows no changed tag, kind, status, "
    "event, link or duration."
)


def trace_url(jaeger: str, trace_id: str) -> str:
    """Return the address of a trace in the UI at `jaeger`."""
    return f"{jaeger}/trace/{trace_id}"


def compare_url(jaeger: str, before: str, after: str) -> str:
    """Return the address at which the UI lays two traces over each other."""
    return f"{jaeger}/trace/{before}...{after}?cohort={before}&cohort={after}"


def links(jaeger: str, recordings: Sequence[Recording], verdicts: Sequence[Verdict]) -> RenderableType:
    """Show a link to each trace and to the compare page for each pair of traces that was judged."""
    lines = []
    for recording in recordings:
        for trace_id in _trace_ids(recording):
            lines.append(_line(recording.label, trace_url(jaeger, trace_id)))
    for judged in verdicts:
        for url in _compare_urls(jaeger, judged):
            lines.append(_line(f"{judged.before.label} → {judged.after.label}", url))
    return Group(Text("In Jaeger", style="bold"), *lines, Text(_CANNOT, style="dim"))


def entry(jaeger: str, recordings: Sequence[Recording], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the same links for a JSON document."""
    return {
        "traces": {
            recording.label: [trace_url(jaeger, trace_id) for trace_id in _trace_ids(recording)]
            for recording in recordings
        },
        "compare": {
            f"{judged.before.label} → {judged.after.label}": list(_compare_urls(jaeger, judged))
            for judged in verdicts
        },
    }


def _trace_ids(recording: Recording) -> Sequence[str]:
    in_order = sorted(recording.spans, key=lambda span: span.start_ns)
    return list(dict.fromkeys(span.trace_id for span in in_order))


def _compare_urls(jaeger: str, judged: Verdict) -> Sequence[str]:
    return [
        compare_url(jaeger, pair.before, pair.after) for pair in judged.traces if pair.before and pair.after
    ]


def _line(label: str, url: str) -> Text:
    # Never wrapped: a terminal opens what it recognises on one line only.
    return Text.assemble((f"  {label} ", "dim"), url, no_wrap=True, overflow="ignore")
