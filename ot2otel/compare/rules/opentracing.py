"""Changes when OpenTelemetry's SDK replaces jaeger-client, under either API."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ot2otel.compare.facts import KIND, MESSAGE, SCOPE_NAME, SCOPE_VERSION, Stack
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    JAEGER_CLIENT,
    PYTHON,
    SPECIFICATION,
    TRANSLATOR,
    Added,
    Copied,
    Dropped,
    Effect,
    Licence,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    attribute,
    in_resource,
    of_event,
    one_of,
    stands,
    text,
    was,
)
from ot2otel.model import Kind

_CLASS = re.compile(r"<class '(?P<name>[^']+)'>")

_NAME = of_event("name")
_ERROR_KIND = of_event("attributes", "error.kind")
_MESSAGE = of_event("attributes", "message")
_STACK = of_event("attributes", "stack")
_OBJECT = of_event("attributes", "error.object")
_TYPE = of_event("attributes", "exception.type")
_EXCEPTION_MESSAGE = of_event("attributes", "exception.message")
_STACKTRACE = of_event("attributes", "exception.stacktrace")

# The facts that the resource detectors of the SDK's distributions write.
_DETECTED = (
    "host.arch",
    "host.id",
    "os.build_id",
    "os.description",
    "os.name",
    "os.type",
    "os.version",
    "process.command",
    "process.command_args",
    "process.command_line",
    "process.executable.name",
    "process.executable.path",
    "process.owner",
    "process.parent_pid",
    "process.pid",
    "process.runtime.description",
    "process.runtime.name",
    "process.runtime.version",
    "service.instance.id",
)


def class_name(kind: object) -> str | None:
    """Return the name of a class from Python's text for it, `<class 'NAME'>`; None if it is no such text."""
    found = _CLASS.fullmatch(kind) if isinstance(kind, str) else None
    return found["name"] if found else None


def _is_class(kind: object) -> bool:
    return class_name(kind) is not None


def exception_licences(*premises: Premise) -> tuple[Licence, ...]:
    """Return the licences that make an exception event of a log `error`, each field by itself."""
    became = (*premises, stands(_NAME, "exception"))
    return (
        Renamed(_NAME, _NAME, lambda name: "exception" if name == "error" else None, premises),
        Renamed(_ERROR_KIND, _TYPE, lambda kind: class_name(kind) or kind, became),
        Renamed(_MESSAGE, _EXCEPTION_MESSAGE, premises=became),
        Split((_STACK,), _stack_of, (_ERROR_KIND, _MESSAGE), became),
        # jaeger-client sends the exception's text twice.
        Split((_OBJECT,), lambda text, message: () if text == message else None, (_MESSAGE,), became),
    )


def _stack_of(stack: object, kind: object, message: object) -> Sequence[Makes]:
    """Make the SDK's stack: it ends with a line that names the error, jaeger-client's has no such line."""
    name = (class_name(kind) or str(kind or "")).rpartition(".")[2]
    said = str(message or "").strip().splitlines()[-1:]

    def names_the_error(value: object) -> bool:
        if not isinstance(value, Stack):
            return value == stack
        error = value.error
        return not error or any(error.endswith(line) for line in said) or bool(name and name in error)

    return (Makes(_STACKTRACE, test=names_the_error),)


def _status_texts(kinds: Sequence[object], messages: Sequence[object]) -> Sequence[str]:
    return [
        f"{str(kind or '').rpartition('.')[2]}: {message or ''}"
        for kind, message in zip(kinds, messages, strict=True)
        if kind
    ]


EXCEPTION_ESCAPED = Rule(
    "exception-escaped",
    Effect.ADDED,
    "the SDK also records whether the exception left the span",
    f"{CONVENTIONS}/registry/attributes/exception/",
    (
        Added(
            (of_event("attributes", "exception.escaped"),),
            one_of("True", "False"),
            (stands(_NAME, "exception"),),
        ),
    ),
)

