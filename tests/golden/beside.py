"""Measures the figures of docs/beside-the-spans.md: `python -m tests.golden.beside`, once in each lane."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata

import requests

from ot2otel.lab.catalog import VARIANTS
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.golden import DIRECTORY
from tests.support.running import sampled, services
from tests.support.untyped import Json

FILE = DIRECTORY / "beside.json"
REQUESTS = 2000
MEASURED = {"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true"}
# By what a table calls it: the variant and its settings.
DEFAULTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "jaeger-client: remote, no agent answers": ("legacy", {"JAEGER_SAMPLER_TYPE": "remote"}),
    "OpenTelemetry: parentbased_always_on": ("native", {}),
}
HEALTH = ("jaeger_", "otel_sdk_")


def main() -> None:
    """Write what this lane's libraries do beside what the file has of other lanes."""
    measured: Json = json.loads(FILE.read_text()) if FILE.exists() else {}
    measured[metadata.version("opentelemetry-sdk")] = {
        "requests": REQUESTS,
        "traces": {name: traces(*default) for name, default in DEFAULTS.items()},
        "health": {variant: health(variant) for variant in VARIANTS},
    }
    FILE.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")


def traces(variant: str, settings: Mapping[str, str]) -> int:
    """Return how many of the requests left a trace."""
    return len({span.trace_id for span in sampled(variant, REQUESTS, settings)})


def at_least(number: int) -> Callable[[Sequence[Span]], bool]:
    """Return the condition that so many spans have arrived."""
    return lambda spans: len(spans) >= number


def health(variant: str) -> list[str]:
    """Return the names of the metrics that the tracer keeps on itself, in the variant's second service."""
    exporter = VARIANTS[variant].exporters[0]
    with (
        Collector() as collector,
        services("hello", variant, exporter, collector, settings=MEASURED) as running,
    ):
        # What a first batch counts once it is delivered is there when a second one arrives.
        for arrived in (3, 6):
            requests.get(f"{running['server-1'].url}/Bryan", timeout=10)
            collector.wait_for(at_least(arrived))
        text = requests.get(f"{running['server-1'].url}/metrics", timeout=10).text
    types = (line.split()[2] for line in text.splitlines() if line.startswith("# TYPE "))
    return sorted(name for name in types if name.startswith(HEALTH) and not name.endswith("_created"))


if __name__ == "__main__":
    main()
