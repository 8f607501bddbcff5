"""Captured request headers: read from text, sorted by format, and what follows from how they are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from ot2otel.capture.environment import opentelemetry_propagation
from ot2otel.errors import Ot2OtelError
from ot2otel.headers.extraction import Reaction, Reading
from ot2otel.headers.settings import SETTINGS, Setting

Headers = Mapping[str, str]

MAX_BYTES = 1024 * 1024
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REQUEST_LINE = re.compile(r"[A-Z]+ \S+ HTTP/[0-9.]+")


class HeadersError(Ot2OtelError):
    """What was given is no list of headers; the text says where it is not."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a trace's context: its headers (`*` stands for any ending), and who reads it."""

    name: str
    headers: tuple[str, ...]
    readers: tuple[Setting, ...]

    def of(self, headers: Headers) -> Headers:
        """Return those of the headers that are this format's."""
        return {
            name: value
            for name, value in headers.items()
            if any(fnmatch(name.lower(), own) for own in self.headers)
        }


def _alone(propagator: str) -> Setting:
    return Setting("native", propagator, propagator, opentelemetry_propagation(propagator))


_JAEGER_CLIENT = {setting.short: setting for setting in SETTINGS if setting.variant == "legacy"}

FORMATS = (
    Format("tracecontext", ("traceparent", "tracestate"), (_alone("tracecontext"),)),
    Format("baggage", ("baggage",), (_alone("baggage"),)),
    Format(
        "jaeger",
        ("uber-trace-id", "uberctx-*", "jaeger-debug-id", "jaeger-baggage"),
        (_JAEGER_CLIENT["jaeger"], _alone("jaeger")),
    ),
    Format("b3", ("b3",), (_alone("b3"),)),
    Format("b3multi", ("x-b3-*",), (_JAEGER_CLIENT["b3"], _alone("b3multi"))),
)


@dataclass(frozen=True, slots=True)
class Present:
    """A format of which there are headers, and what each of its readers makes of these alone."""

    format: str
    headers: tuple[str, ...]
    readings: Mapping[Setting, Reading]

    @property
    def trace_ids(self) -> tuple[str, ...]:
        """The traces that its readers would continue, each once."""
        return tuple(dict.fromkeys(each.trace_id for each in self.readings.values() if each.trace_id))


@dataclass(frozen=True, slots=True)
class Report:
    """What a request's headers mean to each setting of each variant.

    `readings` are of names in lower case, `in_title_case` of names as `dict(request.headers)` has them.
    """

    present: tuple[Present, ...]
    readings: Mapping[Setting, Reading]
    in_title_case: Mapping[Setting, Reading]


def parse(captured: bytes) -> Headers:
    """Return the headers of a request captured as `Name: value` lines or as JSON.

    JSON is an object of names and values (or lists of them), or a list of pairs or of objects with
    `name` and `value`. A request line before the headers is skipped. Of headers with one name the
    values are joined with commas, as a web server does. Raises HeadersError, also above MAX_BYTES.
    """
    if len(captured) > MAX_BYTES:
        raise HeadersError(f"That is more than {MAX_BYTES} bytes: give the headers of one request.")
    pairs = _json(captured) if captured.lstrip()[:1] in (b"{", b"[") else _lines(captured)
    headers: dict[str, tuple[str, str]] = {}
    for name, value in pairs:
        known, values = headers.get(name.lower(), (name, ""))
        headers[name.lower()] = known, f"{values}, {value}" if values else value
    if not headers:
        raise HeadersError("No headers were given: write them as `Name: value` lines or as a JSON object.")
    return dict(headers.values())


def examine(headers: Headers, read: Callable[[Setting, Headers], Reading]) -> Report:
    """Return the report on the headers as `read` reads them."""
    lowered = {name.lower(): value for name, value in headers.items()}
    titled = {name.title(): value for name, value in headers.items()}
    return Report(
        tuple(
            Present(each.name, tuple(own), {reader: read(reader, own) for reader in each.readers})
            for each in FORMATS
            if (own := each.of(lowered))
        ),
        {setting: read(setting, lowered) for setting in SETTINGS},
        {setting: read(setting, titled) for setting in SETTINGS},
    )


