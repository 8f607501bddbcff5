"""OTLP/JSON documents with a few things that no exporter writes, or not so."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from ot2otel.wire.otlp_json_encoder import encode_json
from tests.support.spans import spans

_CONTENTS: list[object] = [
    *(None, True, False, 0, 1, -1, 5.0, 2**32, 2**63, 2**64, 10**400, float("nan"), 0.5),
    *(
        "",
        "x",
        "0",
        " 12 ",
        "1_0",
        "-1",
        "NaN",
        "99" * 20,
        "true",
        "é",
        "\ud800",
        "SPAN_KIND_SERVER",
        "9" * 5000,
    ),
    *(
        "0" * 16,
        "0" * 32,
        "ABCDEF0123456789",
        "ABCDEF0123456789" * 2,
        "a" * 31 + " ",
        "a" * 15 + "é",
        "aa " * 8,
    ),
    *([], {}, [[]], [{}], [None], ["stringValue"], {"stringValue": "s"}, {"intValue": "1"}, {"values": []}),
    *({"code": 2}, {"stringValue": "s", "intValue": 1}, {"stringValue": None}, {"boolValue": 1}, {"x": {}}),
    *({"key": "k"}, {"key": "k", "value": {}}, {"key": "k", "value": {"arrayValue": {"values": [{}]}}}),
]
_KEYS = [
    "traceState",
    "flags",
    "links",
    "status",
    "message",
    "key",
    "value",
    "intValue",
    "stringValue",
    "unknown",
]


@st.composite
def odd_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return a document of some spans in which up to three places have another content, or none."""
    document: dict[str, Any] = encode_json(draw(st.lists(spans, min_size=1, max_size=2)))
    for _ in range(draw(st.integers(0, 3))):
        if not (places := _places(document)):
            break
        inside, place = draw(st.sampled_from(places))
        content = json.loads(json.dumps(draw(st.sampled_from(_CONTENTS))))
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                inside[place] = content
            case "remove":
                del inside[place]
            case "add" if isinstance(inside, dict):
                inside[draw(st.sampled_from(_KEYS))] = content
            case "add":
                inside.append(content)
    return document


def _places(inside: Any) -> list[tuple[Any, Any]]:
    """Return each place in an object or an array: what it is directly in, and its key or index there."""
    places = []
    pending = [inside]
    while pending:
        inside = pending.pop()
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        places += [(inside, key) for key in keys]
        pending += [inside[key] for key in keys if isinstance(inside[key], (dict, list))]
    return places
