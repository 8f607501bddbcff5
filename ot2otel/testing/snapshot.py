"""A snapshot: the spans of a test as readable JSON, in OpenTelemetry's terms, without ids and times."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn, TypeAlias

from ot2otel.errors import Ot2OtelError
from ot2otel.model import (
    Attributes,
    AttributeValue,
    Event,
    KeyValues,
    Kind,
    Link,
    Scope,
    Span,
    Status,
    StatusCode,
)
from ot2otel.testing.order import Branch

VERSION = 1
# The bits of OTLP's `SpanFlags` for a parent, or a link's target, of another process. The bit that tells only
# that the sender knows it is left out where the other one is not set.
REMOTE = 0x300

_Object: TypeAlias = dict[str, Any]  # Any: JSON
_OUTSIDE = "outside"


class SnapshotError(Ot2OtelError):
    """A file is no snapshot."""


def encode(roots: Sequence[Branch]) -> str:
    """Return the snapshot's text: one JSON document, its keys in a fixed order."""
    document = _Encoder(roots).document()
    text = json.dumps(document, indent=2, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate
        text = json.dumps(document, indent=2)
    return text + "\n"


class _Encoder:
    def __init__(self, roots: Sequence[Branch]) -> None:
        self._traces: dict[str, list[Branch]] = {}
        for root in roots:
            self._traces.setdefault(root.span.trace_id, []).append(root)
        self._paths = {
            (branch.span.trace_id, branch.span.span_id): path
            for path, branch in _numbered([root for trace in self._traces.values() for root in trace])
        }
        self._resources: dict[str, Attributes] = {}
        self._scopes: dict[str, _Object] = {}

    def document(self) -> _Object:
        traces = [[self._span(root, "", "") for root in trace] for trace in self._traces.values()]
        return {
            "ot2otel.snapshot": VERSION,
            "resources": {name: _attributes(found) for name, found in self._resources.items()},
            "scopes": self._scopes,
            "traces": traces,
        }

    def _span(self, branch: Branch, service: str, scope: str) -> _Object:
        span = branch.span
        own_service = _named(self._resources, span.service, dict(span.resource))
        own_scope = _named(self._scopes, span.scope.name, _scope(span.scope))
        is_root = bool(span.parent_id) and branch in self._traces.get(span.trace_id, ())
        entry: _Object = {
            "name": span.name,
            "service": None if own_service == service else own_service,
            "scope": None if own_scope == scope else own_scope,
            "kind": span.kind.name,
            "parent": _OUTSIDE if is_root else None,
            "concurrent": branch.concurrent or None,
            "status": _filled(
                {
                    "code": span.status.code.name if span.status.code is not StatusCode.UNSET else None,
                    "message": span.status.message or None,
                }
            ),
            "attributes": _attributes(span.attributes),
            "events": [_event(event) for event in span.events],
            "links": [self._link(link) for link in span.links],
            "traceState": span.trace_state or None,
            "parentIsRemote": True if span.flags & REMOTE == REMOTE else None,
            "flags": span.flags & ~REMOTE or None,
            "droppedAttributesCount": span.dropped_attributes or None,
            "droppedEventsCount": span.dropped_events or None,
            "droppedLinksCount": span.dropped_links or None,
            "children": [self._span(child, own_service, own_scope) for child in branch.children],
        }
        return _filled(entry)

    def _link(self, link: Link) -> _Object:
        return _filled(
            {
                "to": self._paths.get((link.trace_id, link.span_id), _OUTSIDE),
                "attributes": _attributes(link.attributes),
                "traceState": link.trace_state or None,
                "isRemote": True if link.flags & REMOTE == REMOTE else None,
                "flags": link.flags & ~REMOTE or None,
                "droppedAttributesCount": link.dropped_attributes or None,
            }
        )


def _numbered(roots: Iterable[Branch], above: str = "") -> Iterable[tuple[str, Branch]]:
    """Yield each branch with its path: `2.1` is the first child of the second root."""
    for number, branch in enumerate(roots, 1):
        path = f"{above}{number}"
        yield path, branch
        yield from _numbered(branch.children, f"{path}.")


def _named(known: dict[str, Any], name: str, content: Any) -> str:  # Any: JSON
    """Return the key of a resource or a scope, the name and if need be a number; "" for none at all."""
    if not content:
        return ""
    number, key = 1, name or "(no name)"
    while key in known and known[key] != content:
        number += 1
        key = f"{name or '(no name)'} #{number}"
    known.setdefault(key, content)
    return key


def _scope(scope: Scope) -> _Object:
    return _filled(
        {
            "name": scope.name or None,
            "version": scope.version or None,
            "attributes": _attributes(scope.attributes),
        }
    )


def _event(event: Event) -> _Object:
    return {"name": event.name} | _filled(
        {
            "attributes": _attributes(event.attributes),
            "droppedAttributesCount": event.dropped_attributes or None,
        }
    )


def _filled(entry: Mapping[str, Any]) -> _Object:
    """Leave out what says nothing; a name always says something."""
    return {key: value for key, value in entry.items() if value not in (None, [], {})}


def _attributes(attributes: Attributes) -> _Object:
    return {key: _value(attributes[key]) for key in sorted(attributes)}


def _value(value: AttributeValue) -> Any:  # Any: JSON
    """Return a value as plain JSON, or if that would not tell its type, as OTLP/JSON writes it."""
    match value:
        case None:
            return {}
        case float() if not math.isfinite(value):
            return {"doubleValue": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
        case bytes():
            return {"bytesValue": base64.b64encode(value).decode()}
        case KeyValues():
            return {"kvlistValue": {key: _value(item) for key, item in value.items}}
        case tuple():
            return [_value(item) for item in value]
        case _:
            return value


# Reading. Ids are made anew.

_TICK = 1_000_000  # ns


def decode(text: str, place: str) -> tuple[Branch, ...]:
    """Return the trees of a snapshot; raise SnapshotError, whose text begins with `place`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse(place, f"it is no JSON: {error}")
    if not isinstance(document, dict) or "ot2otel.snapshot" not in document:
        _refuse(place, "the key 'ot2otel.snapshot' is missing")
    if document["ot2otel.snapshot"] != VERSION:
        _refuse(place, f"its version is {document['ot2otel.snapshot']!r}, and this release reads {VERSION}")
    try:
        return _Decoder(document).roots()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        _refuse(place, f"{type(error).__name__}: {error}")


def _refuse(place: str, problem: str) -> NoReturn:
    raise SnapshotError(
        f"{place} is no snapshot: {problem}. Write it anew with --trace-snapshots=update, or restore it."
    )


class _Decoder:
    def __init__(self, document: Mapping[str, Any]) -> None:  # Any: JSON
        self._resources = {
            name: _read_attributes(found) for name, found in document.get("resources", {}).items()
        }
        self._scopes = {name: _read_scope(found) for name, found in document.get("scopes", {}).items()}
        self._traces = document["traces"]
        self._ids: dict[str, tuple[str, str]] = {}

    def roots(self) -> tuple[Branch, ...]:
        places = [(number, entry) for number, trace in enumerate(self._traces, 1) for entry in trace]
        for root, (number, entry) in enumerate(places, 1):
            self._number(f"{root}", entry, f"{number:032x}")
        return tuple(self._branch(f"{root}", entry, "", "", "") for root, (_, entry) in enumerate(places, 1))

    def _number(self, path: str, entry: _Object, trace_id: str) -> None:
        self._ids[path] = trace_id, f"{len(self._ids) + 1:016x}"
        for number, child in enumerate(entry.get("children", ()), 1):
            self._number(f"{path}.{number}", child, trace_id)

    def _branch(self, path: str, entry: _Object, parent: str, service: str, scope: str) -> Branch:
        trace_id, span_id = self._ids[path]
        service, scope = entry.get("service", service), entry.get("scope", scope)
        status = entry.get("status", {})
        span = Span(
            trace_id,
            span_id,
            _text(entry["name"]),
            "f" * 16 if entry.get("parent") == _OUTSIDE else parent,
            Kind[entry["kind"]],
            status=Status(StatusCode[status.get("code", "UNSET")], _text(status.get("message", ""))),
            attributes=_read_attributes(entry.get("attributes", {})),
            events=tuple(map(_read_event, entry.get("events", ()))),
            links=tuple(map(self._read_link, entry.get("links", ()))),
            resource=self._resources[service] if service else {},
            scope=self._scopes[scope] if scope else Scope(),
            trace_state=_text(entry.get("traceState", "")),
            flags=int(entry.get("flags", 0)) | (REMOTE if entry.get("parentIsRemote") else 0),
            dropped_attributes=int(entry.get("droppedAttributesCount", 0)),
            dropped_events=int(entry.get("droppedEventsCount", 0)),
            dropped_links=int(entry.get("droppedLinksCount", 0)),
        )
        children = tuple(
            self._branch(f"{path}.{number}", child, span_id, service, scope)
            for number, child in enumerate(entry.get("children", ()), 1)
        )
        return Branch(span, children, bool(entry.get("concurrent")))

    def _read_link(self, entry: _Object) -> Link:
        trace_id, span_id = self._ids.get(entry["to"], ("f" * 32, "f" * 16))
        return Link(
            trace_id,
            span_id,
            _read_attributes(entry.get("attributes", {})),
            _text(entry.get("traceState", "")),
            int(entry.get("flags", 0)) | (REMOTE if entry.get("isRemote") else 0),
            int(entry.get("droppedAttributesCount", 0)),
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _read_scope(entry: _Object) -> Scope:
    return Scope(
        _text(entry.get("name", "")),
        _text(entry.get("version", "")),
        _read_attributes(entry.get("attributes", {})),
    )


def _read_event(entry: _Object) -> Event:
    return Event(
        _text(entry["name"]),
        0,
        _read_attributes(entry.get("attributes", {})),
        int(entry.get("droppedAttributesCount", 0)),
    )


def _read_attributes(entry: _Object) -> dict[str, AttributeValue]:
    return {key: _read_value(value) for key, value in entry.items()}


def _read_value(value: Any) -> AttributeValue:  # Any: JSON
    if isinstance(value, list):
        return tuple(map(_read_value, value))
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]  # one of JSON's plain types
    if not value:
        return None
    (kind, content), *more = value.items()
    if more or kind not in _TYPED:
        raise ValueError(f"{value!r} is no value of an attribute")
    return _TYPED[kind](content)


_TYPED: Mapping[str, Callable[[Any], AttributeValue]] = {  # Any: JSON
    "doubleValue": float,
    "bytesValue": base64.b64decode,
    "kvlistValue": lambda entry: KeyValues(tuple((key, _read_value(item)) for key, item in entry.items())),
}


# Times.


def timed(roots: Iterable[Branch]) -> tuple[Span, ...]:
    """Return the spans with times that tell their order and nothing else.

    A child is within its parent. Siblings follow each other; a concurrent one lasts as long as all of them.
    """
    found: list[Span] = []
    start = _TICK
    for root in roots:
        start = _place(root, start, start + _ticks(root) * _TICK, found) + _TICK
    return tuple(found)


def _ticks(branch: Branch) -> int:
    """Return how many ticks a span needs: for its children one after the other, and one around each."""
    one_by_one = sum(_ticks(child) + 1 for child in branch.children if not child.concurrent)
    beside = max((_ticks(child) for child in branch.children if child.concurrent), default=0)
    return max(one_by_one, beside) + 4


def _place(branch: Branch, start: int, end: int, found: list[Span]) -> int:
    found.append(_with_times(branch.span, start, end))
    cursor = start + 2 * _TICK
    for child in branch.children:
        if child.concurrent:
            _place(child, start + _TICK, end - _TICK, found)
        else:
            cursor = _place(child, cursor, cursor + _ticks(child) * _TICK, found) + _TICK
    return end


def _with_times(span: Span, start: int, end: int) -> Span:
    events = tuple(replace(event, time_ns=start + _TICK) for event in span.events)
    links = tuple(replace(link, flags=_flags(link.flags)) for link in span.links)
    return replace(span, start_ns=start, end_ns=end, events=events, links=links, flags=_flags(span.flags))


def _flags(flags: int) -> int:
    """Leave out what a snapshot does."""
    return flags if flags & REMOTE == REMOTE else flags & ~REMOTE
