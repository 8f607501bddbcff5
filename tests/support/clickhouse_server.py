"""ClickHouse as the library chdb, behind its HTTP interface, on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support import peers


@contextmanager
def clickhouse() -> Iterator[tuple[int, Any]]:  # Any: chdb's session has no types
    """Give the port of a server and the session behind it; its data goes with it."""
    session = peers.module("chdb.session", "ot2otel[peers]").Session()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = self.headers.get("X-ClickHouse-Format") or query.get("default_format", ["TabSeparated"])[0]
            try:
                with lock:
                    self._answer(
                        200, form, session.query("".join(query.get("query", [])) + body, form).bytes()
                    )
            except RuntimeError as error:
                self._answer(500, form, str(error).encode())

        def _answer(self, status: int, form: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-ClickHouse-Format", form)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield server.server_address[1], session
        finally:
            server.shutdown()
            serving.join()
            session.close()


_TEXTS = "Map(LowCardinality(String), String)"
# The column types of the Collector's exporter, without its codecs and indexes:
# https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/exporter/clickhouseexporter/internal/sqltemplates/traces_table.sql
EXPORTER = {
    "Timestamp": "DateTime64(9)",
    "TraceId": "String",
    "SpanId": "String",
    "ParentSpanId": "String",
    "TraceState": "String",
    "SpanName": "LowCardinality(String)",
    "SpanKind": "LowCardinality(String)",
    "ServiceName": "LowCardinality(String)",
    "ResourceAttributes": _TEXTS,
    "ScopeName": "String",
    "ScopeVersion": "String",
    "SpanAttributes": _TEXTS,
    "Duration": "UInt64",
    "StatusCode": "LowCardinality(String)",
    "StatusMessage": "String",
    "Events.Timestamp": "Array(DateTime64(9))",
    "Events.Name": "Array(LowCardinality(String))",
    "Events.Attributes": f"Array({_TEXTS})",
    "Links.TraceId": "Array(String)",
    "Links.SpanId": "Array(String)",
    "Links.TraceState": "Array(String)",
    "Links.Attributes": f"Array({_TEXTS})",
}
_KINDS = {"str": "String", "int": "Int64", "double": "Float64", "bool": "Bool", "complex": "String"}
# Jaeger v2's, as far as a population reads it:
# https://github.com/jaegertracing/jaeger/blob/main/internal/storage/v2/clickhouse/sql/create_spans_table.sql
JAEGER = {
    "id": ("String", "SpanId"),
    "trace_id": ("String", "TraceId"),
    "trace_state": ("String", "TraceState"),
    "parent_span_id": ("String", "ParentSpanId"),
    "name": ("String", "SpanName"),
    "kind": ("String", "lower(SpanKind)"),
    "start_time": ("DateTime64(9)", "Timestamp"),
    "status_code": ("String", "StatusCode"),
    "status_message": ("String", "StatusMessage"),
    "duration": ("Int64", "Duration"),
    "service_name": ("String", "ServiceName"),
    "scope_name": ("String", "ScopeName"),
    "scope_version": ("String", "ScopeVersion"),
    "events.name": ("Array(String)", "`Events.Name`"),
    "events.timestamp": ("Array(DateTime64(9))", "`Events.Timestamp`"),
    "links.trace_id": ("Array(String)", "`Links.TraceId`"),
    "links.span_id": ("Array(String)", "`Links.SpanId`"),
    "links.trace_state": ("Array(String)", "`Links.TraceState`"),
}


def exporter_table(session: Any, name: str, path: Path) -> None:  # Any: see clickhouse
    """Make a table as the Collector's exporter makes it, with the spans of a Parquet file."""
    columns = ", ".join(f"`{column}` {kind}" for column, kind in EXPORTER.items())
    session.query(f"CREATE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY (ServiceName, SpanName)")
    chosen = ", ".join(f"`{column}`" for column in EXPORTER)
    session.query(f"INSERT INTO {name} SELECT {chosen} FROM file('{path}', Parquet)")


def jaeger_table(session: Any, name: str, exporter: str) -> None:  # Any: see clickhouse
    """Make a table as Jaeger v2 makes it from an exporter's; all whole numbers are of type int."""
    columns = {column: (kind, f"CAST({value} AS {kind})") for column, (kind, value) in JAEGER.items()}
    for prefix, source in (("", "SpanAttributes"), ("resource_", "ResourceAttributes")):
        for kind, of in _KINDS.items():
            for part in ("key", "value"):
                chosen = {
                    "str": f"mapFilter((k, v) -> NOT match(v, '^[0-9]+$'), {source})",
                    "int": f"mapFilter((k, v) -> match(v, '^[0-9]+$'), {source})",
                }.get(kind, f"mapFilter((k, v) -> false, {source})")
                taken = f"mapKeys({chosen})" if part == "key" else f"mapValues({chosen})"
                type_ = f"Array({'String' if part == 'key' else of})"
                cast = f"arrayMap(x -> CAST(x AS {'String' if part == 'key' else of}), {taken})"
                columns[f"{prefix}{kind}_attributes.{part}"] = (type_, cast)
    declared = ", ".join(f"`{column}` {kind}" for column, (kind, _) in columns.items())
    session.query(f"CREATE TABLE {name} ({declared}) ENGINE = MergeTree ORDER BY trace_id")
    named = ", ".join(f"`{column}`" for column in columns)
    values = ", ".join(value for _, value in columns.values())
    session.query(f"INSERT INTO {name} ({named}) SELECT {values} FROM {exporter}")
