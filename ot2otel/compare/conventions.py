"""The semantic conventions' renames that concern the keys of some spans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from ot2otel.compare.facts import Place
from ot2otel.compare.rules.licences import Licences
from ot2otel.compare.rules.native import TODAYS_CONVENTIONS
from ot2otel.compare.rules.published import PUBLISHED, Published
from ot2otel.compare.rules.rule import Rule, attribute, in_resource, of_event
from ot2otel.model import Span

Version: TypeAlias = tuple[int, int, int]

NEWEST: Version = (1, 44, 0)  # of the published table
_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")
_SCHEMA = re.compile(r"https://opentelemetry\.io/schemas/(\d+\.\d+\.\d+)")
_PLACES: dict[str, Callable[[str], Place]] = {
    "span": attribute,
    "event": lambda key: of_event("attributes", key),
    "resource": in_resource,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """How many spans have each key, by its place ("span", "event" or "resource") and its name."""

    spans: int
    counts: Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Concern:
    """A published change of a key that some spans have.

    `rules` are those of the workbench that explain the change; without one a verdict calls the key gone.
    """

    published: Published
    place: str
    spans: int
    rules: tuple[Rule, ...]

    @property
    def effect(self) -> str:
        """What becomes of the fact, in the words of the rules; "no rule" if none explains it."""
        return ", ".join(dict.fromkeys(rule.effect.value for rule in self.rules)) or "no rule"


def version(text: str) -> Version | None:
    """Return the version in a text like 1.21 or 1.21.0, None if it is none."""
    found = _VERSION.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def named(number: Version) -> str:
    """Return a version as text."""
    return ".".join(map(str, number))


def versions_of(schemas: Iterable[str]) -> list[Version]:
    """Return the versions of the conventions' own schemas among these URLs, the oldest first."""
    found = (_SCHEMA.fullmatch(url) for url in schemas)
    numbers = (version(each[1]) for each in found if each)
    return sorted({number for number in numbers if number})


def schema_named(url: str) -> str:
    """Return the version of a schema of the conventions' own, any other URL as it is."""
    found = _SCHEMA.fullmatch(url)
    return found[1] if found else url


def keys(spans: Iterable[Span]) -> Keys:
    """Count the keys of the spans."""
    counts: Counter[tuple[str, str]] = Counter()
    number = 0
    for span in spans:
        number += 1
        counts.update(("span", key) for key in span.attributes)
        counts.update(("event", key) for key in {key for event in span.events for key in event.attributes})
        counts.update(("resource", key) for key in span.resource)
    return Keys(number, counts)


def concerns(found: Keys, after: Version | None, until: Version = NEWEST) -> list[Concern]:
    """Return the changes that came after one version, until another, the most frequent ones first.

    A change of which the conventions tell no version is always among them.
    """
    rows = [row for row in PUBLISHED if _is_between(row, after, until)]
    concerned = [
        Concern(row, place, found.counts[place, row.old], _rules(_PLACES[place](row.old)))
        for row in rows
        for place in _PLACES
        if (place, row.old) in found.counts
    ]
    return sorted(concerned, key=lambda each: (-each.spans, each.published.old, each.place))


def older_than(concerned: Sequence[Concern], schema: Version) -> list[Concern]:
    """Return the changes that a schema of this version has already: these keys are older than it says."""
    return [each for each in concerned if (since := version(each.published.since)) and since <= schema]


def _is_between(row: Published, after: Version | None, until: Version) -> bool:
    since = version(row.since)
    return since is None or ((after is None or since > after) and since <= until)


@cache
def _licences() -> Licences:
    return Licences(TODAYS_CONVENTIONS)


def _rules(place: Place) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rule for rule, _ in _licences().moves_of([place])))
