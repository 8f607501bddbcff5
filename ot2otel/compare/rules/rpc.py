"""Changes of remote procedure calls, and of names of code, on the way to today's semantic conventions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ot2otel.compare.facts import MESSAGE
from ot2otel.compare.rules.rule import CONVENTIONS, Effect, Makes, Renamed, Rule, Split, attribute

_MIGRATION = f"{CONVENTIONS}/non-normative/rpc-migration/"
_CODE_MIGRATION = f"{CONVENTIONS}/non-normative/code-attrs-migration/"
_METHOD, _STATUS = attribute("rpc.method"), attribute("rpc.response.status_code")
_FUNCTION = attribute("code.function.name")

# gRPC's status codes by their numbers.
GRPC_CODES = (
    *("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"),
    *("PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE"),
    *("UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"),
)
_SYSTEMS = {"apache_dubbo": "dubbo", "connect_rpc": "connectrpc"}


def _system(system: object) -> object:
    return _SYSTEMS.get(str(system), system)


def _grpc_status(code: object) -> str | None:
    return GRPC_CODES[code] if type(code) is int and 0 <= code < len(GRPC_CODES) else None


def _error_code(code: object) -> str | None:
    return str(code) if type(code) is int else None


def _full_method(service: object, method: object) -> Sequence[Makes] | None:
    if not isinstance(service, str) or not isinstance(method, str):
        return None
    return (Makes(_METHOD, f"{service}/{method}"),)


def _full_name(function: object, namespace: object) -> Sequence[Makes] | None:
    """Make the name in the form of its language: `a.b`, `a::b`, `a#b`, `a->b`, `a:b` or `a/b`."""
    if not isinstance(function, str):
        return None
    if namespace is None or function.startswith(str(namespace)):  # whole already
        return (Makes(_FUNCTION, function),)
    pattern = re.compile(rf"{re.escape(str(namespace))}(\.|::?|#|->|/){re.escape(function)}")

    def is_full(value: object) -> bool:
        return isinstance(value, str) and bool(pattern.fullmatch(value))

    return (Makes(_FUNCTION, f"{namespace}.{function}", is_full),)


RPC = (
    Rule(
        "rpc.system.name",
        Effect.TRANSLATED,
        "`rpc.system` is renamed to `rpc.system.name`; Dubbo and Connect have another name there",
        f"{_MIGRATION}#rpcsystemname-values",
        (Renamed(attribute("rpc.system"), attribute("rpc.system.name"), _system),),
    ),
    Rule(
        "rpc.method",
        Effect.TRANSLATED,
        "`rpc.service` is now part of `rpc.method`, which is `service/method`",
        _MIGRATION,
        (Split((attribute("rpc.service"), _METHOD), _full_method),),
    ),
    Rule(
        "rpc.response.status_code",
        Effect.TRANSLATED,
        "the codes of gRPC, JSON-RPC and Connect become `rpc.response.status_code`, as text",
        _MIGRATION,
        (
            Renamed(attribute("rpc.grpc.status_code"), _STATUS, _grpc_status),
            Renamed(attribute("rpc.jsonrpc.error_code"), _STATUS, _error_code),
        ),
    ),
    Rule(
        "rpc-error-message",
        Effect.TRANSLATED,
        "`rpc.jsonrpc.error_message` becomes the message of the span's status",
        f"{CONVENTIONS}/registry/attributes/rpc/",
        (Renamed(attribute("rpc.jsonrpc.error_message"), MESSAGE),),
    ),
)

CODE = (
    Rule(
        "code.function.name",
        Effect.TRANSLATED,
        "`code.namespace` and `code.function` become one name, `code.function.name`",
        _CODE_MIGRATION,
        (Split((attribute("code.function"), attribute("code.namespace")), _full_name),),
    ),
)
