"""Settles the facts that no rule explains: changed, improved, gone or new."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ot2otel.compare.facts import DEFAULTS, KIND, STATUS, Place, unsaid
from ot2otel.compare.judgement.grades import Grade
from ot2otel.compare.judgement.open_pair import Fact, OpenPair
from ot2otel.model import Kind, StatusCode


def settle_the_rest(pair: OpenPair) -> None:
    """Settle every fact that is still open: changed, improved, gone or new."""
    by_raw = {
        raw: fact
        for fact in pair.new.values()
        if not fact.settled
        for raw in fact.raw
        if raw[0] not in ("event", "link")
    }
    _settle_whole_entries(pair)
    for place, old in pair.old.items():
        if old.settled:
            continue
        new = pair.new.get(place) or next((by_raw[raw] for raw in old.raw if raw in by_raw), None)
        if new is not None and not new.settled:
            pair.settle(_changed(place, old.value), [old], [new])
        elif _has_default(place, pair.new):
            pair.settle(_unsaid_now(place), [old], [])
        else:
            pair.settle(Grade.GONE, [old], [])
    for place, new in pair.new.items():
        if new.settled:
            continue
        if _has_default(place, pair.old):
            pair.settle(Grade.CHANGED, [], [new])
        else:
            pair.settle(Grade.NEW, [], [new])


def _settle_whole_entries(pair: OpenPair) -> None:
    """Settle each event and link without a counterpart as one."""
    for side, other in ((pair.old, pair.new), (pair.new, pair.old)):
        entries: dict[Place, list[Fact]] = {}
        for place, fact in side.items():
            if place[0] in ("event", "link"):
                entries.setdefault(place[:2], []).append(fact)
        there = {place[:2] for place in other}
        for entry, facts in entries.items():
            if entry in there or any(fact.settled for fact in facts):
                continue
            if side is pair.old:
                pair.settle(Grade.GONE, facts, [])
            else:
                pair.settle(Grade.IMPROVED if _is_exception(pair, entry) else Grade.NEW, [], facts)


def _is_exception(pair: OpenPair, entry: Place) -> bool:
    """Tell whether an event records the exception of a span that failed in the before, too."""
    name, failed = pair.new.get((*entry, "name")), pair.old.get(STATUS)
    recorded = name is not None and name.value == "exception"
    return recorded and failed is not None and failed.value is StatusCode.ERROR


def _changed(place: Place, old: Any) -> Grade:  # Any: a value of a fact
    """Grade another value; a kind where none was known is an improvement."""
    return Grade.IMPROVED if place == KIND and old is Kind.UNSPECIFIED else Grade.CHANGED


def _unsaid_now(place: Place) -> Grade:
    """Grade a place that says nothing any more: times or ids that are no longer odd are an improvement."""
    return Grade.IMPROVED if place[-1] in ("time", "ids") else Grade.CHANGED


def _has_default(place: Place, side: Iterable[Place]) -> bool:
    """Tell whether a place of a span, or of an event or link on this side, always has a value."""
    return bool(unsaid(place)) and (place in DEFAULTS or any(there[:2] == place[:2] for there in side))