OPENTRACING_TO_SDK = (
    Rule(
        "jaeger-client-version",
        Effect.BOOKKEEPING,
        "jaeger-client writes its own version into the process tag `jaeger.version`",
        f"{TRANSLATOR}/jaegerproto_to_traces.go (translateJaegerVersionAttr)",
        (
            Dropped(
                (in_resource("opencensus.exporterversion"),),
                "the SDK writes its version into `telemetry.sdk.version`",
                lambda value: isinstance(value, str) and value.startswith("Jaeger-"),
            ),
        ),
    ),
    Rule(
        "jaeger-client-ip",
        Effect.BOOKKEEPING,
        "jaeger-client writes its host's address into the process tag `ip`",
        f"{JAEGER_CLIENT}/tracer.py (JAEGER_IP_TAG_KEY)",
        (Dropped((in_resource("ip"),), "nothing: the SDK never writes it"),),
    ),
    Rule(
        "sampler-tags",
        Effect.BOOKKEEPING,
        "jaeger-client tags each sampled root span with its sampler",
        f"{JAEGER_CLIENT}/tracer.py (sampler_tags)",
        (
            Dropped(
                (attribute("sampler.type"), attribute("sampler.param")), "nothing: the SDK never writes them"
            ),
        ),
    ),
    Rule(
        "sdk-resource",
        Effect.BOOKKEEPING,
        "the SDK writes its own name, language and version into the resource",
        f"{SPECIFICATION}/resource/sdk.md#sdk-provided-resource-attributes",
        (
            Added((in_resource("telemetry.sdk.name"),), one_of("opentelemetry")),
            Added((in_resource("telemetry.sdk.language"), in_resource("telemetry.sdk.version")), text),
        ),
    ),
    Rule(
        "detected-resource",
        Effect.ADDED,
        "the SDK's resource detectors add facts about host, operating system and process",
        f"{CONVENTIONS}/resource/host/",
        (Added(tuple(map(in_resource, _DETECTED))),),
    ),
    Rule(
        "instrumentation-scope",
        Effect.ADDED,
        "each span names the instrumentation scope that made it; OpenTracing has no scopes",
        f"{SPECIFICATION}/common/instrumentation-scope.md",
        (Added((SCOPE_NAME, SCOPE_VERSION)),),
    ),
    Rule(
        "default-kind",
        Effect.TRANSLATED,
        "a span without a kind is INTERNAL",
        f"{SPECIFICATION}/trace/api.md#spankind",
        (Renamed(KIND, KIND, lambda kind: Kind.INTERNAL if kind is Kind.UNSPECIFIED else None),),
    ),
    Rule(
        "exception-event",
        Effect.TRANSLATED,
        "an exception that leaves a span becomes the event `exception` instead of the log `event=error`",
        f"{CONVENTIONS}/exceptions/exceptions-spans/",
        exception_licences(was(_NAME, "error"), Premise((_ERROR_KIND,), _is_class, before=True)),
    ),
    EXCEPTION_ESCAPED,
    Rule(
        "exception-status-message",
        Effect.ADDED,
        "the SDK copies the exception's type and text into the status",
        f"{PYTHON}/tree/main/opentelemetry-api (use_span)",
        (Copied(MESSAGE, (_TYPE, _EXCEPTION_MESSAGE), _status_texts, (was(MESSAGE, None),)),),
    ),
)

BAGGAGE_EVENT = Rule(
    "baggage-event",
    Effect.DEGRADED,
    "jaeger-client logs an event `baggage` for each item that is set; OpenTelemetry's baggage leaves no event",
    f"{JAEGER_CLIENT}/span.py (set_baggage_item)",
    (
        Dropped(
            (_NAME, of_event("attributes", "key"), of_event("attributes", "value")),
            "nothing: the SDK never writes it",
            premises=(
                was(_NAME, "baggage"),
                Premise((of_event("attributes", "key"),), text, before=True),
                stands(_NAME, None),
            ),
        ),
    ),
    "traces no longer show which baggage was set",
)

LOGGED_ERROR = Rule(
    "logged-error",
    Effect.TRANSLATED,
    "an error that the application logged becomes the event `exception`, each field by itself",
    f"{SPECIFICATION}/compatibility/opentracing.md#log",
    exception_licences(
        was(_NAME, "error"), Premise((_ERROR_KIND,), lambda kind: not _is_class(kind), before=True)
    ),
)
