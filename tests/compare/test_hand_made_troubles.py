"""The diagnoses of small forests; test_diagnoses.py has those of programs."""

from __future__ import annotations

import pytest

from ot2otel.compare.diagnoses import Note, diagnoses
from ot2otel.compare.forms import Forms
from ot2otel.model import Attributes, AttributeValue, Event, Kind, Scope, Status, StatusCode
from tests.support.trees import Branch, branch, forest

BY_HAND = Scope()
FLASK = Scope("opentelemetry.instrumentation.flask")
OF_FLASK, OF_REQUESTS = (f"opentelemetry-instrumentation-{name}" for name in ("flask", "requests"))
AGENT: Attributes = {
    "service.name": "service",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.auto.version": "0.60b1",
}
OLD, NEW = {"http.method": "GET"}, {"http.request.method": "GET"}
BY_TWO = (
    ", one by hand and one by an instrumentation: remove the one by hand, or leave the framework out with "
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"
)
PROVIDERS = (
    " of another resource than the parent in the same process: two providers. Let the code use "
    "get_tracer_provider() if it is the agent's, and set_tracer_provider() if not"
)


def notes(*roots: Branch, versions: tuple[str, ...] = ()) -> list[Note]:
    return list(diagnoses(Forms().side(forest(*roots)), dict.fromkeys(versions, "1")))


def server(*children: Branch, by: Scope = BY_HAND, service: str = "service") -> Branch:
    return branch("request", *children, kind=Kind.SERVER, scope=by, service=service)


@pytest.mark.parametrize(
    ("roots", "expected"),
    [
        pytest.param(
            [server(server(by=FLASK))],
            Note("double SERVER spans", 1, f"1 request has two SERVER spans in one service{BY_TWO}"),
            id="by hand around the framework",
        ),
        pytest.param(
            [server(server(), by=FLASK)] * 2,
            Note("double SERVER spans", 2, f"2 requests have two SERVER spans in one service{BY_TWO}"),
            id="by hand in the framework, twice",
        ),
        pytest.param(
            [server(server()), branch("job", server(server()))],
            Note(
                "double SERVER spans",
                2,
                "2 requests have two SERVER spans in one service: only the first should be of kind SERVER",
            ),
            id="both by hand, one below another span",
        ),
        pytest.param(
            [server(server(), server())],
            Note(
                "double SERVER spans",
                2,
                "2 requests have two SERVER spans in one service: only the first should be of kind SERVER",
            ),
            id="two in one request",
        ),
        pytest.param(
            [server(server(by=FLASK)), server(server())],
            Note(
                "double SERVER spans",
                2,
                "2 requests have two SERVER spans in one service: only the first should be of kind SERVER",
            ),
            id="one of two has both by hand",
        ),
    ],
)
def test_two_server_spans_for_a_request(roots: list[Branch], expected: Note) -> None:
    assert notes(*roots) == [expected]


def test_a_request_to_another_service_is_not_two() -> None:
    assert notes(server(server(service="other")), server(branch("work", kind=Kind.INTERNAL))) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(
            ["shop", "unknown_service"],
            [(1, "1 span is of an unnamed service, others have a name: ")],
            id="one unnamed",
        ),
        pytest.param(
            ["shop", "unknown_service:python", "", ""],
            [(3, "3 spans are of an unnamed service, others have a name: ")],
            id="three unnamed",
        ),
        pytest.param(["unknown_service", ""], [], id="all unnamed"),
        pytest.param(["shop", "my_unknown_service"], [], id="all named"),
    ],
)
def test_an_unnamed_service_beside_others(names: list[str], expected: list[tuple[int, str]]) -> None:
    assert notes(*(branch("work", service=name) for name in names)) == [
        Note("unknown service", count, f"{sentence}set OTEL_SERVICE_NAME, which every provider reads")
        for count, sentence in expected
    ]


def work(
    kind: Kind = Kind.INTERNAL,
    by: Scope = BY_HAND,
    resource: Attributes | None = None,
    service: str = "service",
) -> Branch:
    return branch("work", kind=kind, scope=by, resource=resource or {"service.name": service})


