"""What a request's headers mean to each variant, as text and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ot2otel.headers.captured import Present, Report, remarks
from ot2otel.headers.extraction import Reaction, Reading
from ot2otel.headers.settings import Setting
from ot2otel.report.prose import wrapped

Json = dict[str, Any]  # Any: JSON is what it is


def document(report: Report) -> Json:
    """Return what `ot2otel headers --format json` prints."""
    return {
        "formats": [
            {
                "format": present.format,
                "headers": list(present.headers),
                "readers": _entries(present.readings),
            }
            for present in report.present
        ],
        "readings": _entries(report.readings),
        "remarks": list(remarks(report)),
    }


def text(report: Report) -> str:
    """Return the formats that are there, what each setting makes of all of them, and the remarks."""
    said = [line for remark in remarks(report) for line in wrapped(remark)]
    return "\n".join([*_formats(report), "", *_readings(report.readings), "", *said]).strip()


def _entries(readings: Mapping[Setting, Reading]) -> list[Json]:
    return [
        {
            "variant": setting.variant,
            "propagation": setting.propagation,
            "reaction": reading.reaction.value,
            "trace_id": reading.trace_id,
            "parent_id": reading.parent_id,
            "sampled": reading.sampled,
            "debug": reading.debug,
            "baggage": dict(reading.baggage),
            "error": reading.error,
        }
        for setting, reading in readings.items()
    ]


def _formats(report: Report) -> Iterator[str]:
    for present in report.present:
        yield f"{present.format} ({', '.join(present.headers)}): {_validity(present)}"


def _validity(present: Present) -> str:
    return ", ".join(f"{_worth(reading)} for {reader.label}" for reader, reading in present.readings.items())


def _worth(reading: Reading) -> str:
    if reading.error:
        return "malformed"
    if reading.trace_id:
        return "valid"
    parts = [*(["a debug id"] if reading.debug else []), *(["baggage"] if reading.baggage else [])]
    return f"only {' and '.join(parts)}" if parts else "nothing"


def _readings(readings: Mapping[Setting, Reading]) -> Iterator[str]:
    """Yield a line for each way to read the headers, after the settings that read them so."""
    alike: list[tuple[Reading, list[str]]] = []
    for setting, reading in readings.items():
        labels = next((labels for known, labels in alike if known == reading), None)
        if labels is None:
            alike.append((reading, [setting.label]))
        else:
            labels.append(setting.label)
    for reading, labels in alike:
        yield from wrapped(f"{', '.join(labels)}:")
        yield from wrapped(says(reading), indent="    ")


def says(reading: Reading) -> str:
    """Return a reading in words."""
    what = {
        Reaction.CONTINUES: f"continues {reading.trace_id} under {reading.parent_id}",
        Reaction.STARTS: "starts a new trace",
        Reaction.RAISES: f"extract raises {reading.error}; where that is caught, starts a new trace",
    }[reading.reaction]
    flags = ["sampled" if reading.sampled else "not sampled", *(["debug"] if reading.debug else [])]
    carried = [f"{name}={value}" for name, value in reading.baggage.items()]
    return ", ".join([what, *flags, *([f"baggage {' '.join(carried)}"] if carried else [])])
