"""Links to the judged traces in Jaeger's UI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.text import Text

from ot2otel.compare.verdict import Verdict
from ot2otel.recording import Recording

Links: TypeAlias = dict[str, dict[str, list[str]]]

_CANNOT = (
    "Jaeger's compare page counts spans by service and operation: it shows no changed tag, kind, status, "
    "event, link or duration."
)


def trace_url(ui: str, trace_id: str) -> str:
    """Return the address of a trace in Jaeger's UI at the address `ui`."""
    return f"{ui}/trace/{_short(trace_id)}"


def compare_url(ui: str, before: str, after: str) -> str:
    """Return the address of the UI's page that compares two traces."""
    before, after = _short(before), _short(after)
    return f"{ui}/trace/{before}...{after}?cohort={before}&cohort={after}"


def links(ui: str, recordings: Sequence[Recording], verdicts: Sequence[Verdict]) -> Text:
    """Show a link to each trace and to the compare page of each judged pair of traces.

    Print it with `soft_wrap`: a terminal cannot open an address that is split over lines.
    """
    shown = entry(ui, recordings, verdicts)
    lines = [Text("In Jaeger", style="bold")]
    for urls in shown.values():
        for label, addresses in urls.items():
            lines += [Text.assemble((f"  {label} ", "dim"), address) for address in addresses]
    return Text("\n").join([*lines, Text(_CANNOT, style="dim")])


def entry(
    ui: str, recordings: Sequence[Recording], verdicts: Sequence[Verdict]
) -> dict[str, dict[str, list[str]]]:
    """Return the same links for a JSON document."""
    return {
        "traces": {
            recording.label: [trace_url(ui, trace_id) for trace_id in _trace_ids(recording)]
            for recording in recordings
        },
        "compare": {
            f"{judged.before.recording.label} → {judged.after.recording.label}": _compare_urls(ui, judged)
            for judged in verdicts
        },
    }


def _trace_ids(recording: Recording) -> list[str]:
    in_order = sorted(recording.spans, key=lambda span: span.start_ns)
    return list(dict.fromkeys(span.trace_id for span in in_order))


def _compare_urls(ui: str, judged: Verdict) -> list[str]:
    pairs = dict.fromkeys(ids for tree in judged.trees for ids in tree.examples)
    return [compare_url(ui, before, after) for before, after in pairs if before and after]


def _short(trace_id: str) -> str:
    """Return the id as Jaeger shows it: without the first 16 digits if they are zeros."""
    return trace_id.removeprefix("0" * 16)
