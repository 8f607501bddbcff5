"""Changes of OpenTracing's standard tags that OpenTelemetry has no attribute for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ot2otel.compare.facts import SCOPE_NAME
from ot2otel.compare.rules.rule import (
    OPENTRACING_TAGS,
    SPECIFICATION,
    Dropped,
    Effect,
    Makes,
    Rule,
    Split,
    attribute,
    stands,
    text,
)

_COMPONENT = attribute("component")
_WORDS = re.compile(r"[a-z0-9]+")


def _named_by_scope(component: object, scope: object) -> Sequence[Makes] | None:
    """Make the scope's name if all words of the component are in it, one after the other."""
    if not isinstance(component, str) or not isinstance(scope, str):
        return None
    words = " ".join(_WORDS.findall(component.lower()))
    names = " ".join(_WORDS.findall(scope.lower()))
    return (Makes(SCOPE_NAME, scope),) if words and f" {words} " in f" {names} " else None


STANDARD_TAGS = (
    Rule(
        "component",
        Effect.TRANSLATED,
        "the instrumentation scope names the library that `component` named",
        f"{SPECIFICATION}/common/instrumentation-scope.md ({OPENTRACING_TAGS})",
        (Split((_COMPONENT,), _named_by_scope, reads_after=(SCOPE_NAME,)),),
    ),
    Rule(
        "component-lost",
        Effect.DEGRADED,
        "`component` is gone; the instrumentation scope, which takes its place, has another name",
        f"{SPECIFICATION}/common/instrumentation-scope.md ({OPENTRACING_TAGS})",
        (Dropped((_COMPONENT,), "the scope, by another name", test=text, premises=(stands(SCOPE_NAME),)),),
        "a search for `component` finds nothing",
    ),
    Rule(
        "sampling.priority",
        Effect.DEGRADED,
        "`sampling.priority` is gone: a sampler decides when a span starts, and no later attribute changes "
        "that",
        f"{SPECIFICATION}/trace/sdk.md#sampling ({OPENTRACING_TAGS})",
        (Dropped((attribute("sampling.priority"),), "nothing: no attribute forces a trace"),),
        "requests that had to be traced are sampled like any other",
    ),
)
