"""What a repair of the shim cannot bring back, by flow and exporter."""

from __future__ import annotations

from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Outcome, Verdict

_LOSSES = (Grade.DEGRADED, Grade.GONE, Grade.CHANGED, Grade.NEW)
# The SDK of the pinned lane drops an exception that is logged as an object; the thrift exporter its message.
_OBJECT = ("degraded", "event.attributes.error.object", "shim-error-object")
_MESSAGE = ("degraded", "event.attributes.message", "thrift-exporter-message")
_REFERENCE = ("degraded", "link.attributes.opentracing.ref_type", "shim-reference-type")
# The shim's baggage leaves neither its event nor its process.
_BAGGAGE = {
    ("gone", "event", ""),
    ("gone", "attributes.baggage.environment", ""),
    ("gone", "attributes.baggage.version", ""),
}
LEFT = {
    ("hello", "otlp"): (Outcome.EQUIVALENT, set()),
    ("hello", "jaeger"): (Outcome.EQUIVALENT, set()),
    ("frontend_backend", "otlp"): (Outcome.DEGRADED, {_OBJECT}),
    ("frontend_backend", "jaeger"): (Outcome.DEGRADED, {_OBJECT, _MESSAGE}),
    ("orders", "otlp"): (Outcome.DIFFERENT, {_OBJECT, *_BAGGAGE}),
    ("orders", "jaeger"): (Outcome.DIFFERENT, {_OBJECT, _MESSAGE, *_BAGGAGE}),
    ("events", "otlp"): (Outcome.DEGRADED, {_REFERENCE}),
    ("events", "jaeger"): (Outcome.EQUIVALENT, set()),
}


def losses(verdict: Verdict) -> set[tuple[str, str, str]]:
    """Return the grade, the field and the rule of each fact that is lost, changed or new."""
    return {
        (finding.grade.value, finding.field, "".join(rule.name for rule in finding.rules))
        for finding in verdict.findings
        if finding.grade in _LOSSES
    }
