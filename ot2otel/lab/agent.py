"""Runs a service under OpenTelemetry's agent: `opentelemetry-instrument` and its environment variables."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

_RESOURCE = "OTEL_RESOURCE_ATTRIBUTES"

# The agent's defaults that would change what is compared, and the conventions that the native variant has.
_SETTINGS: Mapping[str, str] = {
    # No receiver of spans takes metrics and logs, and for each it would log an error.
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    # The libraries write the stable conventions only if they are asked.
    "OTEL_SEMCONV_STABILITY_OPT_IN": "http,database",
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "host",
    # No other variant traces these: a browser's request for an icon, and the questions for an event's states.
    "OTEL_PYTHON_FLASK_EXCLUDED_URLS": "favicon.ico,events/.+",
}


def command() -> list[str]:
    """Return the beginning of a command that runs the rest of it under the agent."""
    # Beside the interpreter: of the environment that has the distributions, whatever is on the path.
    return [str(Path(sys.executable).with_name("opentelemetry-instrument"))]


def settings(service: str, namespace: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for `service` under the agent; those in `given` win, but the resource has both."""
    resource = [each for each in (given.get(_RESOURCE), f"service.namespace={namespace}") if each]
    return {**_SETTINGS, "OTEL_SERVICE_NAME": service, **given, _RESOURCE: ",".join(resource)}
