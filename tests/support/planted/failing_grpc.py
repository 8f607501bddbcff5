"""A gRPC server whose method fails with an exception, under its instrumentation, and a client without one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import grpc
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.grpc import server_interceptor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor


def boom(request: bytes, context: Any) -> bytes:  # Any: grpc publishes no types
    raise ValueError("boom")


def main() -> None:
    provider = TracerProvider(resource=Resource.create({"service.name": "probe"}))
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    make_interceptor: Any = server_interceptor  # it publishes no types
    server = grpc.server(ThreadPoolExecutor(1), interceptors=[make_interceptor()])
    handler = grpc.unary_unary_rpc_method_handler(boom)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("probe.Users", {"Boom": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel, suppress(grpc.RpcError):
        channel.unary_unary("/probe.Users/Boom")(b"", timeout=10)
    server.stop(5).wait()


if __name__ == "__main__":
    main()
