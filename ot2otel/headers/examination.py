"""Examines a request's headers: each setting extracts from them, and remarks explain the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ot2otel.headers.captured import Headers
from ot2otel.headers.extraction import Extraction, Reaction
from ot2otel.headers.formats import FORMATS
from ot2otel.headers.settings import EVERY, Setting


@dataclass(frozen=True, slots=True)
class Present:
    """A format with headers in the request. Each of its readers extracts from these headers alone."""

    format: str
    headers: tuple[str, ...]
    extractions: Mapping[Setting, Extraction]

    @property
    def trace_ids(self) -> tuple[str, ...]:
        """The ids of the traces that its readers would continue, each once."""
        return tuple(dict.fromkeys(each.trace_id for each in self.extractions.values() if each.trace_id))


@dataclass(frozen=True, slots=True)
class Examination:
    """Each setting's extraction from a request's headers.

    For `extractions` the names were in lower case, for `in_title_case` as in `dict(request.headers)`.
    """

    present: tuple[Present, ...]
    extractions: Mapping[Setting, Extraction]
    in_title_case: Mapping[Setting, Extraction]


def examine(headers: Headers, extract: Callable[[Setting, Headers], Extraction]) -> Examination:
    """Return the examination of the headers; `extract` calls the extractor of a setting."""
    lowered = {name.lower(): value for name, value in headers.items()}
    titled = {name.title(): value for name, value in headers.items()}
    return Examination(
        tuple(
            Present(each.name, tuple(own), {reader: extract(reader, own) for reader in each.readers})
            for each in FORMATS
            if (own := each.of(lowered))
        ),
        {setting: extract(setting, lowered) for setting in EVERY},
        {setting: extract(setting, titled) for setting in EVERY},
    )


def remarks(examined: Examination) -> tuple[str, ...]:
    """Return remarks on the results, one sentence each."""
    return tuple(remark for find in _REMARKS for remark in find(examined))


def _malformed(examined: Examination) -> Iterable[str]:
    for present in examined.present:
        for reader, extraction in present.extractions.items():
            if extraction.reaction is Reaction.RAISES:
                yield (
                    f"{present.format} is malformed for {reader.label}: extract raises {extraction.error}; "
                    "a service that does not catch this fails the request."
                )
            elif not extraction.has_effect:
                yield f"{reader.label} ignores {present.format}."


def _disagreeing(examined: Examination) -> Iterable[str]:
    formats: dict[str, list[str]] = {}
    for present in examined.present:
        for trace_id in present.trace_ids:
            formats.setdefault(trace_id, []).append(present.format)
    if len(formats) > 1:
        taken = (
            f"{', '.join(_continuing(examined, trace_id)) or 'no service'} would continue {trace_id} "
            f"({', '.join(named)})"
            for trace_id, named in formats.items()
        )
        yield f"The formats name different traces: {'; '.join(taken)}."


def _continuing(examined: Examination, trace_id: str) -> Iterable[str]:
    return (
        setting.label
        for setting, extraction in examined.extractions.items()
        if extraction.trace_id == trace_id
    )


def _no_trace(examined: Examination) -> Iterable[str]:
    if not examined.present:
        yield "These headers have no trace context: every service would start a new trace."
    for setting, extraction in examined.extractions.items():
        if extraction.reaction is Reaction.STARTS and extraction.debug:
            yield f"{setting.label} would start a new trace and always record it, because of the debug id."
        elif extraction.reaction is Reaction.STARTS and not extraction.sampled:
            yield (
                f"{setting.label} would start a new trace and not record it, although its sampler would: it "
                "treats baggage without a trace as a caller's decision."
            )


def _decided_outside(examined: Examination) -> Iterable[str]:
    by_decision: dict[str, list[str]] = {}
    for setting, extraction in examined.extractions.items():
        if extraction.reaction is Reaction.CONTINUES:
            by_decision.setdefault(_decision(extraction), []).append(setting.label)
    for decision, labels in by_decision.items():
        yield f"The caller's decision makes the request {decision} in {', '.join(labels)}."


def _decision(extraction: Extraction) -> str:
    recorded = "recorded" if extraction.sampled else "not recorded"
    return f"{recorded}, with the debug flag," if extraction.debug else recorded


def _case(examined: Examination) -> Iterable[str]:
    changed = [
        setting.label
        for setting, extraction in examined.extractions.items()
        if extraction != examined.in_title_case[setting]
    ]
    if changed:
        yield (
            "Give these names to extract in lower case: from `dict(request.headers)`, in Title-Case, they "
            f"are lost on {', '.join(changed)}."
        )


_REMARKS = (_malformed, _disagreeing, _no_trace, _decided_outside, _case)