@pytest.mark.parametrize(
    ("roots", "expected"),
    [
        pytest.param([server(work(resource=AGENT), by=FLASK)], f"1 span{PROVIDERS}", id="another resource"),
        pytest.param([server(work(service="other"), by=FLASK)], f"1 span{PROVIDERS}", id="another service"),
        pytest.param(
            [server(work(Kind.CLIENT, service="other"), work(Kind.PRODUCER, service="other"), by=FLASK)],
            f"2 spans{PROVIDERS}",
            id="calls of other kinds",
        ),
        pytest.param([server(work(), by=FLASK)], "", id="the same resource"),
        pytest.param([server(work(service="other"))], "", id="both by hand"),
        pytest.param(
            [server(work(service="other")), server(by=FLASK)], "", id="both by hand, beside a library"
        ),
        pytest.param([server(work(Kind.CONSUMER, service="other"), by=FLASK)], "", id="another process"),
        pytest.param(
            [branch("call", work(service="other"), kind=Kind.CLIENT, scope=FLASK)], "", id="behind a call"
        ),
    ],
)
def test_two_providers_in_a_process(roots: list[Branch], expected: str) -> None:
    count = int(expected.split(" ")[0]) if expected else 0

    assert notes(*roots) == ([Note("two providers", count, expected)] if expected else [])


APART = (
    "some spans follow old and some new HTTP conventions (`http.method`, `http.request.method`): ask the "
    "libraries for the new ones with OTEL_SEMCONV_STABILITY_OPT_IN, and rename the keys that are written by "
    "hand"
)
BOTH = (
    "each span follows both old and new HTTP conventions (`http.method`, `http.request.method`): take `/dup` "
    "out of OTEL_SEMCONV_STABILITY_OPT_IN when nothing reads the old keys"
)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([("a", OLD), ("a", NEW)], [(1, f"a: {APART}")], id="apart"),
        pytest.param([("a", OLD), ("a", OLD | NEW)], [(1, f"a: {APART}")], id="one of two has both"),
        pytest.param([("a", NEW), ("a", OLD | NEW)], [(1, f"a: {APART}")], id="one of two has new alone"),
        pytest.param([("a", OLD | NEW), ("a", {})], [(1, f"a: {BOTH}")], id="both on each"),
        pytest.param(
            [("b", OLD), ("b", NEW), ("a", OLD), ("a", NEW), ("d", OLD | NEW), ("c", OLD | NEW)],
            [(2, f"a, b: {APART}"), (2, f"c, d: {BOTH}")],
            id="several services",
        ),
        pytest.param([("a", OLD), ("b", NEW)], [], id="a service each"),
        pytest.param([("a", OLD), ("a", {})], [], id="old alone"),
        pytest.param([("a", NEW), ("a", {})], [], id="new alone"),
    ],
)
def test_two_generations_of_a_convention(
    spans: list[tuple[str, Attributes]], expected: list[tuple[int, str]]
) -> None:
    found = notes(*(branch("work", service=service, attributes=keys) for service, keys in spans))

    assert found == [Note("two generations", count, sentence) for count, sentence in expected]


WAY_OUT = (
    ": register the provider with set_tracer_provider(), and look in the log for `DependencyConflict`, a "
    "library of a version that is not instrumented"
)


# An SDK of OpenTelemetry names itself in its resource, a tracer of OpenTracing does not.
SDK: Attributes = {"service.name": "service", "telemetry.sdk.name": "opentelemetry"}
OPENTRACING: Attributes = {"service.name": "service"}


def requested(scope: Scope = BY_HAND, resource: Attributes | None = None, kind: Kind = Kind.SERVER) -> Branch:
    return branch("request", kind=kind, attributes=NEW, scope=scope, resource=resource or SDK)


