"""Spans of gRPC's clients and servers: their OpenTracing integration beside their instrumentation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ot2otel.compare.facts import KIND, MESSAGE, NAME, STATUS
from ot2otel.compare.rules.libraries.instrumentation import CONTRIB, NOT_INSTRUMENTED, made_by
from ot2otel.compare.rules.rpc import GRPC_CODES
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Added,
    Copied,
    Dropped,
    Effect,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    Test,
    attribute,
    integer,
    of_event,
    one_of,
    stands,
    text,
)
from ot2otel.model import Kind, StatusCode

_INTEGRATION = "https://github.com/opentracing-contrib/python-grpc/blob/1.1.4/grpc_opentracing/_server.py"
_SOURCE = (
    f"{CONTRIB}/instrumentation/opentelemetry-instrumentation-grpc/src/opentelemetry/instrumentation/grpc"
)
_SERVER, _CLIENT = f"{_SOURCE}/_server.py", f"{_SOURCE}/_client.py"
_CONVENTION = f"{CONVENTIONS}/rpc/grpc/"
# Later versions have no `rpc.grpc.status_code`.
_OLDER_CONVENTION = "https://github.com/open-telemetry/semantic-conventions/blob/v1.37.0/docs/rpc/grpc.md"
_BY_GRPC = made_by("grpc")
_OF_SERVER = stands(KIND, Kind.SERVER)
_CODE = attribute("rpc.grpc.status_code")
_EVENT_NAME = of_event("name")
_ERROR_KIND, _EVENT_MESSAGE = of_event("attributes", "error.kind"), of_event("attributes", "message")
_IPV4, _IPV6, _IP = attribute("peer.ipv4"), attribute("peer.ipv6"), attribute("net.peer.ip")
_PORT, _OLD_PORT = attribute("net.peer.port"), attribute("peer.port")
# How Python writes a status code: `StatusCode.NOT_FOUND`.
_ENUM = "StatusCode."
# The codes that are an error of a server; of all others the client is the cause.
_SERVERS_OWN = frozenset(
    {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)
_CLIENTS_CODES = tuple(
    number for number, name in enumerate(GRPC_CODES) if name != "OK" and name not in _SERVERS_OWN
)


def _is_status_code(value: object) -> bool:
    return isinstance(value, str) and value.removeprefix(_ENUM) in GRPC_CODES and value.startswith(_ENUM)


def _number(kind: object, name: object) -> Sequence[Makes] | None:
    if not _is_status_code(kind) or name != "error":
        return None
    return (Makes(_CODE, GRPC_CODES.index(str(kind).removeprefix(_ENUM))),)


def _details(message: object, kind: object, status: StatusCode) -> Sequence[Makes] | None:
    if not _is_status_code(kind) or status is not StatusCode.ERROR:
        return None
    return (Makes(MESSAGE, f"{kind}:{message}"),)


def _unset(status: StatusCode) -> Sequence[Makes] | None:
    return (Makes(STATUS, StatusCode.UNSET),) if status is StatusCode.ERROR else None


def _begins(word: str) -> Test:
    return lambda value: isinstance(value, str) and value.startswith(word)


def _bracketed(address: object) -> str | None:
    return f"[{address}]" if isinstance(address, str) else None


def _part(number: int) -> Callable[[object], Sequence[str]]:
    """Make the function that returns a part of a call's name, `/service/method`."""

    def part(name: object) -> Sequence[str]:
        return str(name).removeprefix("/").split("/", 1)[number : number + 1]

    return part


