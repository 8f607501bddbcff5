"""A rule never excuses too much: each fact of the golden recordings is removed once and changed once.

Each edit is seen in the verdict's findings, none makes the outcome better, and only the edits in `EXCUSED`
leave it as it was.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.golden import RECORDINGS
from tests.support.excuses import excuses, requests_of

FLOWS = ("hello", "frontend_backend", "orders", "events")
RUNS = ("legacy-jaeger", "shim-jaeger", "shim-otlp", "native-jaeger", "native-otlp")
# Between the shim's two exporters no rule applies: what one of them lost may be put right by an edit.
STEPS = [
    (flow, *runs) for flow in FLOWS for runs in combinations(RUNS, 2) if runs != ("shim-jaeger", "shim-otlp")
]
# Four steps, in which most rules explain something.
FEW = [
    ("hello", "legacy-jaeger", "shim-jaeger"),
    ("events", "legacy-jaeger", "shim-otlp"),
    ("frontend_backend", "legacy-jaeger", "native-otlp"),
    ("frontend_backend", "shim-jaeger", "native-jaeger"),
]

# Side, what and field of the edits that no finding shows, each with its reason.
OF_THE_RUN = "the run's own, which its recording leaves out"
ONE_SIDED = "an event that only one side has is one finding, told by its name"
ONCE = "new facts of a resource are told once per service"
CUT = "jaeger-client cut the stack before the line that names its error, and frames are no facts"
UNSEEN = {
    **{
        (side, what, f"{where}.{key}"): OF_THE_RUN
        for side in ("before", "after")
        for what in ("removed", "changed")
        for where in ("attributes", "resource")
        for key in ("ot2otel.run", "service.namespace")
    },
    **{
        ("after", "removed", f"resource.{key}"): ONCE
        for key in ("host.arch", "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version")
    },
    ("before", "changed", "event.attributes.stack"): CUT,
    ("after", "changed", "event.attributes.stack"): CUT,
}
# The shim has no event `baggage`, so that each of orders' is gone or new as a whole.
UNSEEN_IN_ORDERS = {
    (side, what, f"event.attributes.{key}"): ONE_SIDED
    for side in ("before", "after")
    for what in ("removed", "changed")
    for key in ("key", "value", "message")
}


def places(*keys: str) -> list[str]:
    """Return these keys as attributes of the span and of the resource."""
    return [f"{where}.{key}" for where in ("attributes", "resource") for key in keys]


# Why an edit of these fields may leave the outcome as it was. A fact that is removed from the before may
# always: it is a new one in the after.
SIDES = {
    "after": {
        "the tracer's own, of which the before tells nothing or something else": [
            *places("host.arch", "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version"),
            *("attributes.otel.library.name", "attributes.otel.library.version"),
            *("attributes.otel.scope.name", "attributes.otel.scope.version"),
            *("scope", "scope.name", "scope.version"),
        ],
        "the thrift exporter's second copy of a fact that stands": [
            *places("service.name"),
            *("event.name", "event.attributes.message", "link.attributes.opentracing.ref_type"),
        ],
        "new in this step, so its absence or another value is no loss": [
            *("attributes.error.type", "attributes.server.address", "attributes.server.port"),
            *("attributes.db.operation.name", "attributes.messaging.system"),
            *("attributes.messaging.operation.name", "attributes.messaging.operation.type"),
            *("attributes.baggage.environment", "attributes.baggage.version", "attributes.span.kind"),
            *("event", "event.attributes.event", "event.attributes.exception.escaped"),
            *("event.attributes.exception.message", "status.message"),
            "kind",  # where the before has none, or the shim lost it
        ],
        "an address, and another one wherever it stood is noise": places("host.name"),
        "no error of the server, or one that only an attribute tells": ["status.code"],
    },
    "before": {
        "jaeger-client's own": ["attributes.sampler.param", "resource.opencensus.exporterversion"],
        "the tracer's own, whose version may change": [
            *places("telemetry.sdk.version"),
            *("scope.name", "scope.version"),
        ],
        "lost in this step anyway, and told so": [
            *("event.attributes.error.object", "event.attributes.message", "kind"),
        ],
        "an address, and another one wherever it stood is noise": [
            *places("host.name"),
            "attributes.server.port",
        ],
        "an error that an attribute tells as well": ["status.code"],
    },
}
EXCUSED = {
    (side, field): why for side, whys in SIDES.items() for why, fields in whys.items() for field in fields
}


def check(flow: str, before: str, after: str) -> None:
    known = {**UNSEEN, **(UNSEEN_IN_ORDERS if flow == "orders" else {})}
    before_file, after_file = (RECORDINGS / f"{flow}-{run}.json" for run in (before, after))

    found = excuses(requests_of(before_file), requests_of(after_file), known)

    excused, run_ids = ({(side, field) for side, _, field in edits} for edits in (found.excused, known))
    assert (found.unseen, found.better) == (set(), set())
    assert excused - set(EXCUSED) - run_ids == set()


@pytest.mark.parametrize("step", FEW, ids=" ".join)
def test_a_rule_never_excuses_too_much(step: tuple[str, str, str]) -> None:
    check(*step)


@pytest.mark.slow
@pytest.mark.parametrize("step", [step for step in STEPS if step not in FEW], ids=" ".join)
def test_a_rule_never_excuses_too_much_in_any_step(step: tuple[str, str, str]) -> None:
    check(*step)
