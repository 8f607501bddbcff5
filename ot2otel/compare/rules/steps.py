"""The rules for each step of a migration, from one tracing to another."""

from __future__ import annotations

from ot2otel.compare.rules.native import OFF_THE_SHIM, TODAYS_CONVENTIONS
from ot2otel.compare.rules.opentracing import OPENTRACING_TO_SDK
from ot2otel.compare.rules.origin import Origin, origin, sent_by_thrift_exporter
from ot2otel.compare.rules.rule import Rule
from ot2otel.compare.rules.shim import SHIM_OVER_OTLP, SHIM_OVER_THRIFT
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER, THRIFT_EXPORTER_LOSSES
from ot2otel.model import Span

# (old API, new API, new span sent by the thrift exporter) -> the expected changes.
STEPS: dict[tuple[Origin, Origin, bool], tuple[Rule, ...]] = {
    (Origin.OPENTRACING, Origin.SHIM, False): OPENTRACING_TO_SDK + SHIM_OVER_OTLP,
    (Origin.OPENTRACING, Origin.SHIM, True): OPENTRACING_TO_SDK + SHIM_OVER_THRIFT,
    (Origin.OPENTRACING, Origin.OPENTELEMETRY, False): OPENTRACING_TO_SDK + TODAYS_CONVENTIONS,
    (Origin.OPENTRACING, Origin.OPENTELEMETRY, True): (
        OPENTRACING_TO_SDK + TODAYS_CONVENTIONS + THRIFT_EXPORTER_LOSSES
    ),
    (Origin.SHIM, Origin.OPENTELEMETRY, False): OFF_THE_SHIM + TODAYS_CONVENTIONS,
}


def rules_for(old: Span, new: Span) -> tuple[Rule, ...]:
    """Return the rules for the step between two aligned spans, in the order in which they apply.

    The rules that undo the thrift exporter come first, if it sent either span. Two spans of the same API
    have no other rules.
    """
    exporter = THRIFT_EXPORTER if sent_by_thrift_exporter(old) or sent_by_thrift_exporter(new) else ()
    step = (origin(old), origin(new), sent_by_thrift_exporter(new))
    return tuple(rule for rule in exporter + STEPS.get(step, ()) if rule.applies_to(new))
