"""Changes when OpenTelemetry's SDK replaces jaeger-client, under either API."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address

from ot2otel.compare.facts import KIND, MESSAGE, SCOPE_NAME, SCOPE_VERSION, Nested, Stack
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
    Told,
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
_KEY, _VALUE, _OVERRIDE = (of_event("attributes", key) for key in ("key", "value", "override"))

_SAMPLERS = ("const", "probabilistic", "ratelimiting", "lowerbound")
# The default `max_tag_value_length` of jaeger-client, which cuts longer texts.
MOST_CHARACTERS = 1024

# The texts that the resource detectors of the SDK's distributions write.
_DETECTED = (
    "host.arch",
    "host.id",
    "os.build_id",
    "os.description",
    "os.name",
    "os.type",
    "os.version",
    "process.command",
    "process.command_line",
    "process.executable.name",
    "process.executable.path",
    "process.owner",
    "process.runtime.description",
    "process.runtime.name",
    "process.runtime.version",
    "service.instance.id",
)
_DETECTED_NUMBERS = ("process.parent_pid", "process.pid")
_DETECTED_LISTS = ("process.command_args",)


def class_name(kind: object) -> str | None:
    """Return the name of a class from Python's text for it, `<class 'NAME'>`; None if it is no such text."""
    found = _CLASS.fullmatch(kind) if isinstance(kind, str) else None
    return found["name"] if found else None


def _is_class(kind: object) -> bool:
    return class_name(kind) is not None


def _is_no_class(kind: object) -> bool:
    return class_name(kind) is None


def _exception(name: object) -> str:
    return "exception"


def _type_name(kind: object) -> object:
    return class_name(kind) or kind


def _exception_licences(kind: Premise) -> tuple[Licence, ...]:
    """Return the licences that make an exception event of a log `error`, each field by itself."""
    premises = (was(_NAME, "error"), kind)
    became = (*premises, stands(_NAME, "exception"))
    return (
        Renamed(_NAME, _NAME, _exception, premises),
        Renamed(_ERROR_KIND, _TYPE, _type_name, became),
        Renamed(_MESSAGE, _EXCEPTION_MESSAGE, premises=became),
        Split((_STACK,), _stack_of, (_ERROR_KIND, _MESSAGE), became),
        # jaeger-client sends the exception's text twice.
        Dropped((_OBJECT,), "the same text in `exception.message`", premises=became, repeats=_MESSAGE),
    )


def _stack_of(stack: object, kind: object, message: object) -> Sequence[Makes]:
    """Make the SDK's stack: it ends with a line that names the error, jaeger-client's has no such line."""
    if not isinstance(stack, Stack) or stack.error:
        return (Makes(_STACKTRACE, stack),)

    def is_of_this_error(value: object) -> bool:
        return isinstance(value, Stack) and names_error(value.error, kind, message)

    return (Makes(_STACKTRACE, test=is_of_this_error),)


def names_error(line: str, kind: object, message: object) -> bool:
    """Tell whether the last line of a stack names this error, as `my.Error: its message`; "" names any.

    Of a message with more lines it is the last one. An unknown kind or message may be any.
    """
    if not line:
        return True
    said = str(message or "").strip().splitlines()
    if len(said) > 1:
        return line == said[-1]
    name, _, text = line.partition(": ")
    wanted = str(_type_name(kind)).rpartition(".")[2] if kind else None
    return wanted in (None, name.rpartition(".")[2]) and (message is None or text == "".join(said))