@pytest.mark.parametrize(
    ("roots", "versions", "expected"),
    [
        pytest.param(
            [requested()],
            (OF_FLASK,),
            "instrumentation of flask is installed, and makes no span of requests to a server, of which 1 "
            "span by hand tells",
            id="one span",
        ),
        pytest.param(
            [requested()] * 2,
            (OF_FLASK, "opentelemetry-instrumentation-aiohttp-server", "flask", OF_REQUESTS),
            "instrumentation of aiohttp_server, flask is installed, and makes no span of requests to a "
            "server, of which 2 spans by hand tell",
            id="two libraries",
        ),
        pytest.param(
            [requested(kind=Kind.CLIENT)],
            (OF_REQUESTS,),
            "instrumentation of requests is installed, and makes no span of requests of an HTTP client, of "
            "which 1 span by hand tells",
            id="a client",
        ),
        pytest.param(
            [requested(resource=AGENT)],
            (),
            "OpenTelemetry's agent runs, and makes no span of requests to a server, of which 1 span by hand "
            "tells",
            id="the agent",
        ),
        pytest.param([requested(), requested(FLASK)], (OF_FLASK,), "", id="a library that is heard"),
        pytest.param([requested(kind=Kind.CLIENT)], (OF_FLASK,), "", id="another sort of call"),
        pytest.param([branch("work", kind=Kind.SERVER)], (OF_FLASK,), "", id="no call"),
        pytest.param([requested()], ("flask",), "", id="nothing installed"),
        pytest.param([requested(resource=OPENTRACING)], (OF_FLASK,), "", id="a tracer of OpenTracing"),
    ],
)
def test_an_instrumentation_that_is_silent(
    roots: list[Branch], versions: tuple[str, ...], expected: str
) -> None:
    assert notes(*roots, versions=versions) == (
        [Note("silent instrumentation", len(roots), f"{expected}{WAY_OUT}")] if expected else []
    )


def test_each_sort_of_call_is_looked_at() -> None:
    [note] = notes(requested(), requested(kind=Kind.CLIENT), versions=(OF_REQUESTS,))

    assert note.sentence.startswith(
        "instrumentation of requests is installed, and makes no span of requests of"
    )


def test_an_agent_is_silent_about_a_later_sort_of_call() -> None:
    [note] = notes(requested(), requested(resource=AGENT, kind=Kind.CLIENT))

    assert note.sentence.startswith("OpenTelemetry's agent runs, and makes no span of requests of an HTTP")


RAISED = (Event("exception"),)
GRPC: dict[str, AttributeValue] = {"rpc.system": "grpc"}


def call(
    attributes: Attributes,
    kind: Kind = Kind.SERVER,
    code: StatusCode = StatusCode.UNSET,
    events: tuple[Event, ...] = RAISED,
) -> Branch:
    return branch("call", kind=kind, attributes=attributes, status=Status(code), events=events)


@pytest.mark.parametrize(
    ("roots", "expected"),
    [
        pytest.param([call(GRPC)], "1 span", id="without a code"),
        pytest.param(
            [call({"rpc.system.name": "grpc", "rpc.response.status_code": "OK"}), call(GRPC)],
            "2 spans",
            id="today's names",
        ),
        pytest.param([call(GRPC | {"rpc.grpc.status_code": 0})], "1 span", id="the code OK"),
        pytest.param(
            [call(GRPC, events=(Event("retry"), Event("exception")))], "1 span", id="behind another event"
        ),
        pytest.param([call(GRPC | {"rpc.grpc.status_code": 5})], "", id="a code of the client's mistake"),
        pytest.param([call(GRPC, code=StatusCode.ERROR)], "", id="an error"),
        pytest.param([call(GRPC, kind=Kind.CLIENT)], "", id="a client"),
        pytest.param([call({})], "", id="no RPC"),
        pytest.param([call(GRPC, events=())], "", id="no exception"),
        pytest.param([call(GRPC, events=(Event("retry"),))], "", id="another event"),
        pytest.param(
            [call(GRPC, events=(Event("retry", attributes={"why": "exception"}),))],
            "",
            id="a word in an event",
        ),
    ],
)
def test_an_exception_that_ends_unset(roots: list[Branch], expected: str) -> None:
    sentence = (
        f"{expected} of RPC servers recorded an exception and ended UNSET: alerts on the status ERROR "
        "miss that; set it in an interceptor of your own"
    )

    assert notes(*roots) == ([Note("errors without status", len(roots), sentence)] if expected else [])
