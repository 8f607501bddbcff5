# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk"]
# ///
"""The service is missing in the back end's list, and `unknown_service` has its spans.

Cause: jaeger-client refuses to start without a name. opentelemetry-sdk, up to 1.45.2, takes `unknown_service`
    if neither OTEL_SERVICE_NAME nor the code gives one.
Met: open-telemetry/opentelemetry-python-contrib#1068
Way out: `OTEL_SERVICE_NAME` in every deployment.
Found by: `ot2otel diff before.jsonl after.jsonl` and `ot2otel record`, which name the nameless service.
Lanes: pinned, newest
"""

import os

from jaeger_client import Config
from opentelemetry.sdk.trace import TracerProvider

refused = False
try:
    Config({})
except ValueError:
    refused = True
assert refused

os.environ["OTEL_SERVICE_NAME"] = "checkout"
assert TracerProvider().resource.attributes["service.name"] == "checkout"

del os.environ["OTEL_SERVICE_NAME"]
name = TracerProvider().resource.attributes["service.name"]
assert not name.startswith("unknown_service"), f"the service is called {name}"
