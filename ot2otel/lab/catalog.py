"""The tables of variants, flows and exporters. They name flows and variants, and import none."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ot2otel_flows.ports import PORTS, SHIFTS


@dataclass(frozen=True, slots=True)
class Exporter:
    """An exporter of spans: its distribution, its module, and the advice if that module does not import."""

    name: str
    distribution: str
    module: str
    advice: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to trace the flows: the package to run, its exporters, and the distributions it needs.

    `port_shift` is added to the flows' documented ports, so that all variants can run beside each other.
    `extra` is the one of ot2otel that installs the distributions. With `agent` the package runs under
    `opentelemetry-instrument`. If `frameworks` is set, only they make its spans, and it runs only if it is
    named. It has all flows, or those in `flows`.
    """

    name: str
    package: str
    summary: str
    exporters: tuple[str, ...]
    distributions: tuple[str, ...]
    port_shift: int = 0
    extra: str = "lab"
    agent: bool = False
    frameworks: bool = False
    flows: tuple[str, ...] = ()

    def port(self, service: Service) -> int:
        """Return the port of `service` when all variants run beside each other."""
        return service.port + self.port_shift

    def has(self, flow: str) -> bool:
        """Tell whether the variant has this flow."""
        return not self.flows or flow in self.flows

    def exporter(self, wanted: str) -> str:
        """Return the wanted exporter if the variant has it, else its first one."""
        return wanted if wanted in self.exporters else self.exporters[0]

    def exporters_for(self, wanted: str) -> tuple[str, ...]:
        """Return all exporters for "all", else one: the wanted one, or the first."""
        return self.exporters if wanted == "all" else (self.exporter(wanted),)


