"""The examination of a request's headers as text and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ot2otel.headers.examination import Examination, Present, remarks
from ot2otel.headers.extraction import Extraction, Reaction
from ot2otel.headers.settings import Setting
from ot2otel.report.prose import wrapped

Json = dict[str, Any]  # Any: JSON is what it is


def document(examined: Examination) -> Json:
    """Return the JSON document of `ot2otel headers --format json`."""
    return {
        "formats": [
            {
                "format": present.format,
                "headers": list(present.headers),
                "readers": _entries(present.extractions),
            }
            for present in examined.present
        ],
        "extractions": _entries(examined.extractions),
        "remarks": list(remarks(examined)),
    }


def text(examined: Examination) -> str:
    """Return the formats with headers, each setting's extraction from all headers, and the remarks."""
    remarked = [line for remark in remarks(examined) for line in wrapped(remark)]
    return "\n".join([*_formats(examined), "", *_extractions(examined.extractions), "", *remarked]).strip()


def _entries(extractions: Mapping[Setting, Extraction]) -> list[Json]:
    return [
        {
            "variant": setting.variant,
            "propagation": setting.propagation,
            "reaction": extraction.reaction.value,
            "trace_id": extraction.trace_id,
            "parent_id": extraction.parent_id,
            "sampled": extraction.sampled,
            "debug": extraction.debug,
            "baggage": dict(extraction.baggage),
            "error": extraction.error,
        }
        for setting, extraction in extractions.items()
    ]


def _formats(examined: Examination) -> Iterator[str]:
    for present in examined.present:
        yield f"{present.format} ({', '.join(present.headers)}): {_validity(present)}"


def _validity(present: Present) -> str:
    return ", ".join(
        f"{_worth(extraction)} for {reader.label}" for reader, extraction in present.extractions.items()
    )


def _worth(extraction: Extraction) -> str:
    if extraction.error:
        return "malformed"
    if extraction.trace_id:
        return "valid"
    parts = [*(["a debug id"] if extraction.debug else []), *(["baggage"] if extraction.baggage else [])]
    return f"only {' and '.join(parts)}" if parts else "nothing"


def _extractions(extractions: Mapping[Setting, Extraction]) -> Iterator[str]:
    """Yield each different extraction once, below its settings."""
    groups: list[tuple[Extraction, list[str]]] = []
    for setting, extraction in extractions.items():
        labels = next((labels for known, labels in groups if known == extraction), None)
        if labels is None:
            groups.append((extraction, [setting.label]))
        else:
            labels.append(setting.label)
    for extraction, labels in groups:
        yield from wrapped(f"{', '.join(labels)}:")
        yield from wrapped(describe(extraction), indent="    ")


def describe(extraction: Extraction) -> str:
    """Return an extraction in words."""
    reaction = {
        Reaction.CONTINUES: f"continues {extraction.trace_id} under {extraction.parent_id}",
        Reaction.STARTS: "starts a new trace",
        Reaction.RAISES: f"extract raises {extraction.error}; a service that catches this starts a new trace",
    }[extraction.reaction]
    flags = ["sampled" if extraction.sampled else "not sampled", *(["debug"] if extraction.debug else [])]
    carried = [f"{name}={value}" for name, value in extraction.baggage.items()]
    return ", ".join([reaction, *flags, *([f"baggage {' '.join(carried)}"] if carried else [])])
