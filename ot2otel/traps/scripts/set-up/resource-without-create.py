# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are set, and the resource of the spans has neither.

Cause: `Resource({...})` of opentelemetry-sdk, up to 1.45.2, is these attributes and nothing else.
    `Resource.create` adds the environment, the SDK's own attributes and the detectors.
Met: open-telemetry/opentelemetry-python#1150, weaviate/recipes#67
Way out: `Resource.create({...})`.
Found by: `ot2otel record` of the service: its resource lacks `telemetry.sdk.name`.
Lanes: pinned, newest
"""

import os

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

os.environ["OTEL_SERVICE_NAME"] = "checkout"
ATTRIBUTES = {"service.namespace": "shop"}
assert Resource.create(ATTRIBUTES).attributes["service.name"] == "checkout"

found = dict(TracerProvider(resource=Resource(ATTRIBUTES)).resource.attributes)
assert "service.name" in found, f"the resource is {found}"