@dataclass(frozen=True, slots=True)
class Service:
    """One process of a flow: its documented port, and its options that take the URL of another service."""

    name: str
    port: int
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that drives a flow, sent to its front service unless `to` names another.

    `spans` is the expected number of spans, `of_frameworks` that of the variants in which only the frameworks
    make spans. The services in `without` are stopped first. For
    asynchronous work: the response's Location is polled until the body contains `until`, then the next
    request is sent. That last answer is recorded too.
    """

    shows: str
    method: str
    path: str
    spans: int
    of_frameworks: int
    to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    until: str = ""
    without: tuple[str, ...] = ()

    def spans_of(self, variant: Variant) -> int:
        """Return the number of spans that `variant` makes of this request."""
        return self.of_frameworks if variant.frameworks else self.spans


@dataclass(frozen=True, slots=True)
class Flow:
    """A distributed program: its services in the order of their start, the front one last.

    `shares` is the option for a directory that all its services share, "" if they share none.
    """

    name: str
    summary: str
    services: tuple[Service, ...]
    requests: tuple[Request, ...]
    shares: str = ""

    @property
    def front(self) -> Service:
        """The service that a user calls."""
        return self.services[-1]


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant(
            "legacy",
            "legacy_opentracing",
            "the OpenTracing API, jaeger-client",
            ("jaeger",),
            ("opentracing", "jaeger-client", "thrift"),
            SHIFTS["legacy"],
        ),
        Variant(
            "shim",
            "shim_bridge",
            "the same code on OpenTelemetry's OpenTracing shim",
            ("otlp", "jaeger"),
            ("opentracing", "opentelemetry-opentracing-shim", "opentelemetry-sdk"),
            SHIFTS["shim"],
        ),
        Variant(
            "native",
            "otel_native",
            "the OpenTelemetry API and SDK",
            ("otlp", "jaeger"),
            ("opentelemetry-sdk",),
            SHIFTS["native"],
        ),
        Variant(
            "auto",
            "otel_auto",
            "the program without tracing, under opentelemetry-instrument",
            ("otlp", "otlp-grpc"),
            (
                "opentelemetry-distro",
                "opentelemetry-instrumentation-flask",
                "opentelemetry-instrumentation-requests",
                "opentelemetry-instrumentation-sqlite3",
            ),
            SHIFTS["auto"],
            extra="instrumentation",
            agent=True,
            frameworks=True,
        ),
    )
}
# Those that run if none is named: every span is made by hand, so they can be equivalent.
BY_HAND = tuple(name for name, variant in VARIANTS.items() if not variant.frameworks)
# What most legacy programs have: the integrations' spans. It is a step to `auto`.
INTEGRATIONS = Variant(
    "integrations",
    "legacy_integrations",
    "OpenTracing's integrations for Flask and requests, jaeger-client",
    ("jaeger",),
    ("opentracing", "jaeger-client", "thrift", "Flask-OpenTracing", "Requests-OpenTracing"),
    extra="integrations",
    frameworks=True,
    flows=("hello", "orders"),
)
REPAIRED = replace(
    VARIANTS["shim"],
    name="shim+repair",
    package="shim_bridge.repaired",
    summary="the shim, with a processor that restores kind and status",
)
# Only `compare` runs the last two, if they are named: they have no ports of their own.
COMPARABLE = ChainMap({variant.name: variant for variant in (INTEGRATIONS, REPAIRED)}, VARIANTS)

EXPORTERS = {
    exporter.name: exporter
    for exporter in (
        Exporter(
            "otlp",
            "opentelemetry-exporter-otlp-proto-http",
            "opentelemetry.exporter.otlp.proto.http.trace_exporter",
            "pip install 'ot2otel[lab]'",
        ),
        Exporter(
            "otlp-grpc",
            "opentelemetry-exporter-otlp-proto-grpc",
            "opentelemetry.exporter.otlp.proto.grpc.trace_exporter",
            "pip install 'ot2otel[instrumentation]', or use --exporter otlp",
        ),
        Exporter(
            "jaeger",
            "opentelemetry-exporter-jaeger-thrift",
            "opentelemetry.exporter.jaeger.thrift",
            "its last release imports with opentelemetry-sdk up to 1.39.1: install ot2otel[jaeger-thrift] "
            "with constraints.txt, or use --exporter otlp",
        ),
    )
}


def _services(flow: str, needs: Mapping[str, Mapping[str, str]]) -> tuple[Service, ...]:
    return tuple(Service(name, port, needs.get(name, {})) for name, port in PORTS[flow].items())


FLOWS = {
    flow.name: flow
    for flow in (
        Flow(
            "hello",
            "server-1 asks server-2 to greet somebody and adds the time",
            (
                Service("server-2", PORTS["hello"]["server-2"]),
                Service("server-1", PORTS["hello"]["server-1"], needs={"--server-2": "server-2"}),
            ),
            (
                Request("an answer", "GET", "/{name}", spans=3, of_frameworks=3),
                Request("an error from downstream", "GET", "/%20", spans=3, of_frameworks=3),
                Request("downstream gone", "GET", "/{name}", spans=2, of_frameworks=2, without=("server-2",)),
            ),
        ),
        Flow(
            "frontend_backend",
            "frontend passes on what backend answers",
            (
                Service("backend", PORTS["frontend_backend"]["backend"]),
                Service("frontend", PORTS["frontend_backend"]["frontend"], needs={"--backend": "backend"}),
            ),
            (
                Request("an answer", "GET", "/", spans=3, of_frameworks=3),
                Request(
                    "trace headers that mean nothing",
                    "GET",
                    "/",
                    spans=3,
                    of_frameworks=3,
                    headers={"uber-trace-id": "nonsense", "traceparent": "nonsense"},
                ),
                Request("backend gone", "GET", "/", spans=2, of_frameworks=2, without=("backend",)),
            ),
        ),
        Flow(
            "orders",
            "order-service asks user-service, which has a database, who placed an order",
            (
                Service("user-service", PORTS["orders"]["user-service"]),
                Service(
                    "order-service",
                    PORTS["orders"]["order-service"],
                    needs={"--user-service": "user-service"},
                ),
            ),
            (
                Request("an order", "GET", "/orders/1", spans=5, of_frameworks=3),
                Request("an order of nobody", "GET", "/orders/999", spans=5, of_frameworks=3),
                Request(
                    "a new user",
                    "POST",
                    "/users",
                    spans=2,
                    of_frameworks=1,
                    to="user-service",
                    body='{"name": "Grace Hopper", "email": "grace@example.org"}',
                ),
                Request(
                    "a body that is no user",
                    "POST",
                    "/users",
                    spans=1,
                    of_frameworks=1,
                    to="user-service",
                    body='{"name": "Grace Hopper", "email": ',
                ),
                Request(
                    "user-service gone",
                    "GET",
                    "/orders/2",
                    spans=2,
                    of_frameworks=2,
                    without=("user-service",),
                ),
            ),
        ),
        Flow(
            "events",
            "an event goes from intake through two durable queues, to validator and archiver",
            (
                Service("archiver", PORTS["events"]["archiver"]),
                Service("validator", PORTS["events"]["validator"]),
                Service("intake", PORTS["events"]["intake"]),
            ),
            (
                Request(
                    "an event",
                    "POST",
                    "/events",
                    spans=3,
                    of_frameworks=1,
                    body='{"reading": "21.5"}',
                    until='"archived"',
                ),
                Request(
                    "an event that no attempt can handle",
                    "POST",
                    "/events",
                    spans=4,
                    of_frameworks=1,
                    body='{"reading": "lukewarm"}',
                    until='"dead-lettered"',
                ),
                Request(
                    "a body that is no event",
                    "POST",
                    "/events",
                    spans=0,
                    of_frameworks=1,
                    body='{"reading": 21.5}',
                ),
                Request(
                    "archiver gone",
                    "POST",
                    "/events",
                    spans=2,
                    of_frameworks=1,
                    body='{"reading": "19"}',
                    until='"valid"',
                    without=("archiver",),
                ),
            ),
            shares="--queues",
        ),
    )
}
