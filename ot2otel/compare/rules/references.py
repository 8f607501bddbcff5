"""OpenTracing's references as links: the attribute with their type."""

from __future__ import annotations

# The attribute that Jaeger's translation of a reference sets:
# https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/translator/jaeger
REF_TYPE = "opentracing.ref_type"
FOLLOWS_FROM = "follows_from"
CHILD_OF = "child_of"
