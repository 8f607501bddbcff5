"""A stand-in for Jaeger: the embedded collector behind the part of the query API that the workbench asks.

Its answers are those that a real Jaeger gave, as a test compares them.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Kind, Span, StatusCode
from ot2otel.receive.collector import Collector
from ot2otel.receive.jaeger.running import RunningJaeger
from tests.support.untyped import Json

Answer = tuple[int, str, bytes]  # status, media type, body


class HttpServer:
    """Answers each GET with what `answer` says for its path and parameters."""

    def __init__(self, answer: Callable[[str, dict[str, str]], Answer]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                parameters = {key: values[-1] for key, values in parse_qs(parts.query).items()}
                status, media_type, body = answer(parts.path, parameters)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> HttpServer:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class FakeJaeger:
    def __init__(self) -> None:
        self._collector = Collector()
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
        return RunningJaeger(self._http.url, collector.host, collector.agent_port, collector.otlp_endpoint)

    @property
    def options(self) -> list[str]:
        """What the commands want to be told of it."""
        jaeger = self.running
        agent = f"{jaeger.agent_host}:{jaeger.agent_port}"
        return [f"--jaeger={jaeger.url}", f"--jaeger-agent={agent}", f"--otlp={jaeger.otlp_endpoint}"]

    def _answer(self, path: str, asked: dict[str, str]) -> Answer:
        spans = self._collector.spans
        if path == "/api/services":
            return answer(sorted({span.service for span in spans}))
        found = [
            span.trace_id
            for span in spans
            if span.service == asked["service"]
            and int(asked["start"]) <= span.start_ns // 1000 <= int(asked["end"])
            and json.loads(asked["tags"]).items() <= {**span.attributes, **span.resource}.items()
        ]
        traces = list(dict.fromkeys(found))[: int(asked["limit"])]
        return answer([trace([span for span in spans if span.trace_id == each]) for each in traces])


def answer(data: Sequence[object]) -> Answer:
    envelope = {"data": data, "total": len(data), "limit": 0, "offset": 0, "errors": None}
    return 200, "application/json", json.dumps(envelope).encode()


def trace(spans: Iterable[Span]) -> Json:
    processes: dict[str, str] = {}  # a process as text, and what it is called
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
        "tags": _tags({"otel.scope.name": span.scope.name, "otel.scope.version": span.scope.version}, True)
        + _tags(span.attributes)
        + _tags(_kind_and_status(span), True),
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
    return _tags(named, True) + _tags(event.attributes)


def _tags(attributes: Attributes, only_said: bool = False) -> list[Json]:
    return [
        {"key": key, **_value(value)} for key, value in attributes.items() if not (only_said and value == "")
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
