"""The semantic conventions that two recordings name by their schemas, told if they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ot2otel.compare.conventions import schema_named
from ot2otel.compare.verdict import Verdict

_NAMED = 5  # versions of a service in a sentence
_LONGEST = 100  # characters of a URL


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


def _versions(urls: Sequence[str]) -> str:
    """Return the first versions, and how many more there are; a URL comes from a stranger, so it is cut."""
    named = ", ".join(schema_named(url)[:_LONGEST] for url in urls[:_NAMED])
    return f"{named} and {len(urls) - _NAMED} more" if len(urls) > _NAMED else named