GRPC = (
    Rule(
        "grpc-exception-unset",
        Effect.DEGRADED,
        "a gRPC server's span that ends by an unhandled exception has the status UNSET and the gRPC code 0, "
        "which means OK",
        f"{_SERVER} (intercept_service)",
        (
            Split(
                (STATUS,),
                _unset,
                premises=(
                    *(_BY_GRPC, _OF_SERVER, NOT_INSTRUMENTED, stands(_CODE, 0)),
                    # Beside the integration's logs the numbers of the after's events depend on their pairs.
                    Premise(tuple(("event", number, "name") for number in range(4)), one_of("exception")),
                ),
            ),
        ),
        "alerts on the status ERROR miss the exceptions of gRPC servers; the client's span is still an error",
    ),
    Rule(
        "grpc-client-mistake",
        Effect.DEGRADED,
        "a code that the client caused, such as NOT_FOUND, leaves the status of a gRPC server's span UNSET",
        f"{_CONVENTION}#server ({_SERVER})",
        (
            Split(
                (STATUS,),
                _unset,
                premises=(_BY_GRPC, _OF_SERVER, NOT_INSTRUMENTED, stands(_CODE, *_CLIENTS_CODES)),
            ),
        ),
        "the error rate of servers falls: only the client's span is an error",
    ),
    Rule(
        "grpc-code-as-number",
        Effect.TRANSLATED,
        "the code that a gRPC server set, in the log `error`, becomes the number `rpc.grpc.status_code`",
        f"{_OLDER_CONVENTION}#grpc-attributes ({_INTEGRATION})",
        (Split((_ERROR_KIND, _EVENT_NAME), _number, premises=(_BY_GRPC,)),),
    ),
    Rule(
        "grpc-details",
        Effect.TRANSLATED,
        "the details that a gRPC server set for an error become the message of the status",
        f"{_SERVER} (set_details)",
        (
            Split(
                (_EVENT_MESSAGE,), _details, reads=(_ERROR_KIND,), reads_after=(STATUS,), premises=(_BY_GRPC,)
            ),
            # An aborted call: the integration logged an exception without a text.
            *(
                Added(
                    (MESSAGE,),
                    _begins(f"{_ENUM}{name}:"),
                    (
                        _BY_GRPC,
                        _OF_SERVER,
                        stands(_CODE, GRPC_CODES.index(name)),
                        stands(STATUS, StatusCode.ERROR),
                    ),
                )
                for name in sorted(_SERVERS_OWN)
            ),
        ),
    ),
    Rule(
        "grpc-details-left-out",
        Effect.DEGRADED,
        "a gRPC server's span with the status UNSET has no message: the details of the error are gone",
        f"{_SERVER} (set_details)",
        (
            Dropped(
                (_EVENT_MESSAGE,),
                "nothing: a status UNSET has no message",
                text,
                (
                    _BY_GRPC,
                    Premise((_ERROR_KIND,), _is_status_code, before=True),
                    stands(STATUS, StatusCode.UNSET),
                ),
            ),
        ),
        "a search for the details finds only the client's span",
    ),
    Rule(
        "grpc-peer",
        Effect.TRANSLATED,
        "a gRPC server's `peer.*` becomes `net.peer.*`; an IPv6 address stands in brackets",
        f"{_SERVER} (_start_span)",
        (
            Renamed(_IPV4, _IP, premises=(_BY_GRPC,)),
            Renamed(_IPV6, _IP, _bracketed, (_BY_GRPC,)),
            Renamed(_OLD_PORT, _PORT, premises=(_BY_GRPC,)),
        ),
    ),
    Rule(
        "grpc-instrumentation",
        Effect.ADDED,
        "the instrumentation of gRPC describes the call in more attributes",
        f"{_CONVENTION} ({_CLIENT})",
        (
            Added((attribute("rpc.system"),), one_of("grpc"), (_BY_GRPC,)),
            Copied(attribute("rpc.service"), (NAME,), _part(0), (_BY_GRPC,)),
            Copied(attribute("rpc.method"), (NAME,), _part(1), (_BY_GRPC,)),
            Added((_CODE,), integer, (_BY_GRPC,)),
            Added(tuple(map(attribute, ("rpc.user_agent", "net.peer.name"))), text, (_BY_GRPC, _OF_SERVER)),
        ),
    ),
)
