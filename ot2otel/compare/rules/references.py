"""OpenTracing's references as links: the attribute with their type, and its removal."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.model import Link

# The attribute that Jaeger's translation of a reference sets:
# https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/translator/jaeger
REF_TYPE = "opentracing.ref_type"


def without_type(link: Link) -> Link:
    """Return the link without its reference type."""
    kept = {key: value for key, value in link.attributes.items() if key != REF_TYPE}
    return replace(link, attributes=kept)


def without_follows_from(link: Link) -> Link:
    """Return the link without the reference type FOLLOWS_FROM, which any link implies; other types stay."""
    return without_type(link) if link.attributes.get(REF_TYPE) == "follows_from" else link
