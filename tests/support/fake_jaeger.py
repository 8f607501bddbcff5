"""A stand-in for a running Jaeger: the embedded collector behind the workbench's part of the query API.

A test compares its answers with those that a real Jaeger gave.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence

from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Kind, Span, StatusCode
from ot2otel.receive.collector import Collector, Ports
from ot2otel.receive.jaeger.running import RunningJaeger
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer
from tests.support.untyped import Json


class FakeJaeger:
    def __init__(self) -> None:
        self._collector = Collector(ports=Ports(grpc=0))
        self._http = HttpServer(self._answer)

    def __enter__(self) -> FakeJaeger:
        self._collector.__enter__()
        self._http.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.__exit__()
        self._collector.__exit__(*error)

    @property
    def running(self) -> RunningJaeger:
        collector = self._collector
        return RunningJaeger(
            self._http.url,
            collector.host,
            collector.agent_port,
            collector.otlp_endpoint,
            collector.grpc_endpoint,
        )

    @property
    def options(self) -> list[str]:
        """The options with which a command uses it."""
        jaeger = self.running
        agent = f"{jaeger.agent_host}:{jaeger.agent_port}"
        grpc = [f"--otlp-grpc={jaeger.grpc_endpoint}"] if jaeger.grpc_endpoint else []
        return [f"--jaeger={jaeger.url}", f"--jaeger-agent={agent}", f"--otlp={jaeger.otlp_endpoint}", *grpc]

    def _answer(self, request: HttpRequest) -> HttpAnswer:
        spans, wanted = self._collector.spans, request.parameters
        if request.path == "/api/services":
            return answer(sorted({span.service for span in spans}))
        if request.values("traceID"):
            return by_id(spans, request.values("traceID"))
        found = [
            span.trace_id
            for span in spans
            if span.service == wanted["service"]
            and int(wanted["start"]) <= span.start_ns // 1000 <= int(wanted["end"])
            and json.loads(wanted["tags"]).items() <= {**span.attributes, **span.resource}.items()
        ]
        traces = list(dict.fromkeys(found))[: int(wanted["limit"])]
        return answer([trace([span for span in spans if span.trace_id == each]) for each in traces])


def by_id(spans: Sequence[Span], trace_ids: Sequence[str]) -> HttpAnswer:
    """Answer a question for traces; an error stands for each that is not stored."""
    wanted = [trace_id.zfill(32) for trace_id in trace_ids]
    stored = {trace_id: [span for span in spans if span.trace_id == trace_id] for trace_id in wanted}
    missing = [
        {"msg": "trace not found", "traceID": _id(trace_id)} for trace_id in wanted if not stored[trace_id]
    ]
    return answer([trace(found) for found in stored.values() if found], missing)


def answer(data: Sequence[object], errors: Sequence[Json] = ()) -> HttpAnswer:
    """Put data into the envelope of the query API."""
    envelope = {"data": data, "total": 0, "limit": 0, "offset": 0, "errors": list(errors) or None}
    return HttpAnswer(200, "application/json", json.dumps(envelope).encode())


def trace(spans: Iterable[Span]) -> Json:
    processes: dict[str, str] = {}  # names, by the process as JSON
    shown = []
    for span in spans:
        process = json.dumps(_process(span))
        name = processes.setdefault(process, f"p{len(processes) + 1}")
        shown.append(_span(span) | {"processID": name})
    named = {name: json.loads(process) for process, name in processes.items()}
    return {"traceID": shown[0]["traceID"], "spans": shown, "processes": named, "warnings": None}


def _process(span: Span) -> Json:
    rest = {key: value for key, value in span.resource.items() if key != "service.name"}
    return {"serviceName": span.service, "tags": _tags(rest)}


def _span(span: Span) -> Json:
    return {
        "traceID": _id(span.trace_id),
        "spanID": span.span_id,
        "operationName": span.name,
        "references": _references(span),
        "startTime": span.start_ns // 1000,
        "duration": span.duration_ns // 1000 % 2**64,
        "tags": _tags(
            {"otel.scope.name": span.scope.name, "otel.scope.version": span.scope.version}, skip_empty=True
        )
        + _tags(span.attributes)
        + _tags(_kind_and_status(span), skip_empty=True),
        "logs": [{"timestamp": event.time_ns // 1000, "fields": _fields(event)} for event in span.events],
        "warnings": None,
    }


def _references(span: Span) -> list[dict[str, str]]:
    references = {(span.trace_id, span.parent_id): "CHILD_OF"} if span.parent_id else {}
    for link in span.links:
        kind = str(link.attributes.get("opentracing.ref_type", "follows_from"))
        references[link.trace_id, link.span_id] = kind.upper()
    return [
        {"refType": kind, "traceID": _id(trace_id), "spanID": span_id}
        for (trace_id, span_id), kind in references.items()
    ]


def _kind_and_status(span: Span) -> dict[str, AttributeValue]:
    failed = span.status.code is StatusCode.ERROR
    return {
        "span.kind": "" if span.kind is Kind.UNSPECIFIED else span.kind.name.lower(),
        "otel.status_code": "" if span.status.code is StatusCode.UNSET else span.status.code.name,
        "error": failed or "",
        "otel.status_description": span.status.message,
        "w3c.tracestate": span.trace_state,
    }


def _fields(event: Event) -> list[Json]:
    named = {} if "event" in event.attributes else {"event": event.name}
    return _tags(named, skip_empty=True) + _tags(event.attributes)


def _tags(attributes: Attributes, skip_empty: bool = False) -> list[Json]:
    return [
        {"key": key, **_value(value)} for key, value in attributes.items() if not (skip_empty and value == "")
    ]


def _value(value: AttributeValue) -> Json:
    match value:
        case bool():
            return {"type": "bool", "value": value}
        case int():
            return {"type": "int64", "value": value if abs(value) < 2**53 else str(value)}
        case float():
            return {"type": "float64", "value": value}
        case bytes():
            return {"type": "binary", "value": base64.b64encode(value).decode()}
        case tuple() | KeyValues():
            text = json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False, sort_keys=True)
            return {"type": "string", "value": text}
        case _:
            return {"type": "string", "value": value}


def _plain(value: AttributeValue) -> object:
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case KeyValues():
            return {key: _plain(item) for key, item in value.items}
        case _:
            return value


def _id(trace_id: str) -> str:
    return trace_id.removeprefix("0" * 16)
