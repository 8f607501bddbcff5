"""Troubles of a set-up that a recording shows by itself, each with the way out.

They come with automatic instrumentation beside spans that are made by hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from ot2otel.compare.facts import SCOPE_NAME, Content, Place, ScopeFacts, Shape
from ot2otel.compare.forms import Node, Side
from ot2otel.model import Kind, StatusCode


@dataclass(frozen=True, slots=True)
class Note:
    """One kind of trouble: how often it was seen, and a sentence about it."""

    name: str
    count: int
    sentence: str


_INSTRUMENTATION = "opentelemetry.instrumentation."
_DISTRIBUTION = "opentelemetry-instrumentation-"
_AGENT = "telemetry.auto.version"
_SDK = "telemetry.sdk.name"
# Spans of these kinds run in the process of their parent, if that is one of the second.
_BEGUN_INSIDE = frozenset({Kind.INTERNAL, Kind.CLIENT, Kind.PRODUCER})
_GOES_ON_INSIDE = frozenset({Kind.INTERNAL, Kind.SERVER, Kind.CONSUMER})

# Two generations of the semantic conventions: an old key and its successor.
_GENERATIONS: Mapping[str, tuple[str, str]] = {
    "HTTP": ("http.method", "http.request.method"),
    "database": ("db.statement", "db.query.text"),
    "network": ("net.peer.name", "server.address"),
}


@dataclass(frozen=True, slots=True)
class _Sort:
    """A sort of calls: what they are, the keys that tell one, its kinds, and the libraries that make them."""

    name: str
    keys: frozenset[str]
    kinds: frozenset[Kind]
    libraries: frozenset[str]


_HTTP_KEYS = frozenset({"http.method", "http.request.method"})
_SORTS = (
    _Sort(
        "requests to a server",
        _HTTP_KEYS,
        frozenset({Kind.SERVER}),
        frozenset(
            {"aiohttp_server", "asgi", "django", "falcon", "fastapi", "flask", "pyramid", "starlette"}
            | {"tornado", "wsgi"}
        ),
    ),
    _Sort(
        "requests of an HTTP client",
        _HTTP_KEYS,
        frozenset({Kind.CLIENT}),
        frozenset({"aiohttp_client", "httpx", "requests", "tornado", "urllib", "urllib3"}),
    ),
    _Sort(
        "calls of a database",
        frozenset({"db.system", "db.system.name", "db.type"}),
        frozenset({Kind.CLIENT, Kind.INTERNAL, Kind.UNSPECIFIED}),
        frozenset(
            {"aiopg", "asyncpg", "dbapi", "mysql", "mysqlclient", "psycopg", "psycopg2", "pymongo", "pymysql"}
            | {"redis", "sqlalchemy", "sqlite3"}
        ),
    ),
)


def diagnoses(side: Side, versions: Mapping[str, str]) -> Iterator[Note]:
    """Yield the troubles of a side; `versions` are those of the distributions in its program, if known."""
    yield from _double_servers(side)
    yield from _unnamed(side)
    yield from _two_providers(side)
    yield from _two_generations(side)
    yield from _silent_libraries(side, versions)
    yield from _unset_errors(side)


def _pairs(side: Side, concerned: Callable[[Node, Node], bool]) -> Counter[tuple[Content, Content]]:
    """Count the pairs of a span and its child that `concerned` accepts."""
    found: Counter[tuple[Content, Content]] = Counter()
    shared: Counter[Node] = Counter(root for trace in side.traces for root in trace.roots)
    for root, times in shared.items():
        pending = [root]
        for node in pending:
            for child in node.children:
                if concerned(node, child):
                    found[node.content, child.content] += times
                if child.children:
                    pending.append(child)
    return found


def _is_automatic(content: Content) -> bool:
    return str(content.value(SCOPE_NAME) or "").startswith(_INSTRUMENTATION)


def _double_servers(side: Side) -> Iterator[Note]:
    def are(node: Node, child: Node) -> bool:
        one, other = node.content, child.content
        return one.kind is other.kind is Kind.SERVER and one.service == other.service

    pairs = _pairs(side, are)
    if pairs:
        by_two = all(_is_automatic(one) != _is_automatic(other) for one, other in pairs)
        way_out = (
            ", one by hand and one by an instrumentation: remove the one by hand, or leave the framework out "
            "with OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"
            if by_two
            else ": only the first should be of kind SERVER"
        )
        requests = "1 request has" if pairs.total() == 1 else f"{pairs.total()} requests have"
        yield Note(
            "double SERVER spans", pairs.total(), f"{requests} two SERVER spans in one service{way_out}"
        )


def _unnamed(side: Side) -> Iterator[Note]:
    services: Counter[str] = Counter()
    for content, times in side.counts.items():
        services[content.service] += times
    unknown = sum(times for name, times in services.items() if not name or name.startswith("unknown_service"))
    if unknown and unknown < side.spans:
        yield Note(
            "unknown service",
            unknown,
            f"{_spans(unknown)} {'is' if unknown == 1 else 'are'} of an unnamed service, others have a name: "
            "set OTEL_SERVICE_NAME, which every provider reads",
        )


def _two_providers(side: Side) -> Iterator[Note]:
    def are(node: Node, child: Node) -> bool:
        one, other = node.content, child.content
        if other.kind not in _BEGUN_INSIDE or one.kind not in _GOES_ON_INSIDE:
            return False
        # The shim's spans have no kind that would tell where another process begins.
        if _is_automatic(one) == _is_automatic(other):
            return False
        return one.service != other.service or _has_agent(one) != _has_agent(other)

    # Without spans of both sorts there is nothing to look for.
    sorts = {each.scope.name.startswith(_INSTRUMENTATION) for each in _scopes(side)}
    found = _pairs(side, are).total() if len(sorts) > 1 else 0
    if found:
        yield Note(
            "two providers",
            found,
            f"{_spans(found)} of another resource than the parent in the same process: two providers. Let "
            "the code use get_tracer_provider() if it is the agent's, and set_tracer_provider() if not",
        )


def _scopes(side: Side) -> Set[ScopeFacts]:
    return {content.scope for content in side.counts}


def _has_agent(content: Content) -> bool:
    return _AGENT in content.resource.attributes


@lru_cache(maxsize=4096)
def _keys(shape: Shape) -> Set[object]:
    return frozenset(place[1] for place in shape.places if place[0] == "attributes")


def _two_generations(side: Side) -> Iterator[Note]:
    by_service: dict[str, set[Set[object]]] = defaultdict(set)
    for service, shape in {(content.service, content.shape) for content in side.counts}:
        by_service[service].add(_keys(shape))
    for name, (old, new) in _GENERATIONS.items():
        mixed: set[str] = set()
        both: set[str] = set()
        for service, spans in by_service.items():
            olds, news = ({keys >= {key} for keys in spans} for key in (old, new))
            if True in olds and True in news:
                apart = any((old in keys) != (new in keys) for keys in spans if old in keys or new in keys)
                (mixed if apart else both).add(service)
        if mixed:
            yield Note(
                "two generations",
                len(mixed),
                f"{', '.join(sorted(mixed))}: some spans follow old and some new {name} conventions "
                f"(`{old}`, `{new}`): ask the libraries for the new ones with OTEL_SEMCONV_STABILITY_OPT_IN, "
                "and rename the keys that are written by hand",
            )
        if both:
            yield Note(
                "two generations",
                len(both),
                f"{', '.join(sorted(both))}: each span follows both old and new {name} conventions "
                f"(`{old}`, `{new}`): take `/dup` out of OTEL_SEMCONV_STABILITY_OPT_IN when nothing reads "
                "the old keys",
            )


def _silent_libraries(side: Side, versions: Mapping[str, str]) -> Iterator[Note]:
    """Tell of calls that only spans by hand show although an instrumentation is installed for them."""
    installed = {
        name.removeprefix(_DISTRIBUTION).replace("-", "_")
        for name in versions
        if name.startswith(_DISTRIBUTION)
    }
    heard = {each.scope.name.removeprefix(_INSTRUMENTATION) for each in _scopes(side)}
    agents = any(_AGENT in resource.attributes for resource in {content.resource for content in side.counts})
    for sort in _SORTS:
        silent = sort.libraries & installed
        if sort.libraries & heard or not (silent or agents):
            continue
        calls = [
            content
            for content in side.counts
            if content.kind in sort.kinds
            and _keys(content.shape) & sort.keys
            # A tracer of OpenTracing may run beside it: its spans say nothing of OpenTelemetry's provider.
            and _SDK in content.resource.attributes
        ]
        if silent:
            named = f"instrumentation of {', '.join(sorted(silent))} is installed"
        elif any(map(_has_agent, calls)):
            named = "OpenTelemetry's agent runs"
        else:
            continue
        times = sum(side.counts[content] for content in calls)
        if times:
            yield Note(
                "silent instrumentation",
                times,
                f"{named}, and makes no span of {sort.name}, of which {_spans(times)} by hand "
                f"{'tells' if times == 1 else 'tell'}: register the provider with set_tracer_provider(), and "
                "look in the log for `DependencyConflict`, a library of a version that is not instrumented",
            )


_RPC: tuple[Place, ...] = (("attributes", "rpc.system"), ("attributes", "rpc.system.name"))
_RPC_CODES: tuple[Place, ...] = (
    ("attributes", "rpc.grpc.status_code"),
    ("attributes", "rpc.response.status_code"),
)


def _unset_errors(side: Side) -> Iterator[Note]:
    of_rpc = {
        shape
        for shape in {content.shape for content in side.counts}
        if any(place in shape.index for place in _RPC)
    }
    found = sum(
        times
        for content, times in side.counts.items()
        if content.shape in of_rpc
        and content.kind is Kind.SERVER
        and content.status is StatusCode.UNSET
        and any(content.value(place) for place in _RPC)
        # A call that the server aborted for the client's mistake, such as NOT_FOUND, is UNSET by convention.
        and all(content.value(place) in (None, 0, "OK") for place in _RPC_CODES)
        and "exception" in _event_names(content)
    )
    if found:
        yield Note(
            "errors without status",
            found,
            f"{_spans(found)} of RPC servers recorded an exception and ended UNSET: alerts on the status "
            "ERROR miss that; set it in an interceptor of your own",
        )


def _event_names(content: Content) -> Iterator[object]:
    for place, value in zip(content.shape.places, content.values, strict=True):
        if place[0] == "event" and place[2:] == ("name",):
            yield value


def _spans(count: int) -> str:
    return f"{count} span" if count == 1 else f"{count} spans"
