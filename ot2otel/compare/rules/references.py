"""OpenTracing's references as links: the attribute that types them, and links without it."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.model import Link

# As Jaeger translates a reference:
# https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/translator/jaeger
REF_TYPE = "opentracing.ref_type"


def untyped(link: Link) -> Link:
    """Return the link without its type."""
    kept = {key: value for key, value in link.attributes.items() if key != REF_TYPE}
    return replace(link, attributes=kept)


def followed_untyped(link: Link) -> Link:
    """Return the link without its type if that is FOLLOWS_FROM: any link says as much; else as it is."""
    return untyped(link) if link.attributes.get(REF_TYPE) == "follows_from" else link
