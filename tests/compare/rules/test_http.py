"""The rules for HTTP; those for its URL are in test_native.py."""

from __future__ import annotations

import pytest

from ot2otel.model import Attributes, Kind, Span
from tests.compare.rules.tables import Judged, attributes, case, judged_by, span


def client(values: Attributes) -> Span:
    return span(kind=Kind.CLIENT, attributes=values)


def server(values: Attributes) -> Span:
    return span(kind=Kind.SERVER, attributes=values)


TRANSLATES = [
    case(
        "http.request.method",
        "an unknown method",
        attributes({"http.method": "BREW"}),
        attributes({"http.request.method": "_OTHER", "http.request.method_original": "BREW"}),
        "translated [http.method] -> [http.request.method] + [http.request.method_original] by it",
    ),
    case(
        "http.request.method",
        "a method in small letters",
        attributes({"http.method": "get"}),
        attributes({"http.request.method": "GET", "http.request.method_original": "get"}),
        "translated [http.method] -> [http.request.method] + [http.request.method_original] by it",
    ),
    case(
        "url-target",
        "path and query",
        server({"http.target": "/a?b=c"}),
        server({"url.path": "/a", "url.query": "b=c"}),
        "translated [http.target] -> [url.path] + [url.query] by it",
    ),
    case(
        "url-target",
        "a path alone",
        server({"http.target": "/a"}),
        server({"url.path": "/a"}),
        "translated [http.target] -> [url.path] by it",
    ),
    case(
        "url-target",
        "a signature that is redacted",
        server({"http.target": "/a?sig=s"}),
        server({"url.path": "/a", "url.query": "sig=REDACTED"}),
        "translated [http.target] -> [url.path] + [url.query] by it",
    ),
    case(
        "url-target",
        "of a client",
        client({"http.target": "/a?b=c", "url.full": "http://h/a?b=c"}),
        client({"url.full": "http://h/a?b=c"}),
        "translated [http.target] -> nothing by it",
    ),
    case(
        "url.scheme",
        "of a server",
        server({"http.scheme": "https"}),
        server({"url.scheme": "https"}),
        "translated [http.scheme] -> [url.scheme] by it",
    ),
    case(
        "url.scheme",
        "of a client",
        client({"http.scheme": "https", "url.full": "https://h/a"}),
        client({"url.full": "https://h/a"}),
        "translated [http.scheme] -> nothing by it",
    ),
    case(
        "http-content-length",
        "a size as a header",
        attributes({"http.request_content_length": 12}),
        attributes({"http.request.header.content-length": ("12",)}),
        "translated [http.request_content_length] -> [http.request.header.content-length] by it",
    ),
    case(
        "http-content-length-left-out",
        "sizes that are left out",
        attributes(
            {
                "http.request_content_length": 12,
                "http.response_content_length": 13,
                "http.request.method": "GET",
            }
        ),
        attributes({"http.request.method": "GET"}),
        "degraded [http.request_content_length] -> nothing by it",
        "degraded [http.response_content_length] -> nothing by it",
    ),
]
LEAVES_ALONE = [
    case(
        "http.request.method",
        "the old key with another value, beside the new one",
        attributes({"http.method": "GET"}),
        attributes({"http.method": "PUT", "http.request.method": "GET"}),
        "changed [http.method] -> [http.method]",
        "translated nothing -> [http.request.method] by it",
    ),
    case(
        "http.request.method",
        "another unknown method",
        attributes({"http.method": "BREW"}),
        attributes({"http.request.method": "_OTHER", "http.request.method_original": "WHEN"}),
        'changed [http.method] -> [http.request.method_original] by it, which wants "BREW"',
        "translated nothing -> [http.request.method] by it",
    ),
    case(
        "http.request.method",
        "a known method that is none any more",
        attributes({"http.method": "GET"}),
        attributes({"http.request.method": "_OTHER", "http.request.method_original": "GET"}),
        'changed [http.method] -> [http.request.method] by it, which wants "GET"',
        "new nothing -> [http.request.method_original]",
    ),
    case(
        "url-target",
        "another path",
        server({"http.target": "/a"}),
        server({"url.path": "/b"}),
        'changed [http.target] -> [url.path] by it, which wants "/a"',
    ),
    case(
        "url-target",
        "a query that is lost",
        server({"http.target": "/a?b=c"}),
        server({"url.path": "/a"}),
        'changed [http.target] -> nothing by it, which wants "b=c"',
        "translated nothing -> [url.path] by it",
    ),
    case(
        "url-target",
        "another URL of a client",
        client({"http.target": "/a", "url.full": "http://h/b"}),
        client({"url.full": "http://h/b"}),
        "gone [http.target] -> nothing",
    ),
    case(
        "url.scheme",
        "another scheme",
        server({"http.scheme": "https"}),
        server({"url.scheme": "http"}),
        'changed [http.scheme] -> [url.scheme] by it, which wants "https"',
    ),
    case(
        "url.scheme",
        "a scheme that is lost",
        server({"http.scheme": "https"}),
        server({}),
        "gone [http.scheme] -> nothing",
    ),
    case(
        "url.scheme",
        "another scheme of a client",
        client({"http.scheme": "http", "url.full": "https://h"}),
        client({"url.full": "https://h"}),
        "gone [http.scheme] -> nothing",
    ),
    case(
        "http-content-length",
        "another size",
        attributes({"http.request_content_length": 12}),
        attributes({"http.request.header.content-length": ("13",)}),
        "gone [http.request_content_length] -> nothing",
        "new nothing -> [http.request.header.content-length]",
    ),
    case(
        "http-content-length-left-out",
        "of the older conventions",
        attributes({"http.request_content_length": 12, "http.method": "GET"}),
        attributes({"http.method": "GET"}),
        "gone [http.request_content_length] -> nothing",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
