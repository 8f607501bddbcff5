"""The semantic conventions that two recordings name by their schemas, told if they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ot2otel.compare.conventions import schema_named
from ot2otel.compare.verdict import Verdict


def sentences(verdicts: Iterable[Verdict], arrow: str) -> list[str]:
    """Return a sentence for each service that names other schemas in the after than in the before.

    A service that names none on one side is left out: OpenTracing has no schemas.
    """
    return list(dict.fromkeys(each for verdict in verdicts for each in _of(verdict, arrow)))


def _of(verdict: Verdict, arrow: str) -> Iterator[str]:
    old, new = verdict.before.schemas, verdict.after.schemas
    for service in sorted(old.keys() & new.keys()):
        if old[service] != new[service]:
            yield f"conventions of {service}: {_versions(old[service])} {arrow} {_versions(new[service])}"


def _versions(urls: Iterable[str]) -> str:
    return ", ".join(map(schema_named, urls))
