"""Few values, counted on both sides: they explain findings, and excuse none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from ot2otel.compare.facts import KIND, STATUS, Content, Place, literal
from ot2otel.compare.forms import Side
from ot2otel.report.html import content
from ot2otel.report.html.strings import text

# One field for old and new names, as a program that moves to the new ones has.
_FIELDS: dict[str, tuple[Place, ...]] = {
    "status": (STATUS,),
    "HTTP status code": (("attributes", "http.status_code"), ("attributes", "http.response.status_code")),
    "kind": (KIND,),
}
_MOST_VALUES = 6
_MOST = 6


def values(before: Side, after: Side) -> list[content.Values]:
    """Return the fields with few values, those first whose counts differ."""
    counts = _counted(before), _counted(after)
    found = []
    for field, service in sorted({*counts[0], *counts[1]}):
        olds, news = (side[field, service] for side in counts)
        names = sorted({*olds, *news}, key=lambda name: -olds[name] - news[name])
        if 1 < len(names) <= _MOST_VALUES:
            title = f"{field} of {service or '(no service)'}"
            found.append(
                content.Values(text(title), [(text(name), olds[name], news[name]) for name in names])
            )
    return sorted(found, key=lambda each: all(old == new for _, old, new in each.counts))[:_MOST]


def _counted(side: Side) -> defaultdict[tuple[str, str], Counter[str]]:
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each, times in side.counts.items():
        for field, value in _values(each):
            found[field, each.service][value] += times
    return found


def _values(each: Content) -> Iterator[tuple[str, str]]:
    for field, places in _FIELDS.items():
        for place in places:
            index = each.shape.index.get(place)
            if index is not None:
                yield field, literal(each.values[index])
                break
