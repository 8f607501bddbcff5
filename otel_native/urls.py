"""A URL in the attributes of a span, as the HTTP conventions ask.

https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
# Query parameters that sign a URL.
SIGNATURES = {"AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"}


def port(url: SplitResult) -> int:
    """Return the port of a URL, by default its scheme's; 0 for a scheme without one."""
    return url.port or PORTS.get(url.scheme, 0)


def redacted(url: str) -> str:
    """Return the URL with `REDACTED` for user name, password and each signature."""
    parts = urlsplit(url)
    credentials, at, host = parts.netloc.rpartition("@")
    if not at and not parts.query:
        return url
    if at:
        host = f"REDACTED:REDACTED@{host}" if ":" in credentials else f"REDACTED@{host}"
    return parts._replace(netloc=host, query=redacted_query(parts.query)).geturl()


def redacted_query(query: str) -> str:
    """Return the query of a URL with `REDACTED` for each signature."""
    return "&".join(_redacted_signature(pair) for pair in query.split("&"))


def _redacted_signature(pair: str) -> str:
    key = pair.partition("=")[0]
    return f"{key}=REDACTED" if key in SIGNATURES else pair
