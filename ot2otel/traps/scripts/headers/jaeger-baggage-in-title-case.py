# /// script
# dependencies = ["opentelemetry-api", "opentelemetry-propagator-jaeger", "requests"]
# ///
"""The trace goes on and its baggage does not, behind a WSGI server.

Cause: opentelemetry-propagator-jaeger, up to 1.45.1, asks the carrier for `uber-trace-id`, which any mapping
    of headers finds, but looks for keys that begin with `uberctx-`: WSGI frameworks list them as
    `Uberctx-Tenant`.
Met: open-telemetry/opentelemetry-python-contrib#484 (the same in the propagator ot-trace)
Way out: `{key.lower(): value for key, value in request.headers.items()}`.
Found by: `ot2otel headers FILE` on one captured request.
Lanes: pinned, newest
"""

from opentelemetry import baggage
from opentelemetry.propagators.jaeger import JaegerPropagator
from requests.structures import CaseInsensitiveDict

HEADERS = CaseInsensitiveDict(
    {"Uber-Trace-Id": "af7651916cd43dd:b7ad6b7169203331:0:1", "Uberctx-Tenant": "blue"}
)

lower = {key.lower(): value for key, value in HEADERS.items()}
assert baggage.get_all(JaegerPropagator().extract(lower)) == {"tenant": "blue"}

found = dict(baggage.get_all(JaegerPropagator().extract(HEADERS)))
assert found, "the caller is found, its baggage is not"
