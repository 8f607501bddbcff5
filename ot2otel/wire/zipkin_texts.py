"""Events and links of OpenTelemetry, as its exporters write them into the texts of Zipkin."""

from __future__ import annotations

import json
import re

from ot2otel.errors import WireError
from ot2otel.model import Attributes, Event, KeyValues, Link
from ot2otel.wire.json_fields import checked, plain_attributes

_MAX_LINKS = 128
# `"name": {"key": "value"}` of the specification; Go's SDK has no quotes.
_NAMED = re.compile(r'(?P<quote>"?)(?P<name>[^{]*)(?P=quote): ?(?P<attributes>\{.*\})', re.DOTALL)


def event_of(text: str, time_ns: int) -> Event:
    """Return the event in the text of an annotation; any other text is its name.

    There are three forms: the specification's, Python's `{"name": {...}}`, and the Collector's
    `name|{...}|dropped`, with the number of dropped attributes.
    """
    if found := _NAMED.fullmatch(text):
        attributes = _attributes(found["attributes"])
        if attributes is not None:
            return Event(found["name"], time_ns, attributes)
    name, _, rest = text.partition("|")
    content, _, dropped = rest.rpartition("|")
    if content and _is_count(dropped):
        attributes = _attributes(content)
        if attributes is not None:
            return Event(name, time_ns, attributes, int(dropped))
    whole = _attributes(text)
    if whole is not None and len(whole) == 1:
        [(name, inner)] = whole.items()
        if isinstance(inner, KeyValues):
            return Event(name, time_ns, dict(inner.items))
    return Event(text, time_ns)


def links_of(tags: dict[str, str]) -> tuple[Link, ...]:
    """Take the links from the Collector's tags: `trace id|span id|tracestate|{...}|dropped`."""
    links: list[Link] = []
    for number in range(_MAX_LINKS):
        key = f"otlp.link.{number}"
        link = _link(tags.get(key, ""))
        if link is None:
            break
        del tags[key]
        links.append(link)
    return tuple(links)


def _link(text: str) -> Link | None:
    trace_id, _, rest = text.partition("|")
    span_id, _, rest = rest.partition("|")
    trace_state, _, rest = rest.partition("|")
    content, _, dropped = rest.rpartition("|")
    attributes = _attributes(content)
    if attributes is None or not _is_count(dropped):
        return None
    return Link(
        trace_id.strip('"').lower(),
        span_id.strip('"').lower(),
        attributes,
        trace_state,
        dropped_attributes=int(dropped),
    )


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _attributes(text: str) -> Attributes | None:
    """Return the attributes in a text of JSON, None if it is none."""
    if not text.startswith("{"):
        return None
    try:
        return plain_attributes(checked(json.loads(text), dict, "attributes"))
    except (ValueError, RecursionError, WireError):
        return None
