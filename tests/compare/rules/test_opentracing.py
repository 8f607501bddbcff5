"""The rules for the SDK in jaeger-client's place."""

from __future__ import annotations

import pytest

from ot2otel.compare.rules.opentracing import names_error
from ot2otel.model import Attributes, Event, Kind, Scope, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, attributes, case, judged_by, resource, span

SHOWN, WHOLE = "abc" * 341 + "d", "abc" * 341 + "def"  # 1,024 and 1,026 characters
FRAME = '  File "a.py", line 1, in f\n'
LOGGED = {"error.kind": "<class 'ValueError'>", "message": "boom", "stack": FRAME}
EXCEPTION = {
    "exception.type": "ValueError",
    "exception.message": "boom",
    "exception.stacktrace": f"Traceback (most recent call last):\n{FRAME}ValueError: boom\n",
}
BAGGAGE = {"key": "user", "value": "alice"}


def event(name: str, values: Attributes) -> Span:
    return span(events=(Event(name, attributes=values),))


def failed(message: str, *events: Event) -> Span:
    return span(status=Status(StatusCode.ERROR, message), events=events)


def raised(values: Attributes) -> Event:
    return Event("exception", attributes=values)


TRANSLATES = [
    case(
        "jaeger-client-cut",
        "an attribute",
        attributes({"k": SHOWN}),
        attributes({"k": WHOLE}),
        "improved [k] -> [k] by it",
    ),
    case(
        "jaeger-client-cut",
        "a field of a log",
        event("a", {"k": SHOWN}),
        event("a", {"k": WHOLE}),
        "improved event.0[k] -> event.0[k] by it",
    ),
    case(
        "jaeger-client-version",
        "a version",
        resource({"opencensus.exporterversion": "Jaeger-Python-4.8.0", "k": 1}),
        resource({"k": 1}),
        "bookkeeping resource.opencensus.exporterversion -> nothing by it",
    ),
    case(
        "jaeger-client-host",
        "a host that the SDK does not detect",
        resource({"host.name": "h", "opencensus.exporterversion": "Jaeger-Python-4.8.0"}),
        resource({"telemetry.sdk.name": "opentelemetry"}),
        "degraded resource.host.name -> nothing by it",
        "gone resource.opencensus.exporterversion -> nothing",
        "new nothing -> resource.telemetry.sdk.name",
    ),
    case(
        "jaeger-client-ip",
        "an address",
        resource({"ip": "192.0.2.1"}),
        resource({}),
        "bookkeeping resource.ip -> nothing by it",
    ),
    case(
        "jaeger-client-ip",
        "an address of IPv6",
        resource({"ip": "::1"}),
        resource({}),
        "bookkeeping resource.ip -> nothing by it",
    ),
    case(
        "sampler-tags",
        "type and parameter",
        attributes({"sampler.type": "const", "sampler.param": True}),
        attributes({}),
        "bookkeeping [sampler.param] -> nothing by it",
        "bookkeeping [sampler.type] -> nothing by it",
    ),
    case(
        "sdk-resource",
        "name, language, version",
        resource({}),
        resource(
            {
                "telemetry.sdk.name": "opentelemetry",
                "telemetry.sdk.language": "python",
                "telemetry.sdk.version": "1.39.1",
            }
        ),
        "bookkeeping nothing -> resource.telemetry.sdk.language by it",
        "bookkeeping nothing -> resource.telemetry.sdk.name by it",
        "bookkeeping nothing -> resource.telemetry.sdk.version by it",
    ),
    case(
        "detected-resource",
        "host, system and process",
        resource({}),
        resource(
            {"host.arch": "amd64", "os.type": "linux", "process.pid": 1, "process.command_args": ("a",)}
        ),
        "added nothing -> resource.host.arch by it",
        "added nothing -> resource.os.type by it",
        "added nothing -> resource.process.command_args by it",
        "added nothing -> resource.process.pid by it",
    ),
    case(
        "instrumentation-scope",
        "a scope",
        span(),
        span(scope=Scope("lib", "1")),
        "added nothing -> scope.name by it",
        "added nothing -> scope.version by it",
    ),
    case("default-kind", "no kind", span(), span(kind=Kind.INTERNAL), "translated kind -> kind by it"),
    case(
        "exception-event",
        "an exception",
        event("error", LOGGED),
        event("exception", EXCEPTION),
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "exception-event",
        "its text as the object",
        event("error", LOGGED | {"error.object": "boom", "k": 1}),
        event("exception", EXCEPTION | {"k": 1}),
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "exception-event",
        "a class of a package, without a text",
        event("error", {"error.kind": "<class 'my.Gone'>", "message": "", "stack": FRAME}),
        event(
            "exception",
            {
                "exception.type": "my.Gone",
                "exception.message": "",
                "exception.stacktrace": f"{FRAME}my.Gone\n",
            },
        ),
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "exception-escaped",
        "an exception that left the span",
        event("exception", EXCEPTION),
        event("exception", EXCEPTION | {"exception.escaped": "False"}),
        "added nothing -> event.0[exception.escaped] by it",
    ),
    case(
        "exception-status-message",
        "type and text",
        failed("", raised(EXCEPTION)),
        failed("ValueError: boom", raised(EXCEPTION)),
        "added nothing -> status.message by it",
    ),
    case(
        "exception-status-message",
        "a class of a package, no text",
        failed("", raised({"exception.type": "my.package.Gone"})),
        failed("Gone: ", raised({"exception.type": "my.package.Gone"})),
        "added nothing -> status.message by it",
    ),
    case(
        "baggage-event",
        "an item",
        event("baggage", BAGGAGE),
        span(),
        "degraded event.0 -> nothing by it",
    ),
    case(
        "baggage-event",
        "an item set again",
        event("baggage", BAGGAGE | {"override": "true"}),
        span(),
        "degraded event.0 -> nothing by it",
    ),
    case(
        "baggage-event",
        "an item before another event",
        span(events=(Event("baggage", attributes=BAGGAGE), Event("a", attributes={"k": 1}))),
        event("a", {"k": 1}),
        "degraded event.0 -> nothing by it",
    ),
]
LEAVES_ALONE = [
    case(
        "jaeger-client-cut",
        "another beginning",
        attributes({"k": SHOWN}),
        attributes({"k": "z" + WHOLE}),
        "changed [k] -> [k]",
    ),
    case(
        "jaeger-client-cut",
        "a shorter text",
        attributes({"k": "abc"}),
        attributes({"k": "abcd"}),
        "changed [k] -> [k]",
    ),
    case(
        "jaeger-client-cut",
        "a text that the after cuts",
        attributes({"k": WHOLE}),
        attributes({"k": SHOWN}),
        "changed [k] -> [k]",
    ),
    case(
        "jaeger-client-cut",
        "a text under another key",
        attributes({"k": SHOWN}),
        attributes({"l": WHOLE}),
        "gone [k] -> nothing",
        "new nothing -> [l]",
    ),
    case(
        "jaeger-client-version",
        "the version of another exporter",
        resource({"opencensus.exporterversion": "x"}),
        resource({}),
        "gone resource.opencensus.exporterversion -> nothing",
    ),
    case(
        "jaeger-client-version",
        "another version",
        resource({"opencensus.exporterversion": "Jaeger-Python-4.8.0"}),
        resource({"opencensus.exporterversion": "Jaeger-Python-4.7.0"}),
        "changed resource.opencensus.exporterversion -> resource.opencensus.exporterversion",
    ),
    case(
        "jaeger-client-version",
        "a version on a span",
        attributes({"opencensus.exporterversion": "Jaeger-Python-4.8.0"}),
        attributes({}),
        "gone [opencensus.exporterversion] -> nothing",
    ),
    case(
        "jaeger-client-host",
        "another host",
        resource({"host.name": "h", "opencensus.exporterversion": "Jaeger-Python-4.8.0"}),
        resource({"host.name": "g", "telemetry.sdk.name": "opentelemetry"}),
        "changed resource.host.name -> resource.host.name",
        "gone resource.opencensus.exporterversion -> nothing",
        "new nothing -> resource.telemetry.sdk.name",
    ),
    case(
        "jaeger-client-host",
        "a host that is missing although the detector is on",
        resource({"host.name": "h", "opencensus.exporterversion": "Jaeger-Python-4.8.0"}),
        resource({"host.arch": "x86_64"}),
        "gone resource.host.name -> nothing",
        "gone resource.opencensus.exporterversion -> nothing",
        "new nothing -> resource.host.arch",
    ),
    case(
        "jaeger-client-host",
        "a host that another tracer wrote",
        resource({"host.name": "h"}),
        resource({"telemetry.sdk.name": "opentelemetry"}),
        "gone resource.host.name -> nothing",
        "new nothing -> resource.telemetry.sdk.name",
    ),
    case(
        "jaeger-client-ip",
        "another address",
        resource({"ip": "192.0.2.1"}),
        resource({"ip": "192.0.2.2"}),
        "changed resource.ip -> resource.ip",
    ),
    case(
        "jaeger-client-ip", "no address", resource({"ip": "67"}), resource({}), "gone resource.ip -> nothing"
    ),
    case(
        "jaeger-client-ip",
        "keys that begin so",
        resource({"ip.range": "192.0.2.1"}),
        resource({}),
        "gone resource.ip.range -> nothing",
    ),
    case(
        "jaeger-client-ip",
        "an address on a span",
        attributes({"ip": "192.0.2.1"}),
        attributes({}),
        "gone [ip] -> nothing",
    ),
    case(
        "sampler-tags",
        "another key",
        attributes({"sampler.params": 1}),
        attributes({}),
        "gone [sampler.params] -> nothing",
    ),
    case(
        "sampler-tags",
        "a sampler of the application",
        attributes({"sampler.type": "drum", "sampler.param": 1}),
        attributes({}),
        "gone [sampler.param] -> nothing",
        "gone [sampler.type] -> nothing",
    ),
    case(
        "sampler-tags",
        "another parameter",
        attributes({"sampler.type": "const", "sampler.param": True}),
        attributes({"sampler.type": "const", "sampler.param": False}),
        "changed [sampler.param] -> [sampler.param]",
    ),
    case(
        "sdk-resource",
        "a key that begins so",
        resource({}),
        resource({"telemetry.sdk.name_x": "y"}),
        "new nothing -> resource.telemetry.sdk.name_x",
    ),
    case(
        "sdk-resource",
        "the name of another SDK",
        resource({}),
        resource({"telemetry.sdk.name": "x"}),
        "changed nothing -> resource.telemetry.sdk.name by it",
    ),
    case(
        "sdk-resource",
        "a version that changed",
        resource({"telemetry.sdk.version": "1"}),
        resource({"telemetry.sdk.version": "2"}),
        "changed resource.telemetry.sdk.version -> resource.telemetry.sdk.version",
    ),
    case(
        "sdk-resource",
        "an SDK on a span",
        attributes({}),
        attributes({"telemetry.sdk.language": "python"}),
        "new nothing -> [telemetry.sdk.language]",
    ),
    case(
        "detected-resource",
        "a key that begins so",
        resource({}),
        resource({"host.idle": "1"}),
        "new nothing -> resource.host.idle",
    ),
    case(
        "detected-resource",
        "a process id in words",
        resource({}),
        resource({"process.pid": "one"}),
        "changed nothing -> resource.process.pid by it",
    ),
    case(
        "detected-resource",
        "a system that changed",
        resource({"os.type": "linux"}),
        resource({"os.type": "darwin"}),
        "changed resource.os.type -> resource.os.type",
    ),
    case(
        "instrumentation-scope",
        "the attributes of a scope",
        span(),
        span(scope=Scope("a", "", {"k": 1})),
        "added nothing -> scope.name by it",
        "new nothing -> scope.attributes.k",
    ),
    case(
        "instrumentation-scope",
        "another scope",
        span(scope=Scope("a")),
        span(scope=Scope("b")),
        "changed scope.name -> scope.name",
    ),
    case(
        "default-kind",
        "a kind that is lost",
        span(kind=Kind.SERVER),
        span(kind=Kind.INTERNAL),
        "changed kind -> kind",
    ),
    case("default-kind", "a kind that is found", span(), span(kind=Kind.SERVER), "improved kind -> kind"),
    case(
        "exception-event",
        "another event",
        event("info", LOGGED),
        event("exception", EXCEPTION),
        "changed event.0.name -> event.0.name",
        "gone event.0[error.kind] -> nothing",
        "gone event.0[message] -> nothing",
        "gone event.0[stack] -> nothing",
        "new nothing -> event.0[exception.message]",
        "new nothing -> event.0[exception.stacktrace]",
        "new nothing -> event.0[exception.type]",
    ),
    case(
        "exception-event",
        "an error that the application logged",
        event("error", {"error.kind": "Timeout", "message": "boom"}),
        event("exception", {"exception.type": "Timeout", "exception.message": "boom"}),
        "changed event.0.name -> event.0.name",
        "gone event.0[error.kind] -> nothing",
        "gone event.0[message] -> nothing",
        "new nothing -> event.0[exception.message]",
        "new nothing -> event.0[exception.type]",
    ),
    case(
        "exception-event",
        "another type",
        event("error", LOGGED),
        event("exception", EXCEPTION | {"exception.type": "KeyError"}),
        'changed event.0[error.kind] -> event.0[exception.type] by it, which wants "ValueError"',
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "exception-event",
        "the stack of another error",
        event("error", LOGGED),
        event("exception", EXCEPTION | {"exception.stacktrace": f"{FRAME}KeyError: boom\n"}),
        "changed event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "exception-event",
        "a message that is lost",
        event("error", LOGGED),
        event("exception", {key: EXCEPTION[key] for key in EXCEPTION if key != "exception.message"}),
        "gone event.0[message] -> nothing",
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "exception-event",
        "an object with a text of its own",
        event("error", LOGGED | {"error.object": "other"}),
        event("exception", EXCEPTION),
        "gone event.0[error.object] -> nothing",
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "exception-event",
        "an event that is lost",
        event("error", LOGGED),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "exception-escaped",
        "a value that is lost",
        event("exception", EXCEPTION | {"exception.escaped": "False"}),
        event("exception", EXCEPTION),
        "gone event.0[exception.escaped] -> nothing",
    ),
    case(
        "exception-escaped",
        "a value that changed",
        event("exception", EXCEPTION | {"exception.escaped": "False"}),
        event("exception", EXCEPTION | {"exception.escaped": "True"}),
        "changed event.0[exception.escaped] -> event.0[exception.escaped]",
    ),
    case(
        "exception-escaped",
        "another event",
        event("other", {}),
        event("other", {"exception.escaped": "True"}),
        "new nothing -> event.0[exception.escaped]",
    ),
    case(
        "exception-status-message",
        "a message by hand",
        failed(""),
        failed("by hand"),
        "changed nothing -> status.message",
    ),
    case(
        "exception-status-message",
        "a message by hand beside an exception",
        failed("", raised(EXCEPTION)),
        failed("by hand", raised(EXCEPTION)),
        'changed nothing -> status.message by it, which wants "ValueError: boom"',
    ),
    case(
        "exception-status-message",
        "a message that changed",
        failed("by hand", raised(EXCEPTION)),
        failed("ValueError: boom", raised(EXCEPTION)),
        "changed status.message -> status.message",
    ),
    case(
        "baggage-event",
        "an event without a value",
        event("baggage", {"key": "user"}),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "baggage-event",
        "an event without a key",
        event("baggage", {"value": "alice"}),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "baggage-event",
        "an event about bags",
        event("baggage", {"kg": 20}),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "baggage-event",
        "a number as its value",
        event("baggage", BAGGAGE | {"value": 1}),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "baggage-event",
        "an event that has another name now",
        event("baggage", BAGGAGE),
        event("luggage", BAGGAGE),
        "changed event.0.name -> event.0.name",
    ),
    case(
        "baggage-event",
        "another event",
        event("luggage", BAGGAGE),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "baggage-event",
        "a field of the application",
        event("baggage", BAGGAGE | {"kg": 20}),
        span(),
        "degraded event.0.name + event.0[key] + event.0[value] -> nothing by it",
        "gone event.0[kg] -> nothing",
    ),
    case(
        "baggage-event",
        "another value",
        event("baggage", BAGGAGE),
        event("baggage", BAGGAGE | {"value": "bob"}),
        "changed event.0[value] -> event.0[value]",
    ),
    case(
        "baggage-event",
        "a value that is lost",
        event("baggage", BAGGAGE),
        event("baggage", {"key": "user"}),
        "gone event.0[value] -> nothing",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected


@pytest.mark.parametrize(
    ("line", "kind", "message", "names"),
    [
        pytest.param("ValueError: boom", "<class 'ValueError'>", "boom", True, id="type and message"),
        pytest.param("my.Gone: a: b", "my.Gone", "a: b", True, id="a colon in the message"),
        pytest.param("my.Gone", "<class 'my.Gone'>", "", True, id="no message"),
        pytest.param("last", "ValueError", "first\nlast", True, id="the last line of a message"),
        pytest.param("", "ValueError", "boom", True, id="a stack of frames alone"),
        pytest.param("KeyError: boom", None, "boom", True, id="an unknown type"),
        pytest.param("ValueError: boom", "ValueError", None, True, id="an unknown message"),
        pytest.param("KeyError: boom", "<class 'ValueError'>", "boom", False, id="another type"),
        pytest.param("ValueError: big boom", "<class 'ValueError'>", "boom", False, id="another message"),
        pytest.param("SubValueError: boom", "ValueError", "boom", False, id="a type that ends so"),
        pytest.param(
            "ValueError: first", "ValueError", "first\nlast", False, id="the first line of a message"
        ),
    ],
)
def test_the_last_line_of_a_stack_names_its_error(
    line: str, kind: str | None, message: str | None, names: bool
) -> None:
    assert names_error(line, kind, message) is names
