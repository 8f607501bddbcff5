"""Which rules apply to which step of a migration."""

from __future__ import annotations

from ot2otel.compare.rules.native import OFF_THE_SHIM, TODAYS_CONVENTIONS
from ot2otel.compare.rules.opentracing import OPENTRACING_TO_SDK
from ot2otel.compare.rules.origin import Origin, came_over_thrift, origin
from ot2otel.compare.rules.rule import Rule
from ot2otel.compare.rules.shim import SHIM_OVER_OTLP, SHIM_OVER_THRIFT
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER, THRIFT_EXPORTER_LOSSES
from ot2otel.model import Span

# (from, to, sent by the thrift exporter) -> what is expected to change.
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
    """Return the rules of the step that two aligned spans show, in the order in which they apply.

    What the thrift exporter did is undone first, on whichever side it was used; two spans that the
    same API recorded have no other expected change.
    """
    exporter = THRIFT_EXPORTER if came_over_thrift(old) or came_over_thrift(new) else ()
    step = (origin(old), origin(new), came_over_thrift(new))
    return tuple(rule for rule in exporter + STEPS.get(step, ()) if rule.applies_to(new))