def remarks(report: Report) -> tuple[str, ...]:
    """Return what is worth knowing of a report, a sentence each."""
    return tuple(remark for find in _REMARKS for remark in find(report))


def _malformed(report: Report) -> Iterable[str]:
    for present in report.present:
        for reader, reading in present.readings.items():
            if reading.reaction is Reaction.RAISES:
                yield (
                    f"{present.format} is malformed for {reader.label}: extract raises {reading.error}; "
                    "a service that does not catch it fails the request."
                )
            elif not reading.took:
                yield f"{present.format} has no effect on {reader.label}, which ignores it."


def _disagreeing(report: Report) -> Iterable[str]:
    formats: dict[str, list[str]] = {}
    for present in report.present:
        for trace_id in present.trace_ids:
            formats.setdefault(trace_id, []).append(present.format)
    if len(formats) > 1:
        taken = (
            f"{trace_id} ({', '.join(named)}) goes on in {', '.join(_continuing(report, trace_id)) or 'none'}"
            for trace_id, named in formats.items()
        )
        yield f"The formats disagree about the trace: {'; '.join(taken)}."


def _continuing(report: Report, trace_id: str) -> Iterable[str]:
    return (setting.label for setting, reading in report.readings.items() if reading.trace_id == trace_id)


def _no_trace(report: Report) -> Iterable[str]:
    if not report.present:
        yield "There is no trace context in these headers: every service starts a trace of its own."
    for setting, reading in report.readings.items():
        if reading.reaction is Reaction.STARTS and reading.debug:
            yield f"{setting.label} starts a trace of its own and forces its recording, as a debug id asks."
        elif reading.reaction is Reaction.STARTS and not reading.sampled:
            yield (
                f"{setting.label} starts a trace that is not recorded, though its sampler would record it: "
                "it takes baggage without a trace for a caller's decision."
            )


def _decided_outside(report: Report) -> Iterable[str]:
    by_decision: dict[str, list[str]] = {}
    for setting, reading in report.readings.items():
        if reading.reaction is Reaction.CONTINUES:
            by_decision.setdefault(_decision(reading), []).append(setting.label)
    for decision, labels in by_decision.items():
        yield f"The caller decides that the request is {decision} in {', '.join(labels)}."


def _decision(reading: Reading) -> str:
    recorded = "recorded" if reading.sampled else "not recorded"
    return f"{recorded}, with the debug flag," if reading.debug else recorded


def _case(report: Report) -> Iterable[str]:
    changed = [
        setting.label
        for setting, reading in report.readings.items()
        if reading != report.in_title_case[setting]
    ]
    if changed:
        yield (
            "These names have to reach extract in lower case: handed over as `dict(request.headers)`, in "
            f"Title-Case, they are lost on {', '.join(changed)}."
        )


_REMARKS = (_malformed, _disagreeing, _no_trace, _decided_outside, _case)


def _lines(captured: bytes) -> Iterable[tuple[str, str]]:
    # Latin-1 as web servers read it: any byte is a character.
    for number, line in enumerate(captured.decode("latin-1").splitlines(), 1):
        if not line.strip() or _REQUEST_LINE.fullmatch(line.strip()):
            continue
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name.strip()):
            raise HeadersError(f"Line {number} is no `Name: value`: {line[:60]!r}.")
        yield name.strip(), value.strip()


def _json(captured: bytes) -> Iterable[tuple[str, str]]:
    try:
        content = json.loads(captured)
    except (ValueError, RecursionError) as error:
        raise HeadersError(f"The headers look like JSON and are none: {error}.") from error
    entries = content.items() if isinstance(content, dict) else map(_pair, content)
    for name, values in entries:
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(name, str) or not isinstance(value, str) or not _TOKEN.fullmatch(name):
                raise HeadersError(f"A header is a name and a text, not {name!r:.60}: {value!r:.60}.")
            yield name, value


def _pair(entry: Any) -> tuple[Any, Any]:  # Any: whatever the JSON holds, checked by the caller
    match entry:
        case [name, value] | {"name": name, "value": value}:
            return name, value
    raise HeadersError(f"A header is a pair of name and value, not {entry!r:.60}.")
