"""An examination of a request's headers: what each setting extracts from them, and remarks on that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ot2otel.headers.captured import Headers
from ot2otel.headers.extraction import Extraction, Reaction
from ot2otel.headers.formats import FORMATS
from ot2otel.headers.settings import SETTINGS, Setting


@dataclass(frozen=True, slots=True)
class Present:
    """A format of which there are headers, and what each of its readers makes of these alone."""

    format: str
    headers: tuple[str, ...]
    extractions: Mapping[Setting, Extraction]

    @property
    def trace_ids(self) -> tuple[str, ...]:
        """The traces that its readers would continue, each once."""
        return tuple(dict.fromkeys(each.trace_id for each in self.extractions.values() if each.trace_id))


@dataclass(frozen=True, slots=True)
class Examination:
    """What a request's headers mean to each setting of each variant.

    `extractions` are of names in lower case, `in_title_case` of names as `dict(request.headers)` has them.
    """

    present: tuple[Present, ...]
    extractions: Mapping[Setting, Extraction]
    in_title_case: Mapping[Setting, Extraction]


def examine(headers: Headers, extract: Callable[[Setting, Headers], Extraction]) -> Examination:
    """Return the examination of the headers; `extract` asks the extractor of a setting."""
    lowered = {name.lower(): value for name, value in headers.items()}
    titled = {name.title(): value for name, value in headers.items()}
    return Examination(
        tuple(
            Present(each.name, tuple(own), {reader: extract(reader, own) for reader in each.readers})
            for each in FORMATS
            if (own := each.of(lowered))
        ),
        {setting: extract(setting, lowered) for setting in SETTINGS},
        {setting: extract(setting, titled) for setting in SETTINGS},
    )


def remarks(examined: Examination) -> tuple[str, ...]:
    """Return what is worth knowing of an examination, a sentence each."""
    return tuple(remark for find in _REMARKS for remark in find(examined))


def _malformed(examined: Examination) -> Iterable[str]:
    for present in examined.present:
        for reader, extraction in present.extractions.items():
            if extraction.reaction is Reaction.RAISES:
                yield (
                    f"{present.format} is malformed for {reader.label}: extract raises {extraction.error}; "
                    "a service that does not catch it fails the request."
                )
            elif not extraction.has_effect:
                yield f"{present.format} has no effect on {reader.label}, which ignores it."


def _disagreeing(examined: Examination) -> Iterable[str]:
    formats: dict[str, list[str]] = {}
    for present in examined.present:
        for trace_id in present.trace_ids:
            formats.setdefault(trace_id, []).append(present.format)
    if len(formats) > 1:
        taken = (
            f"{trace_id} ({', '.join(named)}) goes on in "
            f"{', '.join(_continuing(examined, trace_id)) or 'none'}"
            for trace_id, named in formats.items()
        )
        yield f"The formats disagree about the trace: {'; '.join(taken)}."


def _continuing(examined: Examination, trace_id: str) -> Iterable[str]:
    return (
        setting.label
        for setting, extraction in examined.extractions.items()
        if extraction.trace_id == trace_id
    )


def _no_trace(examined: Examination) -> Iterable[str]:
    if not examined.present:
        yield "There is no trace context in these headers: every service starts a trace of its own."
    for setting, extraction in examined.extractions.items():
        if extraction.reaction is Reaction.STARTS and extraction.debug:
            yield f"{setting.label} starts a trace of its own and forces its recording, as a debug id asks."
        elif extraction.reaction is Reaction.STARTS and not extraction.sampled:
            yield (
                f"{setting.label} starts a trace that is not recorded, though its sampler would record it: "
                "it takes baggage without a trace for a caller's decision."
            )


def _decided_outside(examined: Examination) -> Iterable[str]:
    by_decision: dict[str, list[str]] = {}
    for setting, extraction in examined.extractions.items():
        if extraction.reaction is Reaction.CONTINUES:
            by_decision.setdefault(_decision(extraction), []).append(setting.label)
    for decision, labels in by_decision.items():
        yield f"The caller decides that the request is {decision} in {', '.join(labels)}."


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
            "These names have to reach extract in lower case: handed over as `dict(request.headers)`, in "
            f"Title-Case, they are lost on {', '.join(changed)}."
        )


_REMARKS = (_malformed, _disagreeing, _no_trace, _decided_outside, _case)
