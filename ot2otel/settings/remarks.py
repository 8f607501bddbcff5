"""Warnings of a translation, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from ot2otel.settings.table import BY_NAME

SPECIFICATION = "https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/"
RESOURCE_SDK = "https://opentelemetry.io/docs/specs/otel/resource/sdk/"
JAEGER_CLIENT = "jaeger-client 4.8.0"
JAEGER_FEATURES = "https://www.jaegertracing.io/docs/1.28/client-features/"


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a key, and its source: a URL, a file of a package, or the reference with its tests."""

    key: str
    text: str
    source: str


def by_test(key: str, text: str, *claims: str) -> Remark:
    """Return a remark that tests of the reference's claims back; without claims, those of the key's row."""
    tests = claims or BY_NAME[key].claims
    return Remark(key, text, ", ".join(["docs/reference.md", *(f"test {each}" for each in tests)]))
