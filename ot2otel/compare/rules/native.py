"""Changes on the way to today's semantic conventions, from OpenTracing or from the shim."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.facts import KIND, SCOPE_NAME, SCOPE_VERSION, STATUS, Place, interned
from ot2otel.compare.rules.database import DATABASE
from ot2otel.compare.rules.http import HTTP
from ot2otel.compare.rules.messaging import MESSAGING
from ot2otel.compare.rules.opentracing import (
    DETECTED_RESOURCE,
    EXCEPTION_ESCAPED,
    EXCEPTION_STATUS_MESSAGE,
)
from ot2otel.compare.rules.peers import PEERS
from ot2otel.compare.rules.published import with_published
from ot2otel.compare.rules.rpc import CODE, RPC
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    SPECIFICATION,
    Copied,
    Dropped,
    Effect,
    Makes,
    Renamed,
    Rule,
    Split,
    attribute,
    in_resource,
    of_event,
    text,
)
from ot2otel.model import Kind, StatusCode


def _roles(role: object) -> object:
    return interned(tuple(each.strip() for each in role.split(","))) if isinstance(role, str) else None


def _error_types(
    status: object, code: object, answered: object, exceptions: Sequence[object]
) -> Sequence[object]:
    """Return what may be the `error.type` of a failed span.

    That is its HTTP error code; or else what a database `answered`, or its last exception's type.
    """
    if status is not StatusCode.ERROR:
        return ()
    if isinstance(code, int) and code >= 400:
        return (str(code),)
    kinds = [kind for kind in exceptions if kind][-1:]
    answers = [answered] if isinstance(answered, str) else []
    # Instrumentations leave out the module.
    return [*kinds, *(str(kind).rpartition(".")[2] for kind in kinds), *answers]


_BY_HAND = (
    *HTTP,
    *PEERS,
    *DATABASE,
    *MESSAGING,
    *RPC,
    *CODE,
    Rule(
        "user.roles",
        Effect.TRANSLATED,
        "`enduser.role` becomes the list `user.roles`",
        f"{CONVENTIONS}/registry/attributes/enduser/",
        (Renamed(attribute("enduser.role"), attribute("user.roles"), _roles),),
    ),
    Rule(
        "error.type",
        Effect.ADDED,
        "a failed span has `error.type`: the HTTP status code, the database's code or the exception's type",
        f"{CONVENTIONS}/registry/attributes/error/ ({CONVENTIONS}/db/database-spans/)",
        (
            Copied(
                attribute("error.type"),
                (
                    STATUS,
                    attribute("http.response.status_code"),
                    attribute("db.response.status_code"),
                    of_event("attributes", "exception.type"),
                ),
                _error_types,
            ),
        ),
    ),
)


# The changes of names and values from any older conventions.
TODAYS_CONVENTIONS = with_published(_BY_HAND)


def _kind_from_tag(tag: object, kind: Kind) -> Sequence[Makes] | None:
    name = str(tag).upper()
    if kind not in (Kind.INTERNAL, Kind.UNSPECIFIED) or name not in Kind.__members__:
        return None
    return (Makes(KIND, Kind[name]),)


def _status_from_tag(tag: object, status: StatusCode) -> Sequence[Makes] | None:
    if status is StatusCode.OK or tag is not True:
        return None
    return (Makes(STATUS, StatusCode.ERROR),)


def _own_scope(name: object, version: object) -> Sequence[Makes]:
    return (Makes(SCOPE_NAME, test=text), Makes(SCOPE_VERSION, test=text, required=False))


OFF_THE_SHIM = (
    EXCEPTION_ESCAPED,
    EXCEPTION_STATUS_MESSAGE,
    Rule(
        "span-kind",
        Effect.TRANSLATED,
        "the shim's attribute `span.kind` becomes the span's kind",
        f"{SPECIFICATION}/trace/api.md#spankind",
        (Split((attribute("span.kind"), KIND), _kind_from_tag),),
    ),
    Rule(
        "error-status",
        Effect.TRANSLATED,
        "the shim's attribute `error` becomes the span's status",
        f"{SPECIFICATION}/trace/api.md#set-status",
        (Split((attribute("error"), STATUS), _status_from_tag),),
    ),
    Rule(
        "event-attribute",
        Effect.BOOKKEEPING,
        "the shim's attribute `event`, a copy of the event's name, is gone",
        f"{SPECIFICATION}/trace/api.md#add-events",
        (Dropped((of_event("attributes", "event"),), "the event's name", repeats=of_event("name")),),
    ),
    Rule(
        "own-scope",
        Effect.BOOKKEEPING,
        "the instrumentation scope is the application's own instead of the shim's",
        f"{SPECIFICATION}/common/instrumentation-scope.md",
        (Split((SCOPE_NAME, SCOPE_VERSION), _own_scope),),
    ),
)


def _other_version(place: Place) -> Split:
    return Split((place,), lambda version: (Makes(place, test=text),))


# Between two spans of OpenTelemetry's API.
OPENTELEMETRY = (
    EXCEPTION_ESCAPED,
    EXCEPTION_STATUS_MESSAGE,
    DETECTED_RESOURCE,
    Rule(
        "sdk-version",
        Effect.BOOKKEEPING,
        "the SDK or its distribution has another version",
        f"{SPECIFICATION}/resource/sdk.md#sdk-provided-resource-attributes",
        tuple(
            _other_version(in_resource(key)) for key in ("telemetry.sdk.version", "telemetry.distro.version")
        ),
    ),
    Rule(
        "scope-version",
        Effect.BOOKKEEPING,
        "the instrumentation scope has another version",
        f"{SPECIFICATION}/common/instrumentation-scope.md",
        (_other_version(SCOPE_VERSION),),
    ),
)
