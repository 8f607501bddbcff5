"""Recordings and verdicts as one JSON document for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ot2otel.compare.diff import Changed, Difference, Extra, Missing, Moved
from ot2otel.compare.verdict import AnswerChanged, Explained, Unexplained, Verdict
from ot2otel.recording import Recording
from ot2otel.recording_file import encode, encode_answer

Json = dict[str, Any]  # Any: a JSON value of any type


def document(flow: str, recordings: Iterable[Recording], verdicts: Iterable[Verdict], seconds: float) -> Json:
    """Return the document of `ot2otel compare --format json`, with each recording as in its file."""
    return {
        "flow": flow,
        "recordings": {label: encode(recording) for label, recording in _labelled(recordings)},
        "verdicts": [verdict_entry(verdict) for verdict in verdicts],
        "seconds": round(seconds, 3),
    }


def _labelled(recordings: Iterable[Recording]) -> Iterator[tuple[str, Recording]]:
    """Yield each recording with its label; [N] is added from the second recording of a label on."""
    seen: Counter[str] = Counter()
    for recording in recordings:
        label = recording.label or "spans"
        seen[label] += 1
        yield label if seen[label] == 1 else f"{label}[{seen[label]}]", recording


def verdict_entry(verdict: Verdict) -> Json:
    """Return one verdict; `before` and `after` are variants, `exporter` is the after's."""
    return {
        "before": verdict.before.variant,
        "after": verdict.after.variant,
        "exporter": verdict.after.exporter,
        "verdict": verdict.outcome.value,
        "explained": [_explained(explained) for explained in verdict.explained],
        "unexplained": [
            *(_unexplained(unexplained) for unexplained in verdict.unexplained),
            *(_answer_changed(change) for change in verdict.answers),
        ],
        "traces": [{"before": pair.before, "after": pair.after} for pair in verdict.traces],
    }


def _explained(explained: Explained) -> Json:
    rule = explained.rule
    return {
        "rule": rule.name,
        "effect": rule.effect.value,
        "summary": rule.summary,
        "source": rule.source,
        "count": len(explained.differences),
        "differences": [_difference(difference) for difference in explained.differences],
    }


def _unexplained(unexplained: Unexplained) -> Json:
    return _difference(unexplained.difference) | {"origins": _differences(unexplained.origins)}


def _differences(differences: Sequence[Difference]) -> list[Json]:
    return [_difference(difference) for difference in differences]


def _difference(difference: Difference) -> Json:
    match difference:
        case Missing(path):
            return {"difference": "missing", "path": path}
        case Extra(path):
            return {"difference": "extra", "path": path}
        case Moved(path, to):
            return {"difference": "moved", "path": path, "to": to}
        case Changed(path, field, before, after):
            return {"difference": "changed", "path": path, "field": field, "before": before, "after": after}


def _answer_changed(change: AnswerChanged) -> Json:
    request = change.before or change.after
    return {
        "difference": "answer",
        "path": request.request if request else "",
        "before": encode_answer(change.before) if change.before else None,
        "after": encode_answer(change.after) if change.after else None,
    }