def _status_texts(kinds: Sequence[object], messages: Sequence[object]) -> Sequence[str]:
    return [
        f"{str(kind).rpartition('.')[2]}: {message or ''}"
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


def _is_client_version(value: object) -> bool:
    return isinstance(value, str) and value.startswith("Jaeger-")


def _is_address(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ip_address(value))
    except ValueError:
        return False


def _is_integer(value: object) -> bool:
    return type(value) is int


def _is_list(value: object) -> bool:
    # Jaeger shows a list as JSON text.
    return isinstance(value, (Nested, str))


def _is_cut(old: object, new: object) -> bool:
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    return len(old) == MOST_CHARACTERS < len(new) and new.startswith(old)


def _default_kind(kind: Kind) -> Kind | None:
    return Kind.INTERNAL if kind is Kind.UNSPECIFIED else None


EXCEPTION_STATUS_MESSAGE = Rule(
    "exception-status-message",
    Effect.ADDED,
    "the SDK copies the exception's type and text into the status",
    f"{PYTHON}/blob/v1.39.1/opentelemetry-api/src/opentelemetry/trace/__init__.py (use_span)",
    (Copied(MESSAGE, (_TYPE, _EXCEPTION_MESSAGE), _status_texts, (was(MESSAGE, None),)),),
)

DETECTED_RESOURCE = Rule(
    "detected-resource",
    Effect.ADDED,
    "the SDK's resource detectors add facts about host, operating system and process",
    f"{CONVENTIONS}/resource/host/",
    (
        Added(tuple(map(in_resource, _DETECTED)), text),
        Added(tuple(map(in_resource, _DETECTED_NUMBERS)), _is_integer),
        Added(tuple(map(in_resource, _DETECTED_LISTS)), _is_list),
    ),
)

OPENTRACING_TO_SDK = (
    Rule(
        "jaeger-client-cut",
        Effect.IMPROVED,
        "jaeger-client cuts a text after 1,024 characters by default; the SDK keeps it whole",
        f"{JAEGER_CLIENT}/constants.py (MAX_TAG_VALUE_LENGTH)",
        (Told(_is_cut),),
    ),
    Rule(
        "jaeger-client-version",
        Effect.BOOKKEEPING,
        "jaeger-client writes its version into the process tag `jaeger.version`, which Jaeger's receivers "
        "call `opencensus.exporterversion`",
        f"{TRANSLATOR}/jaegerproto_to_traces.go (translateJaegerVersionAttr)",
        (
            Dropped(
                (in_resource("opencensus.exporterversion"),),
                "the SDK writes its version into `telemetry.sdk.version`",
                _is_client_version,
            ),
        ),
    ),
    Rule(
        "jaeger-client-ip",
        Effect.BOOKKEEPING,
        "jaeger-client writes its host's address into the process tag `ip`",
        f"{JAEGER_CLIENT}/tracer.py (JAEGER_IP_TAG_KEY)",
        (Dropped((in_resource("ip"),), "nothing: the SDK never writes it", _is_address),),
    ),
    Rule(
        "jaeger-client-host",
        Effect.DEGRADED,
        "jaeger-client writes the host's name; the SDK does so only if "
        "`OTEL_EXPERIMENTAL_RESOURCE_DETECTORS` names `host`",
        f"{JAEGER_CLIENT}/tracer.py (JAEGER_HOSTNAME_TAG_KEY)",
        (
            Dropped(
                (in_resource("host.name"),),
                "nothing: the SDK's detector of the host is off",
                text,
                (
                    Premise((in_resource("opencensus.exporterversion"),), _is_client_version, before=True),
                    stands(in_resource("host.arch"), None),  # the detector writes both
                ),
            ),
        ),
        "traces no longer tell on which host a span was made",
    ),
    Rule(
        "sampler-tags",
        Effect.BOOKKEEPING,
        "jaeger-client tags each sampled root span with its sampler",
        f"{JAEGER_CLIENT}/tracer.py (sampler_tags)",
        (
            Dropped((attribute("sampler.type"),), "nothing: the SDK never writes it", one_of(*_SAMPLERS)),
            Dropped(
                (attribute("sampler.param"),),
                "nothing: the SDK never writes it",
                premises=(was(attribute("sampler.type"), *_SAMPLERS),),
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
    DETECTED_RESOURCE,
    Rule(
        "instrumentation-scope",
        Effect.ADDED,
        "each span names the instrumentation scope that made it; OpenTracing has no scopes",
        f"{SPECIFICATION}/common/instrumentation-scope.md",
        (Added((SCOPE_NAME, SCOPE_VERSION), text),),
    ),
    Rule(
        "default-kind",
        Effect.TRANSLATED,
        "a span without a kind is INTERNAL",
        f"{SPECIFICATION}/trace/api.md#spankind",
        (Renamed(KIND, KIND, _default_kind),),
    ),
    Rule(
        "exception-event",
        Effect.TRANSLATED,
        "an exception that leaves a span becomes the event `exception` instead of the log `event=error`",
        f"{CONVENTIONS}/exceptions/exceptions-spans/",
        _exception_licences(Premise((_ERROR_KIND,), _is_class, before=True)),
    ),
    EXCEPTION_ESCAPED,
    EXCEPTION_STATUS_MESSAGE,
)

BAGGAGE_EVENT = Rule(
    "baggage-event",
    Effect.DEGRADED,
    "jaeger-client logs an event `baggage` for each item that is set; OpenTelemetry logs none",
    f"{JAEGER_CLIENT}/span.py (set_baggage_item)",
    (
        Dropped(
            (_NAME, _KEY, _VALUE, _OVERRIDE),
            "nothing: the SDK never writes it",
            one_of("baggage"),
            (
                Premise((_KEY,), text, before=True),
                Premise((_VALUE,), text, before=True),
            ),
        ),
    ),
    "traces no longer show which baggage was set, nor where",
)

LOGGED_ERROR = Rule(
    "logged-error",
    Effect.TRANSLATED,
    "an error that the application logged becomes the event `exception`; its fields `error.kind`, `message` "
    "and `stack` become `exception.*`",
    f"{SPECIFICATION}/compatibility/opentracing.md#log",
    _exception_licences(Premise((_ERROR_KIND,), _is_no_class, before=True)),
)
