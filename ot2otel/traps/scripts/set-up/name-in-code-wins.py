# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Two deployments of one program have the same name, although each sets OTEL_SERVICE_NAME.

Cause: `Resource.create({"service.name": ...})` of opentelemetry-sdk, in every release, wins over the
    environment. It is what `Config(service_name=...)` was translated to.
Met: strands-agents/harness-sdk#1400
Way out: Leave the name out of the code, or read the variable there: `os.environ.get("OTEL_SERVICE_NAME",
    "shop")`.
Found by: `ot2otel record`: the services of the recording.
Lanes: pinned, newest
"""

import os

from opentelemetry.sdk.resources import Resource

os.environ["OTEL_SERVICE_NAME"] = "shop-canary"
assert Resource.create({}).attributes["service.name"] == "shop-canary"

name = Resource.create({"service.name": "shop"}).attributes["service.name"]
assert name == "shop-canary", f"the service is called {name}"
