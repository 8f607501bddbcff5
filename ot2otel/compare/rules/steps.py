"""The rules for each step of a migration, from one tracing to another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ot2otel.compare.facts import Facts
from ot2otel.compare.rules.jaeger_storage import JAEGER_STORAGE
from ot2otel.compare.rules.libraries import LIBRARIES
from ot2otel.compare.rules.licences import Licences
from ot2otel.compare.rules.native import OFF_THE_SHIM, OPENTELEMETRY, TODAYS_CONVENTIONS
from ot2otel.compare.rules.opentracing import BAGGAGE_EVENT, LOGGED_ERROR, OPENTRACING_TO_SDK
from ot2otel.compare.rules.origin import Origin, origin, sent_by_thrift_exporter
from ot2otel.compare.rules.rule import Rule, Transport
from ot2otel.compare.rules.shim import KIND_RESTORED, SHIM_OVER_OTLP, SHIM_OVER_THRIFT
from ot2otel.compare.rules.standard_tags import STANDARD_TAGS
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER, THRIFT_EXPORTER_LOSSES

_OFF_OPENTRACING = (*STANDARD_TAGS, LOGGED_ERROR, *LIBRARIES, *TODAYS_CONVENTIONS)
_FROM_OPENTRACING = (*OPENTRACING_TO_SDK, BAGGAGE_EVENT, *_OFF_OPENTRACING)
_FROM_SHIM = OFF_THE_SHIM + _OFF_OPENTRACING
_FROM_OPENTELEMETRY = OPENTELEMETRY + LIBRARIES + TODAYS_CONVENTIONS

# (old API, new API) -> the expected changes, without and with the thrift exporter for the new span.
STEPS: dict[tuple[Origin, Origin], tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {
    (Origin.OPENTRACING, Origin.SHIM): (
        OPENTRACING_TO_SDK + SHIM_OVER_OTLP,
        OPENTRACING_TO_SDK + SHIM_OVER_THRIFT,
    ),
    (Origin.OPENTRACING, Origin.OPENTELEMETRY): (
        _FROM_OPENTRACING,
        _FROM_OPENTRACING + THRIFT_EXPORTER_LOSSES,
    ),
    (Origin.SHIM, Origin.OPENTELEMETRY): (_FROM_SHIM, _FROM_SHIM + THRIFT_EXPORTER_LOSSES),
    # The exporter's losses are no part of a change of conventions or of the SDK's version.
    (Origin.OPENTELEMETRY, Origin.OPENTELEMETRY): (_FROM_OPENTELEMETRY, _FROM_OPENTELEMETRY),
}


@dataclass(frozen=True, slots=True)
class Step:
    """The expected changes between two spans: undo the transports on each side, then apply the rules.

    `transports` are undone on both sides, storage first, since either side may have been sent by them.
    """

    transports: tuple[Transport, ...]
    rules: tuple[Rule, ...]

    @property
    def licences(self) -> Licences:
        """The licences of the rules, found by their places."""
        return _licences_of(self.rules)


_licences_of = cache(Licences)


def step(old: Facts, new: Facts, *, stored: bool = False) -> Step:
    """Return the step between two paired spans. Two spans of OpenTracing, or of the shim, have no rules.

    `stored` tells that one side alone was read back from Jaeger.
    """
    storage = JAEGER_STORAGE if stored else ()
    sent = sent_by_thrift_exporter(old), sent_by_thrift_exporter(new)
    exporter = THRIFT_EXPORTER if any(sent) else ()
    rules = STEPS.get((origin(old), origin(new)), ((), ()))[sent[1]]
    if sent[0] and origin(old) is Origin.SHIM and origin(new) is Origin.OPENTELEMETRY:
        rules += KIND_RESTORED
    return Step(storage + exporter, rules)
