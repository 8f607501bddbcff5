"""Keys that a rule renames: two names of one attribute, for a side that has both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from ot2otel.compare.catalog import rooms
from ot2otel.compare.rules.rule import Renamed, attribute

_ATTRIBUTE = attribute("")[0]


@cache
def renames() -> Mapping[str, str]:
    """Return the new name of each key that the rules rename to one other, whatever else a span has."""
    found: dict[str, set[str]] = defaultdict(set)
    for room in rooms():
        for rule in room.rules:
            for licence in rule.licences:
                if isinstance(licence, Renamed) and _is_plain(licence):
                    found[str(licence.old[1])].add(str(licence.new[1]))
    return {old: new for old, (new, *others) in found.items() if not others}


def _is_plain(licence: Renamed) -> bool:
    """Tell whether a key of a span is renamed, whatever else the span has."""
    return not licence.premises and licence.old[0] == licence.new[0] == _ATTRIBUTE


def united(keys: Iterable[str]) -> Mapping[str, str]:
    """Return the newest name of each of these keys that stands beside another name of the same attribute."""
    names: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        names[_newest(key)].append(key)
    return {
        key: newest for newest, every in names.items() if len(every) > 1 for key in every if key != newest
    }


def _newest(key: str) -> str:
    seen = {key}
    while (new := renames().get(key)) is not None and new not in seen:
        seen.add(new)
        key = new
    return key
